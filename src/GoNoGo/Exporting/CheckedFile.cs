using GoNoGo.Learning.Graphs.Onnx;
using GoNoGo.Learning.Graphs.Onnx.Evaluation;
using GoNoGo.Tensors.Formats;

namespace GoNoGo.Exporting;

/// <summary>What was left.</summary>
/// <param name="Bytes">The size of the file.</param>
/// <param name="Data">The file with its large tensors; null where it holds them itself.</param>
/// <param name="DataBytes">Its size.</param>
internal sealed record CheckedSizes(long Bytes, string? Data, long DataBytes);

/// <summary>
/// An ONNX file, with a second one for its tensors where that is needed or wanted, that comes into being only when what was written was read back
/// and found right: both files or none.
/// </summary>
internal sealed class CheckedFile : IDisposable
{
    /// <summary>What stands behind the name of a file in that of its second one.</summary>
    private const string DataEnd = ".data";

    private readonly string _output;
    private readonly bool _mayOverwrite;
    private readonly PendingFile _file;
    private PendingFile? _data;

    private CheckedFile(string output, bool mayOverwrite)
    {
        (_output, _mayOverwrite) = (output, mayOverwrite);
        AtomicFile.RemoveStale(output);
        _file = PendingFile.Create(output);
    }

    /// <summary>Checks before long work that a file can be written, and its second one where it is known to come.</summary>
    /// <param name="output">The file.</param>
    /// <param name="mayOverwrite">Whether old files may be overwritten.</param>
    /// <param name="wantsData">Whether the second file is wanted in any case.</param>
    /// <exception cref="FileWriteException">It exists, is a folder, or cannot be written.</exception>
    public static void Require(string output, bool mayOverwrite, bool wantsData)
    {
        OutputFile.Require(output, mayOverwrite);
        if (wantsData)
        {
            OutputFile.Require(output + DataEnd, mayOverwrite);
        }
    }

    /// <summary>Writes to temporary files, checks them and gives them their names.</summary>
    /// <param name="output">The file.</param>
    /// <param name="mayOverwrite">Whether old files may be overwritten.</param>
    /// <param name="wantsData">Whether large tensors go to a second file in any case; otherwise they do where one file cannot hold them.</param>
    /// <param name="write">Writes it.</param>
    /// <param name="check">Looks at what was written; throws where it is wrong.</param>
    /// <param name="cancellation">Stops before the check; nothing is left.</param>
    /// <exception cref="IOException">The output cannot be written, or the check threw.</exception>
    public static CheckedSizes Leave(
        string output, bool mayOverwrite, bool wantsData, Action<Stream, OnnxExternalData> write, Action<OnnxEvaluator> check, CancellationToken cancellation)
    {
        using var file = new CheckedFile(output, mayOverwrite);
        return file.Run(wantsData, write, check, cancellation);
    }

    /// <summary>Removes what was not left.</summary>
    public void Dispose()
    {
        _file.Dispose();
        _data?.Dispose();
    }

    private CheckedSizes Run(bool wantsData, Action<Stream, OnnxExternalData> write, Action<OnnxEvaluator> check, CancellationToken cancellation)
    {
        var external = new OnnxExternalData(Path.GetFileName(_output) + DataEnd, OpenData) { KeptUpTo = wantsData ? 0 : OnnxExternalData.MostFileBytes };
        try
        {
            write(_file.Stream, external);
        }
        catch (Exception exception) when (PendingFile.IsRefusal(exception) && exception is not (TensorFileException or FileWriteException))
        {
            throw PendingFile.Refused(_output, exception);
        }

        var sizes = new CheckedSizes(_file.Stream.Length, _data is null ? null : _output + DataEnd, _data?.Stream.Length ?? 0);
        _file.Complete();
        _data?.Complete();
        cancellation.ThrowIfCancellationRequested();
        using (OnnxEvaluator evaluator = _data is null ? OnnxEvaluator.Open(_file.TemporaryPath) : OnnxEvaluator.Open(_file.TemporaryPath, external.Location, _data.TemporaryPath))
        {
            check(evaluator);
        }

        if (_data is null)
        {
            _file.Keep();
        }
        else
        {
            PendingFile.KeepBoth(_file, _data);
        }

        return sizes;
    }

    private FileStream OpenData()
    {
        string path = _output + DataEnd;
        OutputFile.Require(path, _mayOverwrite);
        AtomicFile.RemoveStale(path);
        _data = PendingFile.Create(path);
        return _data.Stream;
    }
}

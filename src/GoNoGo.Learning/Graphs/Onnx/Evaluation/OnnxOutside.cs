using System.Globalization;
using GoNoGo.Tensors.Formats;
using static GoNoGo.Learning.Graphs.Onnx.OnnxFields;

namespace GoNoGo.Learning.Graphs.Onnx.Evaluation;

/// <summary>
/// The file with a model's large tensors. What the model says of it is not trusted: the name must be that of a file in the model's own folder, no
/// path and no link, and places and lengths are checked against the file.
/// </summary>
internal sealed class OnnxOutside : IDisposable
{
    private readonly string _model;
    private readonly (string Location, string Path)? _moved;
    private string? _location;
    private ByteSource? _source;

    /// <summary>Nothing is opened yet.</summary>
    /// <param name="model">The model.</param>
    /// <param name="moved">The one file that lies elsewhere: its name in the model and where it is; null: it lies beside the model.</param>
    public OnnxOutside(string model, (string Location, string Path)? moved) => (_model, _moved) = (model, moved);

    /// <summary>Where a tensor's values lie.</summary>
    /// <param name="tensor">Its name, for messages.</param>
    /// <param name="place">What the model says: location, offset, length.</param>
    /// <exception cref="TensorFileException">The file is not to be opened or not there, or the numbers are none.</exception>
    public (ByteSource Source, long Start, long Length) Find(string tensor, Dictionary<string, string> place)
    {
        string location = place.GetValueOrDefault(ExternalLocation, "");
        ByteSource source = Open(tensor, location);
        long start = Number(tensor, place, ExternalOffset) ?? 0;
        return (source, start, Number(tensor, place, ExternalLength) ?? source.Length - start);
    }

    public void Dispose() => _source?.Dispose();

    private ByteSource Open(string tensor, string location)
    {
        if (!OnnxExternalData.IsName(location))
        {
            throw new TensorFileException($"'{_model}': tensor '{tensor}' lies in '{location}', which is no name of a file in the model's folder; nothing else is opened.");
        }

        if (_source is not null)
        {
            return location == _location ? _source : throw new TensorFileException($"'{_model}' has tensors in '{_location}' and in '{location}'; one file is read.");
        }

        string path = _moved is { } moved && moved.Location == location ? moved.Path : Path.Combine(Path.GetDirectoryName(Path.GetFullPath(_model))!, location);
        if (new FileInfo(path).LinkTarget is not null)
        {
            throw new TensorFileException($"'{_model}': tensor '{tensor}' lies in '{location}', which is a link; give the file itself.");
        }

        _source = ByteSource.OpenFile(path, memoryMapped: false);
        _location = location;
        return _source;
    }

    private long? Number(string tensor, Dictionary<string, string> place, string key) =>
        !place.TryGetValue(key, out string? text) ? null
        : long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long number) ? number
        : throw new TensorFileException($"'{_model}': the {key} '{text}' of tensor '{tensor}' is no number of bytes.");
}

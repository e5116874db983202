namespace GoNoGo.Weights;

/// <summary>Lets one process at a time bring in the weights of an id; another one waits, and then finds them there.</summary>
internal sealed class StoreLock : IDisposable
{
    private const int PollMilliseconds = 200;

    private readonly FileStream _file;

    private StoreLock(FileStream file) => _file = file;

    /// <param name="folder">The store.</param>
    /// <param name="id">The weights.</param>
    /// <param name="waiting">Called once when another process is at work.</param>
    /// <param name="cancellation">Ends the waiting.</param>
    public static StoreLock Take(string folder, string id, Action? waiting, CancellationToken cancellation)
    {
        MakeFolder(folder);
        string path = Path.Combine(folder, $".{id}.lock");
        bool told = false;
        while (true)
        {
            cancellation.ThrowIfCancellationRequested();
            try
            {
                // The file stays: removing it would let two others each lock one of the same name.
                return new StoreLock(new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, 1));
            }
            catch (Exception exception) when (exception is UnauthorizedAccessException || (exception is IOException && !File.Exists(path)))
            {
                throw CannotWrite(folder, exception);
            }
            catch (IOException)
            {
                if (!told)
                {
                    told = true;
                    waiting?.Invoke();
                }

                cancellation.WaitHandle.WaitOne(PollMilliseconds);
            }
        }
    }

    public void Dispose() => _file.Dispose();

    private static void MakeFolder(string folder)
    {
        try
        {
            Directory.CreateDirectory(folder);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw CannotWrite(folder, exception);
        }
    }

    private static WeightsException CannotWrite(string folder, Exception exception) =>
        new($"cannot write to the weights folder '{folder}': {exception.Message} Set {WeightStore.Variable} to another one.", exception);
}

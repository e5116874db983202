namespace GoNoGo.Vision.Datasets;

/// <summary>Reads picture files that were listed by name.</summary>
public static class PictureFile
{
    /// <summary>Reads; a name that the file system holds in bytes that are no text is said as what it is.</summary>
    /// <param name="path">The file.</param>
    /// <param name="read">Reads it.</param>
    /// <exception cref="DatasetException">The file's name is not valid UTF-8, so that it cannot be opened by it.</exception>
    public static T Read<T>(string path, Func<string, T> read)
    {
        ArgumentNullException.ThrowIfNull(path);
        ArgumentNullException.ThrowIfNull(read);
        try
        {
            return read(path);
        }
        catch (FileNotFoundException exception) when (path.Contains('\uFFFD', StringComparison.Ordinal))
        {
            throw new DatasetException(
                DatasetError.MissingFile, path, "a file name in valid UTF-8", "other bytes (shown as \uFFFD)", "rename the file", exception);
        }
    }
}

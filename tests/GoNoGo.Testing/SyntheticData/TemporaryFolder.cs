namespace GoNoGo.Testing.SyntheticData;

/// <summary>A folder of its own, deleted with everything in it when disposed.</summary>
public sealed class TemporaryFolder : IDisposable
{
    /// <summary>Makes the folder.</summary>
    public TemporaryFolder() => Root = Directory.CreateTempSubdirectory("gonogo-").FullName;

    /// <summary>Its full path.</summary>
    public string Root { get; }

    /// <summary>A path inside, with '/'.</summary>
    public string this[string relativePath] => Path.Combine(Root, relativePath);

    /// <summary>Makes a folder inside, with everything above it, and gives its path.</summary>
    public string Folder(string relativePath) => Directory.CreateDirectory(this[relativePath]).FullName;

    /// <summary>Writes a file inside, with every folder above it, and gives its path.</summary>
    public string File(string relativePath, ReadOnlySpan<byte> content)
    {
        string path = this[relativePath];
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        System.IO.File.WriteAllBytes(path, content.ToArray());
        return path;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        try
        {
            Directory.Delete(Root, recursive: true);
        }
        catch (IOException)
        {
            // A file that a failed test left open is the system's to clean up.
        }
    }
}

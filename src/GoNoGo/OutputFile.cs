using GoNoGo.Tensors.Formats;

namespace GoNoGo;

/// <summary>Checks before long work that its result can be written.</summary>
internal static class OutputFile
{
    /// <summary>Makes the folder and refuses an existing file unless it may be overwritten.</summary>
    /// <exception cref="FileWriteException">The file exists, is a folder, or its folder cannot be made or written to.</exception>
    public static void Require(string path, bool mayOverwrite)
    {
        if (Directory.Exists(path))
        {
            throw new FileWriteException($"'{path}' is a folder; give the name of a file to write.");
        }

        if (File.Exists(path) && !mayOverwrite)
        {
            throw new FileWriteException($"'{path}' exists; give another name or add --force to overwrite it.");
        }

        string folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        RequireFolder(folder);
    }

    /// <summary>Makes a folder and checks that files can be made in it.</summary>
    /// <exception cref="FileWriteException">It cannot be made or written to.</exception>
    public static void RequireFolder(string folder)
    {
        try
        {
            Directory.CreateDirectory(folder);
            string probe = Path.Combine(folder, $".gonogo-{Environment.ProcessId}.probe");
            using (new FileStream(probe, FileMode.Create, FileAccess.Write, FileShare.None, 1, FileOptions.DeleteOnClose))
            {
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new FileWriteException($"cannot write to the folder '{folder}': {exception.Message}", exception);
        }
    }
}

using Xunit;

namespace GoNoGo.Testing;

/// <summary>
/// Reference data that is not in the repository: the folder <c>shared</c> beside the repository root.
/// Tests that need it skip where it is absent.
/// </summary>
public static class SharedFolder
{
    /// <summary>The folder with GoNoGo.slnx above the running tests, or null.</summary>
    public static string? RepositoryRoot { get; } = FindRoot();

    /// <summary>The shared folder, whether it exists or not.</summary>
    public static string Root { get; } = RepositoryRoot is null ? "shared" : Path.GetFullPath(Path.Combine(RepositoryRoot, "..", "shared"));

    /// <summary>The full path of a file; skips the running test when it does not exist.</summary>
    /// <param name="relativePath">With '/', for example <c>golden/ops.safetensors</c>.</param>
    public static string RequireFile(string relativePath)
    {
        string path = Path.Combine(Root, relativePath);
        Assert.SkipUnless(File.Exists(path), $"needs ../shared/{relativePath}, which is not here");
        return path;
    }

    /// <summary>The full path of a folder; skips the running test when it does not exist.</summary>
    public static string RequireFolder(string relativePath)
    {
        string path = Path.Combine(Root, relativePath);
        Assert.SkipUnless(Directory.Exists(path), $"needs ../shared/{relativePath}, which is not here");
        return path;
    }

    /// <summary>The full path of a small reference file of the repository (<c>tests/goldens</c>, copied beside the tests).</summary>
    public static string Small(string fileName) => Path.Combine(AppContext.BaseDirectory, "goldens", fileName);

    private static string? FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "GoNoGo.slnx")))
            {
                return folder.FullName;
            }
        }

        return null;
    }
}

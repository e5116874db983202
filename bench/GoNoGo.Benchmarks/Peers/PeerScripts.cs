namespace GoNoGo.Benchmarks.Peers;

/// <summary>The folder <c>bench/peers</c> above the running program.</summary>
internal static class PeerScripts
{
    /// <summary>The full path of a script, or null.</summary>
    public static string? Find(string script)
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            string path = Path.Combine(folder.FullName, "bench", "peers", script);
            if (File.Exists(path))
            {
                return path;
            }
        }

        return null;
    }
}

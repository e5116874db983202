using System.Diagnostics;

namespace GoNoGo.EndToEnd.Tests;

/// <summary>Runs the command line in a process of its own.</summary>
internal static class ChildProcess
{
    /// <summary>The program.</summary>
    public static string Program => Path.Combine(AppContext.BaseDirectory, "GoNoGo.Cli.dll");

    public static Process Start(params string[] args) => Start("dotnet", [Program, .. args]);

    public static Process Start(string file, string[] args)
    {
        var start = new ProcessStartInfo(file) { RedirectStandardError = true, RedirectStandardOutput = true };
        foreach (string arg in args)
        {
            start.ArgumentList.Add(arg);
        }

        return Process.Start(start)!;
    }
}

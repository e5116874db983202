using GoNoGo.Learning.Checkpoints.Pickle;

namespace GoNoGo.Learning.Checkpoints.Torch;

/// <summary>
/// Calls that have no place in weights. The list protects nobody here, since nothing is ever called; it only turns a file that
/// was made to attack other readers into an error instead of a silent success.
/// </summary>
internal static class HostileCalls
{
    private static readonly HashSet<string> Modules = new(StringComparer.Ordinal)
    {
        "os", "posix", "nt", "subprocess", "commands", "pty", "sys", "runpy", "shutil", "socket", "ctypes", "importlib", "webbrowser", "code", "timeit", "pdb", "bdb", "pip",
    };

    private static readonly HashSet<string> Builtins = new(StringComparer.Ordinal)
    {
        "eval", "exec", "execfile", "compile", "open", "__import__", "input", "breakpoint", "globals", "locals", "vars",
    };

    /// <summary>Whether a call of this makes a file hostile.</summary>
    public static bool Contains(PickleGlobal callable)
    {
        int dot = callable.Module.IndexOf('.', StringComparison.Ordinal);
        string module = dot < 0 ? callable.Module : callable.Module[..dot];
        return Modules.Contains(module) || (module is "builtins" or "__builtin__" && Builtins.Contains(callable.Name));
    }
}

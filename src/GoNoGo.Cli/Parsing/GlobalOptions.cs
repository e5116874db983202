using System.CommandLine;

namespace GoNoGo.Cli.Parsing;

/// <summary>Options that every verb has.</summary>
internal sealed class GlobalOptions
{
    public Option<int?> Threads { get; } = Numbers.Integer("--threads", "N", "threads that compute; results do not depend on it (default: all processors)", 1, 1024);

    public Option<bool> Quiet { get; } = new("--quiet", "-q") { Description = "no progress and no notes; results and errors only" };

    public Option<bool> Verbose { get; } = new("--verbose") { Description = "say more; errors come with a stack trace" };

    public Option<bool> Help { get; } = new("--help", "-h", "-?") { Description = "this text" };

    public Option<bool> Version { get; } = new("--version") { Description = "version and commit" };

    public void AddTo(RootCommand root)
    {
        foreach (Option option in (ReadOnlySpan<Option>)[Threads, Quiet, Verbose, Help])
        {
            option.Recursive = true;
            root.Add(option);
        }

        root.Add(Version);
    }
}

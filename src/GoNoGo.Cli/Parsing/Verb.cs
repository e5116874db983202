using System.CommandLine;

namespace GoNoGo.Cli.Parsing;

/// <summary>One verb: its options, its help and what it does.</summary>
internal abstract class Verb(string name, string description) : Command(name, description)
{
    /// <summary>Commands to try, without the program's name.</summary>
    public abstract IReadOnlyList<string> Examples { get; }

    /// <summary>Further parts of the help: a heading and its lines.</summary>
    public virtual IEnumerable<KeyValuePair<string, IReadOnlyList<string>>> MoreHelp => [];

    /// <summary>Does it.</summary>
    /// <returns>The exit code.</returns>
    public abstract int Run(ParseResult parsed, Session session);

    /// <summary>Adds options in the order of the help.</summary>
    protected void AddAll(params ReadOnlySpan<Option> options)
    {
        foreach (Option option in options)
        {
            Add(option);
        }
    }
}

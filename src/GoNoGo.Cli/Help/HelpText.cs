using System.CommandLine;
using System.Reflection;
using System.Text;
using GoNoGo.Cli.Parsing;

namespace GoNoGo.Cli.Help;

/// <summary>Writes the help of the program and of its verbs.</summary>
internal static class HelpText
{
    private const int Width = 110;
    private const string Indent = "  ";

    /// <summary>Version and commit: <c>gonogo 0.1.0 (commit 0123456789ab)</c>.</summary>
    public static string Version
    {
        get
        {
            string full = typeof(HelpText).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown";
            int plus = full.IndexOf('+', StringComparison.Ordinal);
            return plus < 0
                ? $"gonogo {full} (commit unknown: built outside of git)"
                : $"gonogo {full[..plus]} (commit {full[(plus + 1)..Math.Min(full.Length, plus + 13)]})";
        }
    }

    public static string For(RootCommand root, Command command)
    {
        var text = new StringBuilder();
        string path = PathOf(root, command);
        text.Append(path).Append(": ").Append(command.Description).Append('\n');
        Usage(text, path, command);
        if (command.Subcommands.Count > 0)
        {
            Heading(text, "Verbs");
            Rows(text, [.. command.Subcommands.Select(verb => new KeyValuePair<string, string>(verb.Name, verb.Description ?? ""))]);
        }

        if (command.Arguments.Count > 0)
        {
            Heading(text, "Arguments");
            Rows(text, [.. command.Arguments.Select(argument => new KeyValuePair<string, string>(argument.Name, argument.Description ?? ""))]);
        }

        if (command != root && command.Options.Count > 0)
        {
            Heading(text, "Options");
            Rows(text, [.. command.Options.Select(Row)]);
        }

        Heading(text, "Options of every verb");
        Rows(text, [.. root.Options.Where(option => option.Recursive || command == root).Select(Row)]);
        if (command is Verb verb2)
        {
            foreach ((string heading, IReadOnlyList<string> lines) in verb2.MoreHelp)
            {
                Heading(text, heading);
                foreach (string line in lines)
                {
                    text.Append(Indent).Append(line).Append('\n');
                }
            }

            Heading(text, verb2.Examples.Count == 1 ? "Example" : "Examples");
            foreach (string example in verb2.Examples)
            {
                text.Append(Indent).Append("gonogo ").Append(example).Append('\n');
            }
        }
        else if (command == root)
        {
            Heading(text, "Example");
            text.Append(Indent).Append("gonogo demo\n");
            text.Append("\n'gonogo VERB --help' says more. Exit codes: 0 done, 1 failed, 2 wrong usage, 3 inspect found a no-go part, 130 interrupted.\n");
        }

        return text.ToString().TrimEnd('\n');
    }

    /// <summary>How an option is written: <c>--seed N</c>.</summary>
    public static string Syntax(Option option) => option.HelpName is { } value ? $"{option.Name} {value}" : option.Name;

    private static string PathOf(RootCommand root, Command command)
    {
        if (command == root)
        {
            return "gonogo";
        }

        string parent = command.Parents.OfType<Command>().Where(above => above != root).Select(above => above.Name + " ").FirstOrDefault("");
        return $"gonogo {parent}{command.Name}";
    }

    private static void Usage(StringBuilder text, string path, Command command)
    {
        var parts = new List<string>();
        if (command.Subcommands.Count > 0)
        {
            parts.Add("VERB ...");
        }

        foreach (Argument argument in command.Arguments)
        {
            string name = argument.Arity.MaximumNumberOfValues > 1 ? argument.Name + "..." : argument.Name;
            parts.Add(argument.Arity.MinimumNumberOfValues == 0 ? $"[{name}]" : name);
        }

        parts.AddRange(command.Options.Where(option => option.Required).Select(Syntax));
        parts.Add("[options]");
        Heading(text, "Usage");
        text.Append(Indent).Append(path).Append(' ').AppendJoin(' ', parts).Append('\n');
    }

    private static KeyValuePair<string, string> Row(Option option)
    {
        string aliases = string.Concat(option.Aliases.Where(alias => alias != option.Name).Select(alias => ", " + alias));
        return new(Syntax(option) + aliases, option.Description + (option.Required ? " (required)" : ""));
    }

    private static void Heading(StringBuilder text, string heading) => text.Append('\n').Append(heading).Append('\n');

    private static void Rows(StringBuilder text, KeyValuePair<string, string>[] rows)
    {
        int first = rows.Max(row => row.Key.Length) + 2;
        foreach ((string left, string right) in rows)
        {
            text.Append(Indent).Append(left.PadRight(first));
            int column = Indent.Length + first;
            foreach (string word in right.Split(' '))
            {
                if (column + word.Length > Width)
                {
                    text.Length--;
                    column = Indent.Length + first;
                    text.Append('\n').Append(' ', column);
                }

                text.Append(word).Append(' ');
                column += word.Length + 1;
            }

            text.Length--;
            text.Append('\n');
        }
    }
}

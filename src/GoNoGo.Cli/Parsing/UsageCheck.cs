using System.CommandLine;
using System.Globalization;
using GoNoGo.Detection.Options;

namespace GoNoGo.Cli.Parsing;

/// <summary>Refuses wrong command lines in one sentence, with the nearest right word.</summary>
internal static class UsageCheck
{
    public static void Require(string[] args, ParseResult parsed, RootCommand root)
    {
        Command command = parsed.CommandResult.Command;
        RequireVerb(command, parsed, root);
        string see = $"see 'gonogo {PathOf(parsed)} --help'";
        RequireKnownOptions(args, Known(command, root), see);
        if (parsed.Errors.Count > 0)
        {
            // The parser quotes an option that lacks its value; its sentences end with a full stop.
            throw new UsageException($"{parsed.Errors[0].Message.TrimEnd('.')}; {see}.");
        }
    }

    /// <summary>The words of the verb: <c>data describe</c>.</summary>
    public static string PathOf(ParseResult parsed)
    {
        var words = new List<string>();
        for (var result = parsed.CommandResult; result?.Parent is System.CommandLine.Parsing.CommandResult parent; result = parent)
        {
            words.Insert(0, result.Command.Name);
        }

        return string.Join(' ', words);
    }

    private static void RequireVerb(Command command, ParseResult parsed, RootCommand root)
    {
        if (command is Verb)
        {
            return;
        }

        string[] verbs = [.. command.Subcommands.Select(verb => verb.Name)];
        string place = command == root ? "gonogo" : $"gonogo {command.Name}";
        string? word = parsed.UnmatchedTokens.FirstOrDefault(token => !token.StartsWith('-'));
        string list = string.Join(", ", verbs);
        string? flag = parsed.UnmatchedTokens.Count > 0 ? parsed.UnmatchedTokens[0] : null;
        throw new UsageException(
            word is not null ? $"'{place}' has no verb '{word}'; verbs: {list}{Suggestion.Text(word, verbs)}"
            : flag is not null ? $"'{place}' has no option '{flag}'; name a verb first: {list}."
            : $"'{place}' needs a verb: {list}; see '{place} --help'.");
    }

    private static string[] Known(Command command, RootCommand root) =>
        [.. command.Options.Concat(root.Options.Where(option => option.Recursive))
            .SelectMany(option => option.Aliases.Prepend(option.Name))];

    /// <summary>Whatever begins with '-' must be an option, a number, or the value of the option before it: a mistyped option is never a path.</summary>
    private static void RequireKnownOptions(string[] args, string[] known, string see)
    {
        bool followsOption = false;
        foreach (string arg in args)
        {
            if (arg == "--")
            {
                return;
            }

            int end = arg.AsSpan().IndexOfAny('=', ':');
            string name = end < 0 ? arg : arg[..end];
            bool isKnown = known.Contains(name, StringComparer.Ordinal);
            bool looksLikeOption = arg.StartsWith("--", StringComparison.Ordinal)
                || (arg.Length > 1 && arg[0] == '-' && !followsOption && !IsNumber(arg));
            if (looksLikeOption && !isKnown)
            {
                string[] longNames = [.. known.Where(option => option.StartsWith("--", StringComparison.Ordinal))];
                string suggestion = Suggestion.Text(name, longNames);
                throw new UsageException($"there is no option '{name}'{(suggestion.Length > 0 ? suggestion : $"; {see}.")}");
            }

            followsOption = isKnown && end < 0;
        }
    }

    private static bool IsNumber(string text) => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out _);
}

namespace GoNoGo.Cli.Rendering;

/// <summary>Commands to copy into a shell.</summary>
internal static class CommandText
{
    private const string Harmless = "-_./=+:,@%";

    /// <summary>A command line with these arguments, and one more at its end unless it is there already.</summary>
    public static string Of(IReadOnlyList<string> args, string? last = null)
    {
        IEnumerable<string> all = last is null || args.Contains(last) ? args : args.Append(last);
        return "gonogo " + string.Join(' ', all.Select(Quoted));
    }

    private static string Quoted(string arg) =>
        arg.Length > 0 && arg.All(letter => char.IsLetterOrDigit(letter) || Harmless.Contains(letter, StringComparison.Ordinal))
            ? arg
            : "'" + arg.Replace("'", "'\\''", StringComparison.Ordinal) + "'";
}

using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;

namespace GoNoGo.Cli.Parsing;

/// <summary>Options that take numbers: read with a decimal point under every culture, checked against a range.</summary>
internal static class Numbers
{
    public static Option<double?> Number(
        string name, string helpName, string description, double minimum = double.NegativeInfinity, double maximum = double.PositiveInfinity) => new(name)
        {
            Description = description,
            HelpName = helpName,
            CustomParser = result => double.TryParse(Text(result), NumberStyles.Float, CultureInfo.InvariantCulture, out double value)
                && double.IsFinite(value) && value >= minimum && value <= maximum
                ? value
                : Refuse<double>(result, name, "a number", Range(minimum, maximum)),
        };

    public static Option<int?> Integer(string name, string helpName, string description, int minimum, int maximum = int.MaxValue) => new(name)
    {
        Description = description,
        HelpName = helpName,
        CustomParser = result => int.TryParse(Text(result), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int value)
            && value >= minimum && value <= maximum
            ? value
            : Refuse<int>(result, name, "a whole number", Range(minimum, maximum == int.MaxValue ? double.PositiveInfinity : maximum)),
    };

    public static Option<ulong?> Seed(string description) => new("--seed")
    {
        Description = description,
        HelpName = "N",
        CustomParser = result => ulong.TryParse(Text(result), NumberStyles.None, CultureInfo.InvariantCulture, out ulong value)
            ? value
            : Refuse<ulong>(result, "--seed", "a whole number", " from 0"),
    };

    private static string Text(ArgumentResult result) => result.Tokens.Count > 0 ? result.Tokens[0].Value : "";

    private static T? Refuse<T>(ArgumentResult result, string name, string kind, string range) where T : struct
    {
        result.AddError($"{name} does not take '{Text(result)}'; give {kind}{range}.");
        return null;
    }

    private static string Range(double minimum, double maximum) => (minimum > -1e30, maximum < 1e30) switch
    {
        (true, true) => string.Create(CultureInfo.InvariantCulture, $" from {minimum} to {maximum}"),
        (true, false) => string.Create(CultureInfo.InvariantCulture, $" from {minimum}"),
        _ => " (decimal point '.')",
    };
}

using System.Globalization;

namespace GoNoGo.Detection.Options;

/// <summary>
/// One row of a detector's option table: presets, <c>--set</c>, the manifest, help and docs are all produced from it.
/// </summary>
public sealed record OptionDefinition
{
    private OptionDefinition(string id, OptionKind kind, string defaultValue, string sentence)
    {
        Id = id;
        Kind = kind;
        Default = defaultValue;
        Sentence = sentence;
    }

    /// <summary>The name in kebab case, as in <c>--set gaussians=150</c>.</summary>
    public string Id { get; }

    /// <summary>What values it takes.</summary>
    public OptionKind Kind { get; }

    /// <summary>The value of the preset <c>default</c>.</summary>
    public string Default { get; }

    /// <summary>The value of the preset <c>paper-code</c>; the default where null.</summary>
    public string? PaperCode { get; init; }

    /// <summary>The value of the preset <c>paper-text</c>; the default where null.</summary>
    public string? PaperText { get; init; }

    /// <summary>The number of the choice in the papers' list of open choices, where it is one.</summary>
    public int? Choice { get; init; }

    /// <summary>The words that a <see cref="OptionKind.Choice"/> takes.</summary>
    public IReadOnlyList<string> Words { get; private init; } = [];

    /// <summary>The values that a <see cref="OptionKind.Form"/> takes, as text.</summary>
    private string Form { get; init; } = "";

    /// <summary>Brings a value of a <see cref="OptionKind.Form"/> into its one written form; null where it is not allowed.</summary>
    private Func<string, string?> Write { get; init; } = _ => null;

    /// <summary>The smallest number allowed.</summary>
    public double Minimum { get; private init; } = double.NegativeInfinity;

    /// <summary>The largest number allowed.</summary>
    public double Maximum { get; private init; } = double.PositiveInfinity;

    /// <summary>One sentence that says what it does.</summary>
    public string Sentence { get; }

    /// <summary>What values are allowed, as text for help and error messages.</summary>
    public string Range => Kind switch
    {
        OptionKind.Choice => string.Join(" | ", Words),
        OptionKind.Switch => "true | false",
        OptionKind.Form => Form,
        _ => string.Create(CultureInfo.InvariantCulture, $"{Minimum} .. {Maximum}"),
    };

    /// <summary>An option that takes one of the given words.</summary>
    public static OptionDefinition OfWords(string id, string defaultValue, IReadOnlyList<string> words, string sentence) =>
        new(id, OptionKind.Choice, defaultValue, sentence) { Words = words };

    /// <summary>An option that takes a whole number.</summary>
    public static OptionDefinition OfInteger(string id, long defaultValue, long minimum, long maximum, string sentence) =>
        new(id, OptionKind.Integer, defaultValue.ToString(CultureInfo.InvariantCulture), sentence) { Minimum = minimum, Maximum = maximum };

    /// <summary>An option that takes a number.</summary>
    public static OptionDefinition OfNumber(string id, double defaultValue, double minimum, double maximum, string sentence) =>
        new(id, OptionKind.Number, defaultValue.ToString("R", CultureInfo.InvariantCulture), sentence) { Minimum = minimum, Maximum = maximum };

    /// <summary>An option that is on or off.</summary>
    public static OptionDefinition OfSwitch(string id, bool defaultValue, string sentence) =>
        new(id, OptionKind.Switch, defaultValue ? "true" : "false", sentence);

    /// <summary>An option that takes text of a form of its own.</summary>
    /// <param name="id">The name in kebab case.</param>
    /// <param name="defaultValue">The value of the preset <c>default</c>.</param>
    /// <param name="form">What values are allowed, as text.</param>
    /// <param name="write">Brings a value into its one written form; null where it is not allowed.</param>
    /// <param name="sentence">One sentence that says what it does.</param>
    public static OptionDefinition OfForm(string id, string defaultValue, string form, Func<string, string?> write, string sentence) =>
        new(id, OptionKind.Form, defaultValue, sentence) { Form = form, Write = write };

    /// <summary>Checks a value and brings it into its one written form.</summary>
    /// <exception cref="OptionException">The value is not allowed; the message says what is.</exception>
    public string Normalise(string value)
    {
        ArgumentNullException.ThrowIfNull(value);
        string text = value.Trim();
        switch (Kind)
        {
            case OptionKind.Choice:
                return Words.FirstOrDefault(word => word.Equals(text, StringComparison.OrdinalIgnoreCase))
                    ?? throw new OptionException($"option '{Id}' does not take '{text}'; allowed: {Range}{Suggestion.Text(text, Words)}");
            case OptionKind.Switch:
                return text.ToUpperInvariant() switch
                {
                    "TRUE" or "ON" or "YES" or "1" => "true",
                    "FALSE" or "OFF" or "NO" or "0" => "false",
                    _ => throw new OptionException($"option '{Id}' does not take '{text}'; allowed: {Range}"),
                };
            case OptionKind.Form:
                return Write(text) ?? throw new OptionException($"option '{Id}' does not take '{text}'; allowed: {Range}");
            case OptionKind.Integer:
                return long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long whole)
                    && whole >= Minimum && whole <= Maximum
                    ? whole.ToString(CultureInfo.InvariantCulture)
                    : throw new OptionException($"option '{Id}' does not take '{text}'; allowed: a whole number in {Range}");
            default:
                return double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double number)
                    && number >= Minimum && number <= Maximum
                    ? number.ToString("R", CultureInfo.InvariantCulture)
                    : throw new OptionException($"option '{Id}' does not take '{text}'; allowed: a number in {Range} (decimal point '.')");
        }
    }
}

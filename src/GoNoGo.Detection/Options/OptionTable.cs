namespace GoNoGo.Detection.Options;

/// <summary>All options of one detector, in the order of its documentation.</summary>
public sealed class OptionTable
{
    /// <summary>The preset that is taken where nobody names one.</summary>
    public const string Default = "default";

    /// <summary>The preset that behaves as the published code.</summary>
    public const string PaperCode = "paper-code";

    /// <summary>The preset that follows the words of the paper.</summary>
    public const string PaperText = "paper-text";

    /// <summary>The names of the presets that every table has.</summary>
    public static readonly IReadOnlyList<string> Presets = [Default, PaperCode, PaperText];

    private readonly Dictionary<string, OptionDefinition> _byId;

    /// <summary>A table of the given rows.</summary>
    public OptionTable(string owner, IReadOnlyList<OptionDefinition> definitions)
    {
        Owner = owner;
        Definitions = definitions;
        _byId = definitions.ToDictionary(definition => definition.Id, StringComparer.Ordinal);
    }

    /// <summary>The detector (or backbone) that the options belong to.</summary>
    public string Owner { get; }

    /// <summary>What the owner is, for messages.</summary>
    public string Kind { get; init; } = "detector";

    /// <summary>The page that explains the options; null: the detector's own.</summary>
    public string? Page { get; init; }

    /// <summary>What presets mean beyond the columns of the rows: presets of this table's own, and what a preset asks of the backbone.</summary>
    public IReadOnlyList<PresetAddition> PresetAdditions { get; init; } = [];

    /// <summary>The names of all presets of this table: those that every table has, then its own.</summary>
    public IReadOnlyList<string> PresetNames => [.. Presets.Union(PresetAdditions.Select(addition => addition.Preset))];

    /// <summary>The rows.</summary>
    public IReadOnlyList<OptionDefinition> Definitions { get; }

    /// <summary>Whether a paper's preset has another value than <c>default</c> anywhere: the owner is of that paper.</summary>
    public bool HasPaperPresets => Definitions.Any(definition => (definition.PaperCode ?? definition.PaperText) is not null);

    /// <summary>The row with the given id.</summary>
    /// <exception cref="OptionException">There is none; the message suggests the nearest.</exception>
    public OptionDefinition this[string id] => _byId.TryGetValue(id, out OptionDefinition? definition)
        ? definition
        : throw new OptionException($"{Kind} '{Owner}' has no option '{id}'{Suggestion.Text(id, _byId.Keys)} (see {Page ?? $"docs/detectors/{Owner}.md"})");

    /// <summary>The values of a preset, then changed by <c>option=value</c> settings in their order.</summary>
    /// <exception cref="OptionException">An unknown preset or option, or a value that is not allowed.</exception>
    public OptionSet Create(string preset = Default, IEnumerable<string>? settings = null)
    {
        if (!PresetNames.Contains(preset))
        {
            throw new OptionException($"there is no preset '{preset}'; presets: {string.Join(", ", PresetNames)}{Suggestion.Text(preset, PresetNames)}");
        }

        var values = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (OptionDefinition definition in Definitions)
        {
            string value = preset switch
            {
                PaperCode => definition.PaperCode ?? definition.Default,
                PaperText => definition.PaperText ?? definition.Default,
                _ => definition.Default,
            };
            values[definition.Id] = definition.Normalise(value);
        }

        foreach (string setting in PresetAdditions.Where(addition => addition.Preset == preset).SelectMany(addition => addition.Settings).Concat(settings ?? []))
        {
            int equals = setting.IndexOf('=', StringComparison.Ordinal);
            if (equals < 1)
            {
                throw new OptionException($"'{setting}' is no setting; write option=value, for example {Definitions[0].Id}={Definitions[0].Default}");
            }

            OptionDefinition definition = this[setting[..equals].Trim()];
            values[definition.Id] = definition.Normalise(setting[(equals + 1)..]);
        }

        return new OptionSet(this, values);
    }

    /// <summary>What a preset sets of the backbone's options, each only where the backbone's family has it.</summary>
    public IReadOnlyList<string> BackboneSettings(string preset) =>
        [.. PresetAdditions.Where(addition => addition.Preset == preset).SelectMany(addition => addition.BackboneSettings)];

    /// <summary>The set that a model's manifest holds. Options it lacks take their default; unknown ones are refused.</summary>
    public OptionSet FromStored(IReadOnlyDictionary<string, string> stored)
    {
        ArgumentNullException.ThrowIfNull(stored);
        return Create(Default, stored.Select(pair => $"{pair.Key}={pair.Value}"));
    }
}

/// <summary>What a preset means beyond the columns of an option table.</summary>
/// <param name="Preset">Its name: one of <see cref="OptionTable.Presets"/>, or a new one, which starts from the default values.</param>
/// <param name="Settings">Values of the table's options, <c>option=value</c>.</param>
/// <param name="BackboneSettings">Values of the backbone's options, <c>option=value</c>.</param>
public sealed record PresetAddition(string Preset, IReadOnlyList<string> Settings, IReadOnlyList<string> BackboneSettings);

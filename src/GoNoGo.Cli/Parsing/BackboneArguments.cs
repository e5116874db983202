using System.CommandLine;
using System.Globalization;
using GoNoGo.Detection.Backbones;
using GoNoGo.Detection.Options;
using GoNoGo.Features;

namespace GoNoGo.Cli.Parsing;

/// <summary>The options that choose a backbone, its weights, levels and options.</summary>
internal sealed class BackboneArguments
{
    private readonly Option<string?> _backbone;
    private readonly Option<string?> _weights = new("--weights") { HelpName = "FILE", Description = "its weights, safetensors or a PyTorch checkpoint (default: those of the store, see 'gonogo weights list')" };
    private readonly Option<string?> _levels = new("--levels") { HelpName = "NAMES", Description = "where in the network features are taken, separated by commas: block7,last (default: last)" };
    private readonly Option<string?> _preset = new("--preset") { HelpName = "P", Description = $"set of option values to start from: {string.Join(", ", OptionTable.Presets)}" };
    private readonly Option<string[]> _set = new("--set") { HelpName = "OPTION=VALUE", Description = "change one option of the backbone; may be given often", AllowMultipleArgumentsPerToken = false };

    /// <summary>The options of a verb that needs a backbone, or may do with something else.</summary>
    public BackboneArguments(bool isRequired = true) =>
        _backbone = new("--backbone") { HelpName = "ID", Description = "the network; see the list below", Required = isRequired };

    /// <summary>The options in the order of the help.</summary>
    public Option[] All => [_backbone, _weights, _levels, _preset, _set];

    /// <summary>The parts of the help that list backbones and their options.</summary>
    public static IEnumerable<KeyValuePair<string, IReadOnlyList<string>>> Help
    {
        get
        {
            int width = BackboneCatalog.Entries.Max(entry => entry.Id.Length) + 2;
            yield return new("Backbones (docs/backbones.md tells which to choose)", [.. BackboneCatalog.Entries.Select(entry => entry.Id.PadRight(width) + entry.Summary)]);
            OptionTable[] tables = [.. BackboneCatalog.Entries.Select(entry => entry.Family).Distinct().Select(BackboneOptionTable.Of)];
            yield return new("Options for --set", [.. tables.SelectMany(table => table.Definitions).DistinctBy(option => option.Id).Select(option =>
            {
                string[] owners = [.. tables.Where(table => table.Definitions.Any(other => other.Id == option.Id)).Select(table => table.Owner)];
                return string.Create(CultureInfo.InvariantCulture, $"{option.Id,-15}{option.Range}; default {option.Default}{(owners.Length == tables.Length ? "" : $" ({string.Join(", ", owners)})")}");
            })]);
        }
    }

    /// <summary>The backbone; null where none was named.</summary>
    public string? Id(ParseResult parsed) => parsed.GetValue(_backbone);

    /// <summary>The weights file; null where none was named.</summary>
    public string? Weights(ParseResult parsed) => parsed.GetValue(_weights);

    /// <summary>The first option given that says something of a backbone named with <c>--backbone</c>, beside its weights; null: none.</summary>
    public string? FirstDetail(ParseResult parsed) =>
        new Option[] { _levels, _preset, _set }.FirstOrDefault(option => parsed.GetResult(option) is not null)?.Name;

    /// <summary>What was chosen.</summary>
    public BackboneChoice Read(ParseResult parsed)
    {
        var choice = new BackboneChoice(parsed.GetRequiredValue(_backbone)!) { Weights = parsed.GetValue(_weights), Settings = parsed.GetValue(_set) ?? [] };
        return choice with
        {
            Levels = parsed.GetValue(_levels) is { } levels ? levels.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) : choice.Levels,
            Preset = parsed.GetValue(_preset) ?? choice.Preset,
        };
    }
}

using System.CommandLine;

namespace GoNoGo.Cli.Parsing;

/// <summary>Options that choose a backbone, its weights and its levels.</summary>
internal static class FeatureSelection
{
    public const string OfModel = "weights of the backbone for a model that does not hold them (default: from the store, 'gonogo weights')";

    public static Option<string?> Backbone(string description) => new("--backbone") { HelpName = "ID", Description = description };

    public static Option<string?> Levels() =>
        new("--levels") { HelpName = "LIST", Description = "levels of the backbone, for example layer2,layer3 or block7 (default: two in the middle, of a vision transformer block7; with a preset of a paper its own)" };

    public static Option<string?> Weights(string description) => new("--weights") { HelpName = "FILE", Description = description };

    /// <summary>The names of a list; none where it is not given.</summary>
    public static IReadOnlyList<string> Split(string? list) => list?.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) ?? [];
}

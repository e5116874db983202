using GoNoGo.Detection.Options;

namespace GoNoGo.Detection.Detectors;

/// <summary>How large pictures are judged in tiles, as the options <c>tile</c>, <c>tile-overlap</c>, <c>tile-model</c> and <c>tile-score</c> say.</summary>
/// <param name="Side">Side of a tile in picture pixels.</param>
/// <param name="Overlap">Pixels that neighbours share at least.</param>
/// <param name="IsPerPosition">A network for each position instead of one for all.</param>
public sealed record TileSettings(int Side, int Overlap, bool IsPerPosition)
{
    /// <summary>Whether scores and maps are deviations from what held-out good parts score at each position.</summary>
    public bool IsStandardised { get; init; }

    /// <summary>The most positions that have a network each.</summary>
    public const int MostPositions = 256;

    internal const string SideId = "tile";
    internal const string OverlapId = "tile-overlap";
    internal const string ModelId = "tile-model";
    internal const string ScoreId = "tile-score";
    internal const string Largest = "max";
    internal const string Standardised = "standardised";
    internal const string Shared = "shared";
    internal const string PerPosition = "per-position";

    // A tile of fewer pixels shows no more than texture, and their number would grow without use.
    private const int SmallestSide = 32;

    /// <summary>Reads the options; null where pictures are judged in one piece.</summary>
    /// <exception cref="OptionException">The options do not fit together.</exception>
    public static TileSettings? From(OptionSet options)
    {
        ArgumentNullException.ThrowIfNull(options);
        int side = options.Integer(SideId);
        bool perPosition = options[ModelId] == PerPosition;
        if (side == 0)
        {
            return !perPosition ? null : throw new OptionException($"{ModelId}={PerPosition} needs tiles; give their side in picture pixels with {SideId}=N");
        }

        if (side < SmallestSide)
        {
            throw new OptionException(FormattableString.Invariant($"option '{SideId}' does not take '{side}'; allowed: 0 for no tiles, or {SmallestSide} and more"));
        }

        int overlap = options.Integer(OverlapId);
        if (overlap > side / 2)
        {
            throw new OptionException(FormattableString.Invariant($"{OverlapId}={overlap} is more than half of {SideId}={side}; choose at most {side / 2}"));
        }

        // Detectors on features have no framing: they see whole pictures.
        return !options.Values.TryGetValue("framing", out string? framing) || framing == "whole"
            ? new TileSettings(side, overlap, perPosition) { IsStandardised = options[ScoreId] == Standardised }
            : throw new OptionException($"{SideId}={options[SideId]} needs framing=whole: tiles are resized to the model size and nothing is cut from them");
    }
}

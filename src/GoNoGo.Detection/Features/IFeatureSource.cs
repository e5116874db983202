using GoNoGo.Detection.Backbones;

namespace GoNoGo.Detection.Features;

/// <summary>Features of some pictures at some levels, in a fixed order, that may be read again and again.</summary>
public interface IFeatureSource
{
    /// <summary>Pictures.</summary>
    int Count { get; }

    /// <summary>The levels.</summary>
    IReadOnlyList<FeatureLevel> Levels { get; }

    /// <summary>The features of one picture, <c>[D, h, w]</c>.</summary>
    /// <param name="index">The picture.</param>
    /// <param name="level">The level's place in <see cref="Levels"/>.</param>
    /// <param name="destination">Receives D h w values.</param>
    void Read(int index, int level, Span<float> destination);

    /// <summary>Which pixels of a picture's map are judged, <c>[MapHeight, MapWidth]</c>, 1 or 0, at least one; empty: all.</summary>
    /// <param name="index">The picture.</param>
    ReadOnlyMemory<byte> Judged(int index) => default;
}

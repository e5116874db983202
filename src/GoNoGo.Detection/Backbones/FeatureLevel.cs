namespace GoNoGo.Detection.Backbones;

/// <summary>How a level's features are laid out.</summary>
public enum FeatureLayout
{
    /// <summary>Tokens of the map, row by row: <c>[B, h w, D]</c>.</summary>
    Tokens,

    /// <summary>Maps: <c>[B, D, h, w]</c>.</summary>
    Maps,
}

/// <summary>A place in a backbone where features are taken.</summary>
/// <param name="Name">For example <c>block7</c>, <c>stage2</c>, <c>layer3</c>, <c>last</c>.</param>
/// <param name="Width">D: features of a position.</param>
/// <param name="Stride">Input pixels from one position to the next.</param>
/// <param name="Rows">h: rows of positions.</param>
/// <param name="Columns">w: columns of positions.</param>
/// <param name="Layout">The layout in which the backbone gives them.</param>
public sealed record FeatureLevel(string Name, int Width, int Stride, int Rows, int Columns, FeatureLayout Layout);

using GoNoGo.Vision.Imaging.Regions;

namespace GoNoGo.Vision.Imaging.Tiling;

/// <summary>
/// Square tiles that cover a picture, row by row. Neighbours share at least the overlap; the last tile of a row or column is
/// shifted inside. Where the picture is smaller than a tile, the tile reaches beyond its right or lower edge.
/// </summary>
/// <param name="Width">Width of what is covered.</param>
/// <param name="Height">Height of what is covered.</param>
/// <param name="Side">Side of a tile.</param>
/// <param name="Overlap">Pixels that neighbours share at least; below the side.</param>
public readonly record struct TileGrid(int Width, int Height, int Side, int Overlap)
{
    /// <summary>Tiles a row.</summary>
    public int Columns => CountOf(Width);

    /// <summary>Rows of tiles.</summary>
    public int Rows => CountOf(Height);

    /// <summary>All tiles.</summary>
    public int Count => checked(Columns * Rows);

    /// <summary>A tile by its number.</summary>
    public PixelRectangle this[int index] => new(StartOf(index % Columns, Width), StartOf(index / Columns, Height), Side, Side);

    /// <summary>The first pixel of a tile along an axis.</summary>
    /// <param name="index">The tile's place along the axis.</param>
    /// <param name="length">The axis: <see cref="Width"/> or <see cref="Height"/>.</param>
    public int StartOf(int index, int length) => (int)Math.Min((long)index * (Side - Overlap), Math.Max(0, length - Side));

    /// <summary>Tiles along an axis.</summary>
    /// <param name="length">The axis: <see cref="Width"/> or <see cref="Height"/>.</param>
    public int CountOf(int length)
    {
        int step = Side - Overlap;
        return length <= Side ? 1 : 1 + (int)(((long)length - Side + step - 1) / step);
    }
}

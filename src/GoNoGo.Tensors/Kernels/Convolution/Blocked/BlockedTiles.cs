namespace GoNoGo.Tensors.Kernels.Convolution;

/// <summary>The tiles of 2 x 2 pixels of a batch of maps, numbered through.</summary>
internal readonly struct BlockedTiles
{
    private readonly int _height;
    private readonly int _width;
    private readonly int _rows;
    private readonly int _columns;

    public BlockedTiles(in BlockedMaps maps)
    {
        (_height, _width) = (maps.Height, maps.Width);
        _rows = (_height + 1) / 2;
        _columns = (_width + 1) / 2;
        Count = checked(maps.Images * _rows * _columns);
    }

    /// <summary>All tiles.</summary>
    public int Count { get; }

    /// <summary>Where the pixels of a square around a tile lie in the first block, for maps with so many floats an image; -1: beyond the edge.</summary>
    /// <param name="tile">The tile.</param>
    /// <param name="imageStride">Floats from one image to the next.</param>
    /// <param name="border">Pixels around the tile: 1 for Winograd's input, 0 for its output.</param>
    /// <param name="offsets">Receives (2 + 2 border)^2 numbers, row by row.</param>
    public void Offsets(int tile, nint imageStride, int border, Span<nint> offsets)
    {
        int line = tile / _columns;
        int image = line / _rows;
        int top = (2 * (line - (image * _rows))) - border;
        int left = (2 * (tile - (line * _columns))) - border;
        int side = 2 + (2 * border);
        for (int i = 0; i < offsets.Length; i++)
        {
            int y = top + (i / side);
            int x = left + (i % side);
            bool isInside = (uint)y < (uint)_height && (uint)x < (uint)_width;
            offsets[i] = isInside ? (image * imageStride) + ((((nint)y * _width) + x) * BlockedMaps.Lanes) : -1;
        }
    }
}

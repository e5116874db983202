namespace GoNoGo.Tensors.Kernels;

/// <summary>
/// How a product is cut into pieces: a function of the shape and the vector width only, never of the number of threads.
/// The depth is cut by K alone: so an element's sum is formed in the same order whatever M and N are.
/// </summary>
internal readonly struct GemmPlan
{
    /// <summary>The most depths of one block: a left panel of 12 x 384 floats, or a right one of 384 x 16, stays in the first-level cache.</summary>
    public const int MaxDepthBlock = 384;

    /// <summary>Rows that an item packs at most: so many panels, each of the most rows.</summary>
    public const int MostChunkRows = 12 * 12;

    // Items that a large product is cut into: enough to keep some cores evenly busy, few enough to reuse what they read.
    private const int Items = 12;

    // Multiply-adds below which a second thread costs more than it brings.
    private const long SerialWork = 200_000;

    // The shared operand is packed so many floats at a time if that is more than one depth block: it then stays in the second-level cache.
    private const long SharedCacheFloats = 96 << 10;

    // The most memory for the shared operand, in floats: 16 MB.
    private const long SharedFloats = 4 << 20;

    public GemmPlan(int m, int n, int k, int maxPanelRows, int panelColumns, bool rightIsPacked, bool rightIsDirect, bool isAlone = false)
    {
        int blocks = (int)(((long)k + MaxDepthBlock - 1) / MaxDepthBlock);
        DepthBlock = (k + blocks - 1) / blocks;

        // Rows spread evenly over the panels: 8 rows are 4 + 4, not 6 + 2.
        int rowPanels = (m + maxPanelRows - 1) / maxPanelRows;
        PanelRows = (m + rowPanels - 1) / rowPanels;
        if (PanelRows > 1 && Cost(m, PanelRows - 1) < 0.98 * Cost(m, PanelRows))
        {
            // 49 rows are 9 x 5 + 4, not 8 x 6 + 1.
            PanelRows--;
            rowPanels = (m + PanelRows - 1) / PanelRows;
        }

        SharesLeft = rightIsDirect || m <= n;
        int panels = SharesLeft ? (n + panelColumns - 1) / panelColumns : rowPanels;
        int most = rightIsDirect ? 512 / panelColumns : SharesLeft ? 8 : 12;
        // Long pieces of the rows of an operand that is read in place.
        int least = rightIsDirect ? 256 / panelColumns : 1;
        ChunkPanels = isAlone || (long)m * n * k < SerialWork ? most : Math.Clamp(panels / Items, least, most);
        Chunks = (panels + ChunkPanels - 1) / ChunkPanels;

        int lanes = SharesLeft ? m : n;
        int width = SharesLeft ? PanelRows : panelColumns;
        SharedDepth = (int)Math.Clamp(SharedCacheFloats / lanes / DepthBlock * DepthBlock, DepthBlock, k);
        SharedLanes = rightIsPacked && !SharesLeft ? lanes : EvenShare(lanes, (int)Math.Max(SharedFloats / SharedDepth, width), width);
    }

    /// <summary>Depths of one block (the last one may be smaller).</summary>
    public int DepthBlock { get; }

    /// <summary>Rows of a left panel.</summary>
    public int PanelRows { get; }

    /// <summary>Whether the left operand is packed once for all (and the columns are split into items), or the right one (and the rows are split).</summary>
    public bool SharesLeft { get; }

    /// <summary>Panels of the split operand per item.</summary>
    public int ChunkPanels { get; }

    /// <summary>Number of items.</summary>
    public int Chunks { get; }

    /// <summary>Depths of the shared operand that are packed at a time: a multiple of <see cref="DepthBlock"/>, or all.</summary>
    public int SharedDepth { get; }

    /// <summary>Lanes of the shared operand that are packed at a time: a multiple of its panel width, or all.</summary>
    public int SharedLanes { get; }

    /// <summary>About how long all rows take: a tile of few rows waits for its own sums, and every tile has some time to itself.</summary>
    private static double Cost(int rows, int panelRows) => (rows / panelRows * (Math.Max(panelRows, 4) + 0.3)) + (rows % panelRows == 0 ? 0 : Math.Max(rows % panelRows, 4) + 0.3);

    /// <summary>The lanes in as few parts as fit, all about as large.</summary>
    private static int EvenShare(int lanes, int most, int width)
    {
        int parts = (int)(((long)lanes + most - 1) / most);
        int share = (lanes + parts - 1) / parts;
        return (share + width - 1) / width * width;
    }
}

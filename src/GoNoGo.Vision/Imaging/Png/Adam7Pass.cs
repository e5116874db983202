namespace GoNoGo.Vision.Imaging.Png;

/// <summary>One of the seven passes of an interlaced PNG: a sparse grid of the picture's pixels.</summary>
internal readonly record struct Adam7Pass(int FirstColumn, int FirstRow, int ColumnStep, int RowStep)
{
    /// <summary>The passes in the order of the file.</summary>
    public static ReadOnlySpan<Adam7Pass> All => Passes;

    private static readonly Adam7Pass[] Passes =
    [
        new(0, 0, 8, 8), new(4, 0, 8, 8), new(0, 4, 4, 8), new(2, 0, 4, 4), new(0, 2, 2, 4), new(1, 0, 2, 2), new(0, 1, 1, 2),
    ];

    /// <summary>Pixels a row of this pass in a picture of <paramref name="width"/>; 0 where the pass is empty.</summary>
    public int Columns(int width) => (int)(((long)width - FirstColumn + ColumnStep - 1) / ColumnStep);

    /// <summary>Rows of this pass in a picture of <paramref name="height"/>; 0 where the pass is empty.</summary>
    public int Rows(int height) => (int)(((long)height - FirstRow + RowStep - 1) / RowStep);
}

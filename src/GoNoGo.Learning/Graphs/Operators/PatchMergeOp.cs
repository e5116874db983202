using GoNoGo.Tensors;

namespace GoNoGo.Learning.Graphs.Operators;

/// <summary>
/// The four tokens of every 2 x 2 square side by side, in the order (even row, even column), (odd, even), (even, odd), (odd, odd):
/// <c>[H W, C]</c> to <c>[ceil(H / 2) ceil(W / 2), 4 C]</c>; an odd side gets zeros at the bottom or right.
/// </summary>
/// <param name="Height">H.</param>
/// <param name="Width">W.</param>
public sealed record PatchMergeOp(int Height, int Width) : Operator
{
    /// <summary>Rows of the result.</summary>
    public int MergedHeight => (Height + 1) / 2;

    /// <summary>Columns of the result.</summary>
    public int MergedWidth => (Width + 1) / 2;

    /// <summary>For every token of the result and each of its four parts the token of the map, -1 for padding. <c>[tokens * 4]</c>.</summary>
    public int[] Sources()
    {
        var sources = new int[MergedHeight * MergedWidth * 4];
        for (int i = 0; i < sources.Length; i++)
        {
            int row = (i / 4 / MergedWidth * 2) + (i & 1);
            int column = (i / 4 % MergedWidth * 2) + ((i >> 1) & 1);
            sources[i] = row < Height && column < Width ? (row * Width) + column : -1;
        }

        return sources;
    }

    /// <inheritdoc/>
    public override GraphShape Infer(ReadOnlySpan<GraphShape> inputs)
    {
        GraphShape x = Single(inputs, 2, "[H W, C]");
        Require(x.PerImage == 1 && x.Item[0] == Height * Width, inputs, $"{Height} x {Width} tokens");
        return x with { Item = new Shape(MergedHeight * MergedWidth, 4 * x.Item[1]) };
    }
}

namespace GoNoGo.Tensors.Kernels;

/// <summary>
/// C = A^T A in float32, its lower triangle alone: about half of the work of <see cref="MatrixMultiply"/>, and the same sums bit for bit.
/// </summary>
public static unsafe class GramMatrix
{
    /// <summary>Columns that are computed together, from the diagonal down.</summary>
    private const int PanelColumns = 64;

    /// <summary>Multiplies.</summary>
    /// <param name="a"><c>[N, D]</c>.</param>
    /// <param name="c">Destination <c>[D, D]</c>; above the diagonal something else may be written.</param>
    /// <exception cref="ArgumentException">A shape does not fit.</exception>
    public static void Run(Tensor a, Tensor c)
    {
        if (a.Rank != 2 || c.Rank != 2 || c.Shape[0] != a.Shape[1] || c.Shape[1] != a.Shape[1])
        {
            throw new ArgumentException($"GramMatrix: a {a.Shape} and c {c.Shape}, expected [N, D] and [D, D].");
        }

        (int rows, int width) = (a.Shape[0], a.Shape[1]);
        for (int column = 0; column < width; column += PanelColumns)
        {
            MatrixMultiply.Run(
                width - column, Math.Min(PanelColumns, width - column), rows, a.Pointer + column, width, transposeA: true, a.Pointer + column, width, transposeB: false,
                accumulate: false, c.Pointer + ((long)column * width) + column, width);
        }
    }
}

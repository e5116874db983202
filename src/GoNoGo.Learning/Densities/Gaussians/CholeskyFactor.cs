namespace GoNoGo.Learning.Densities.Gaussians;

/// <summary>The Cholesky factor L of a symmetric positive matrix, <c>A = L L^T</c>, and its inverse, in place on packed lower triangles (row i begins at i (i + 1) / 2).</summary>
public static class CholeskyFactor
{
    /// <summary>Replaces A by L.</summary>
    /// <param name="matrix">The packed triangle.</param>
    /// <param name="width">Rows.</param>
    /// <exception cref="ArithmeticException">A is not positive.</exception>
    public static void Factorise(Span<double> matrix, int width)
    {
        for (int i = 0; i < width; i++)
        {
            Span<double> row = Row(matrix, i);
            for (int j = 0; j <= i; j++)
            {
                ReadOnlySpan<double> other = Row(matrix, j);
                double sum = row[j];
                for (int k = 0; k < j; k++)
                {
                    sum -= row[k] * other[k];
                }

                if (i != j)
                {
                    row[j] = sum / other[j];
                }
                else
                {
                    row[j] = sum > 0 ? Math.Sqrt(sum) : throw new ArithmeticException("CholeskyFactor: the matrix is not positive.");
                }
            }
        }
    }

    /// <summary>Replaces L by its inverse, which is lower triangular too.</summary>
    /// <param name="factor">The packed triangle.</param>
    /// <param name="width">Rows.</param>
    public static void Invert(Span<double> factor, int width)
    {
        // Row i of the inverse needs the rows above it and row i of L alone.
        var row = new double[width];
        for (int i = 0; i < width; i++)
        {
            Span<double> target = Row(factor, i);
            target.CopyTo(row);
            double pivot = 1 / row[i];
            target.Clear();
            for (int k = 0; k < i; k++)
            {
                ReadOnlySpan<double> above = Row(factor, k);
                double weight = -row[k] * pivot;
                for (int j = 0; j <= k; j++)
                {
                    target[j] += weight * above[j];
                }
            }

            target[i] = pivot;
        }
    }

    private static Span<double> Row(Span<double> matrix, int row) => matrix.Slice(row * (row + 1) / 2, row + 1);
}

namespace GoNoGo.Learning.Densities.Gaussians;

/// <summary>The Cholesky factor L of a symmetric positive matrix, <c>A = L L^T</c>, and its inverse, in place on packed lower triangles (row i begins at i (i + 1) / 2).</summary>
public static unsafe class CholeskyFactor
{
    /// <summary>Replaces A by L.</summary>
    /// <param name="matrix">The packed triangle.</param>
    /// <param name="width">Rows.</param>
    /// <exception cref="ArithmeticException">A is not positive.</exception>
    public static void Factorise(Span<double> matrix, int width)
    {
        fixed (double* start = matrix)
        {
            for (int i = 0; i < width; i++)
            {
                double* row = Row(start, i);
                for (int j = 0; j < i; j++)
                {
                    double* other = Row(start, j);
                    row[j] = (row[j] - DoubleRows.Dot(row, other, j)) / other[j];
                }

                double square = row[i] - DoubleRows.Dot(row, row, i);
                row[i] = square > 0 ? Math.Sqrt(square) : throw new ArithmeticException("CholeskyFactor: the matrix is not positive.");
            }
        }
    }

    /// <summary>Replaces L by its inverse, which is lower triangular too.</summary>
    /// <param name="factor">The packed triangle.</param>
    /// <param name="width">Rows.</param>
    public static void Invert(Span<double> factor, int width)
    {
        // Row i of the inverse needs the rows above it and row i of L alone.
        var copy = new double[width];
        fixed (double* start = factor, row = copy)
        {
            for (int i = 0; i < width; i++)
            {
                double* target = Row(start, i);
                new ReadOnlySpan<double>(target, i + 1).CopyTo(copy);
                new Span<double>(target, i).Clear();
                double pivot = 1 / row[i];
                for (int k = 0; k < i; k++)
                {
                    DoubleRows.AddScaled(-row[k] * pivot, Row(start, k), target, k + 1);
                }

                target[i] = pivot;
            }
        }
    }

    private static double* Row(double* matrix, int row) => matrix + ((long)row * (row + 1) / 2);
}

using GoNoGo.Tensors.Parallel;

namespace GoNoGo.Learning.Densities.Gaussians;

/// <summary>
/// Eigenvalues and eigenvectors of a symmetric matrix in double precision: Householder's tridiagonal form, then the implicit QL method
/// (Bowdler, Martin, Reinsch and Wilkinson 1968). Results do not depend on the number of threads.
/// </summary>
public static unsafe class SymmetricEigen
{
    private const int MostSweeps = 60;
    private const int ItemRows = 16;
    private const int ItemColumns = 64;

    /// <summary>Decomposes a matrix.</summary>
    /// <param name="matrix"><c>[n, n]</c>, row by row; destroyed.</param>
    /// <param name="n">Rows.</param>
    /// <param name="values">Receives the n eigenvalues, the largest first.</param>
    /// <param name="vectors">Receives the eigenvectors of length 1 as rows, <c>[n, n]</c>, in the order of the values.</param>
    /// <exception cref="ArgumentException">A length does not fit.</exception>
    /// <exception cref="ArithmeticException">The matrix holds what is no number.</exception>
    public static void Decompose(double[] matrix, int n, double[] values, double[] vectors)
    {
        ArgumentNullException.ThrowIfNull(matrix);
        ArgumentNullException.ThrowIfNull(values);
        ArgumentNullException.ThrowIfNull(vectors);
        if (n < 1 || matrix.LongLength != (long)n * n || values.Length != n || vectors.LongLength != matrix.LongLength)
        {
            throw new ArgumentException($"SymmetricEigen: {matrix.LongLength} elements, {values.Length} values and {vectors.LongLength} elements of vectors do not fit {n} rows.");
        }

        var diagonal = new double[n];
        var beside = new double[n];
        var factors = new double[n];
        var room = new double[n];
        var turned = new double[matrix.LongLength];
        fixed (double* a = matrix, d = diagonal, e = beside, tau = factors, w = room, z = turned)
        {
            Tridiagonalise(a, n, d, e, tau, w);
            Workers.For((n + ItemRows - 1) / ItemRows, new BasisBody { Matrix = a, Factors = tau, Basis = z, N = n });
            Diagonalise(d, e, z, n);
        }

        int[] order = [.. Enumerable.Range(0, n)];
        Array.Sort(order, (left, right) => diagonal[left] != diagonal[right] ? diagonal[right].CompareTo(diagonal[left]) : left.CompareTo(right));
        for (int i = 0; i < n; i++)
        {
            values[i] = diagonal[order[i]];
            turned.AsSpan(order[i] * n, n).CopyTo(vectors.AsSpan(i * n, n));
        }
    }

    /// <summary>Leaves the reflections in the rows above the diagonal (row k from k + 1 on) and their factors in <paramref name="tau"/>.</summary>
    private static void Tridiagonalise(double* a, int n, double* d, double* e, double* tau, double* w)
    {
        for (int k = 0; k < n; k++)
        {
            d[k] = a[((long)k * n) + k];
            int m = n - k - 1;
            if (m == 0)
            {
                break;
            }

            double* v = a + ((long)k * n) + k + 1;
            double below = m > 1 ? DoubleRows.Dot(v + 1, v + 1, m - 1) : 0;
            if (below == 0)
            {
                e[k] = v[0];
                tau[k] = 0;
                continue;
            }

            double length = Math.Sqrt(below + (v[0] * v[0]));
            e[k] = v[0] > 0 ? -length : length;
            v[0] -= e[k];
            tau[k] = 2 / (below + (v[0] * v[0]));
            int items = (m + ItemRows - 1) / ItemRows;
            double* block = a + ((long)(k + 1) * n) + k + 1;
            Workers.For(items, new ProductBody { Block = block, Stride = n, Count = m, V = v, Result = w, Factor = tau[k] });
            DoubleRows.AddScaled(-0.5 * tau[k] * DoubleRows.Dot(w, v, m), v, w, m);
            Workers.For(items, new UpdateBody { Block = block, Stride = n, Count = m, V = v, W = w });
        }
    }

    /// <summary>The implicit QL method; the rows of <paramref name="z"/> turn with it.</summary>
    private static void Diagonalise(double* d, double* e, double* z, int n)
    {
        var cosines = new double[n];
        var sines = new double[n];
        fixed (double* c = cosines, s = sines)
        {
            for (int l = 0; l < n; l++)
            {
                for (int sweep = 0; ; sweep++)
                {
                    int m = l;
                    while (m < n - 1 && !(Math.Abs(e[m]) <= double.Epsilon + (1.1e-16 * (Math.Abs(d[m]) + Math.Abs(d[m + 1])))))
                    {
                        m++;
                    }

                    if (m == l)
                    {
                        break;
                    }

                    if (sweep == MostSweeps)
                    {
                        throw new ArithmeticException("SymmetricEigen: the matrix holds what is no number.");
                    }

                    int from = Sweep(d, e, l, m, c, s);
                    Workers.For((n + ItemColumns - 1) / ItemColumns, new RotationBody { Basis = z, N = n, From = from, To = m, Cosines = c, Sines = s });
                }
            }
        }
    }

    /// <summary>One sweep from m down to l; returns the lowest row that turned.</summary>
    private static int Sweep(double* d, double* e, int l, int m, double* cosines, double* sines)
    {
        double g = (d[l + 1] - d[l]) / (2 * e[l]);
        g = d[m] - d[l] + (e[l] / (g + Math.CopySign(double.Hypot(g, 1), g)));
        (double s, double c, double p) = (1, 1, 0);
        for (int i = m - 1; i >= l; i--)
        {
            double f = s * e[i];
            double b = c * e[i];
            double r = double.Hypot(f, g);
            e[i + 1] = r;
            if (r == 0)
            {
                d[i + 1] -= p;
                e[m] = 0;
                return i + 1;
            }

            (s, c) = (f / r, g / r);
            g = d[i + 1] - p;
            r = ((d[i] - g) * s) + (2 * c * b);
            p = s * r;
            d[i + 1] = g + p;
            g = (c * r) - b;
            (cosines[i], sines[i]) = (c, s);
        }

        d[l] -= p;
        e[l] = g;
        e[m] = 0;
        return l;
    }

    /// <summary>w = factor A v.</summary>
    private struct ProductBody : IParallelBody
    {
        public double* Block;
        public int Stride;
        public int Count;
        public double* V;
        public double* Result;
        public double Factor;

        public readonly void Invoke(int index)
        {
            for (int i = index * ItemRows; i < Math.Min((index + 1) * ItemRows, Count); i++)
            {
                Result[i] = Factor * DoubleRows.Dot(Block + ((long)i * Stride), V, Count);
            }
        }
    }

    /// <summary>A -= v w^T + w v^T.</summary>
    private struct UpdateBody : IParallelBody
    {
        public double* Block;
        public int Stride;
        public int Count;
        public double* V;
        public double* W;

        public readonly void Invoke(int index)
        {
            for (int i = index * ItemRows; i < Math.Min((index + 1) * ItemRows, Count); i++)
            {
                double* row = Block + ((long)i * Stride);
                DoubleRows.AddScaled(-V[i], W, row, Count);
                DoubleRows.AddScaled(-W[i], V, row, Count);
            }
        }
    }

    /// <summary>The product of the reflections, transposed: row by row the identity goes through them from the last to the first.</summary>
    private struct BasisBody : IParallelBody
    {
        public double* Matrix;
        public double* Factors;
        public double* Basis;
        public int N;

        public readonly void Invoke(int index)
        {
            for (int row = index * ItemRows; row < Math.Min((index + 1) * ItemRows, N); row++)
            {
                double* target = Basis + ((long)row * N);
                new Span<double>(target, N).Clear();
                target[row] = 1;
                for (int k = Math.Min(row - 1, N - 3); k >= 0; k--)
                {
                    if (Factors[k] != 0)
                    {
                        double* v = Matrix + ((long)k * N) + k + 1;
                        int count = N - k - 1;
                        DoubleRows.AddScaled(-Factors[k] * DoubleRows.Dot(target + k + 1, v, count), v, target + k + 1, count);
                    }
                }
            }
        }
    }

    /// <summary>Applies the rotations of a sweep to some columns.</summary>
    private struct RotationBody : IParallelBody
    {
        public double* Basis;
        public int N;
        public int From;
        public int To;
        public double* Cosines;
        public double* Sines;

        public readonly void Invoke(int index)
        {
            int first = index * ItemColumns;
            int count = Math.Min(ItemColumns, N - first);
            for (int i = To - 1; i >= From; i--)
            {
                DoubleRows.Rotate(Cosines[i], Sines[i], Basis + ((long)i * N) + first, Basis + ((long)(i + 1) * N) + first, count);
            }
        }
    }
}

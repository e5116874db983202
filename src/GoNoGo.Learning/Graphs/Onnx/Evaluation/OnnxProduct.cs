using System.Numerics;
using System.Runtime.InteropServices;
using GoNoGo.Tensors.Parallel;

namespace GoNoGo.Learning.Graphs.Onnx.Evaluation;

/// <summary>
/// C = A B, row-major, as plain loops: nothing is packed or shared with the engine's kernels, which it is there to check.
/// </summary>
internal static class OnnxProduct
{
    private const int Rows = 4;
    private const int Columns = 256;
    private const int Depth = 64;

    /// <summary>Doubles of a matrix in a file that are held at a time, where a row is not longer.</summary>
    private const int Held = 1 << 23;

    /// <summary>Computes <c>[m, k] [k, n]</c> into <c>[m, n]</c>.</summary>
    public static void Run(ReadOnlyMemory<double> a, ReadOnlyMemory<double> b, Memory<double> c, int m, int k, int n) =>
        Run(a, k, b, c, m, k, n, adds: false);

    /// <summary>Computes <c>[m, k] [k, n]</c> into <c>[m, n]</c> where the second matrix may lie in a file: some of its rows at a time.</summary>
    /// <param name="a">The first matrix.</param>
    /// <param name="b">Holds the second matrix.</param>
    /// <param name="start">The second matrix's first number in <paramref name="b"/>.</param>
    /// <param name="c">The product.</param>
    /// <param name="m">Rows of the first matrix.</param>
    /// <param name="k">Its columns.</param>
    /// <param name="n">Columns of the second.</param>
    public static void Run(ReadOnlyMemory<double> a, OnnxValue b, long start, Memory<double> c, int m, int k, int n)
    {
        double[] room = [];
        int most = b.IsStored ? Math.Max(Held / Math.Max(n, 1) / Depth, 1) * Depth : Math.Max(k, 1);
        for (int row = 0; row < k; row += most)
        {
            int rows = Math.Min(most, k - row);
            Run(a[row..], k, b.Range(start + ((long)row * n), checked(rows * n), ref room), c, m, rows, n, adds: row > 0);
        }
    }

    private static void Run(ReadOnlyMemory<double> a, int stride, ReadOnlyMemory<double> b, Memory<double> c, int m, int k, int n, bool adds) =>
        Workers.For((m + Rows - 1) / Rows, new Body(a, stride, b, c, m, k, n, adds));

    private readonly struct Body(ReadOnlyMemory<double> a, int stride, ReadOnlyMemory<double> b, Memory<double> c, int m, int k, int n, bool adds) : IParallelBody
    {
        public void Invoke(int index)
        {
            int first = index * Rows;
            int rows = Math.Min(Rows, m - first);
            Span<double> partial = stackalloc double[Rows * Columns];
            for (int column = 0; column < n; column += Columns)
            {
                int width = Math.Min(Columns, n - column);
                for (int start = 0; start < k; start += Depth)
                {
                    partial.Clear();
                    for (int p = start; p < Math.Min(start + Depth, k); p++)
                    {
                        Add(a.Span, (first * stride) + p, stride, rows, b.Span.Slice((p * n) + column, width), partial);
                    }

                    for (int row = 0; row < rows; row++)
                    {
                        Span<double> target = c.Span.Slice(((first + row) * n) + column, width);
                        ReadOnlySpan<double> sums = partial.Slice(row * Columns, width);
                        for (int i = 0; i < width; i++)
                        {
                            target[i] = start == 0 && !adds ? sums[i] : target[i] + sums[i];
                        }
                    }
                }
            }
        }

        /// <summary>Adds a row of B times one value of each row of A.</summary>
        private static void Add(ReadOnlySpan<double> a, int place, int stride, int rows, ReadOnlySpan<double> values, Span<double> partial)
        {
            for (int row = 0; row < rows; row++)
            {
                double factor = a[place + (row * stride)];
                Span<double> sums = partial.Slice(row * Columns, values.Length);
                Span<Vector<double>> wideSums = MemoryMarshal.Cast<double, Vector<double>>(sums);
                ReadOnlySpan<Vector<double>> wide = MemoryMarshal.Cast<double, Vector<double>>(values);
                for (int i = 0; i < wideSums.Length; i++)
                {
                    wideSums[i] += wide[i] * factor;
                }

                for (int i = wideSums.Length * Vector<double>.Count; i < sums.Length; i++)
                {
                    sums[i] += values[i] * factor;
                }
            }
        }
    }
}

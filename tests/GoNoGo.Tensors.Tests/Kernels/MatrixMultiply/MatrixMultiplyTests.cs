using GoNoGo.Tensors.Kernels;
using GoNoGo.Tensors.Memory;
using GoNoGo.Tensors.Simd;
using Xunit;

namespace GoNoGo.Tensors.Tests.Kernels;

[Collection("vector width")]
public sealed class MatrixMultiplyTests : IDisposable
{
    private readonly VectorWidth _before = VectorWidths.Current;

    public static TheoryData<VectorWidth> Widths => [.. VectorWidths.Available];

    public void Dispose() => VectorWidths.Force(_before);

    [Theory]
    [MemberData(nameof(Widths))]
    public void Matches_the_textbook_at_every_small_size_and_orientation(VectorWidth width)
    {
        VectorWidths.Force(width);
        foreach (int m in MatrixData.Sizes)
        {
            foreach (int n in MatrixData.Sizes)
            {
                int k = MatrixData.Sizes[(m + n) % MatrixData.Sizes.Length];
                CheckProduct(m, n, k, transposeA: (m & 1) == 0, transposeB: (n & 1) == 0, accumulate: false);
                CheckProduct(m, n, k, transposeA: (m & 2) == 0, transposeB: (n & 2) == 0, accumulate: true);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Widths))]
    public void Matches_the_textbook_across_blocks_of_depth_and_items(VectorWidth width)
    {
        VectorWidths.Force(width);
        foreach ((int m, int n, int k) in new[] { (1, 1, 1000), (8, 300, 770), (300, 9, 385), (197, 130, 800), (130, 401, 64), (401, 130, 64), (5, 3, 6000), (700, 20, 20), (12, 700, 13) })
        {
            for (int bits = 0; bits < 8; bits++)
            {
                CheckProduct(m, n, k, (bits & 1) != 0, (bits & 2) != 0, (bits & 4) != 0);
            }
        }
    }

    private static void CheckProduct(int m, int n, int k, bool transposeA, bool transposeB, bool accumulate)
    {
        using var scope = new TensorScope();
        float[] a = MatrixData.Values((long)m * k, 1);
        float[] b = MatrixData.Values((long)n * k, 2);
        float[] before = MatrixData.Values((long)m * n, 3);
        Tensor c = scope.From(before, new Shape(m, n));
        MatrixMultiply.Run(
            scope.From(a, transposeA ? new Shape(k, m) : new Shape(m, k)), transposeA,
            scope.From(b, transposeB ? new Shape(n, k) : new Shape(k, n)), transposeB,
            c,
            new MatrixEpilogue { Accumulate = accumulate });
        (double[] sum, double[] magnitude) = MatrixData.Multiply(m, n, k, a, transposeA, b, transposeB);
        float[] actual = c.ToArray();
        for (int i = 0; i < actual.Length; i++)
        {
            double expected = sum[i] + (accumulate ? before[i] : 0);
            double limit = (magnitude[i] + 1) * 1.2e-7 * Math.Sqrt(k + 4);
            Assert.True(
                Math.Abs(actual[i] - expected) <= limit,
                $"{m}x{n}x{k} {transposeA} {transposeB} {accumulate} element {i}: expected {expected}, got {actual[i]}");
        }
    }
}

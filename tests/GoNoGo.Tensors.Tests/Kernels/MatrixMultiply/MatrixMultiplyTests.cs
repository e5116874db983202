using GoNoGo.Tensors.Kernels;
using GoNoGo.Tensors.Memory;
using GoNoGo.Tensors.Parallel;
using GoNoGo.Tensors.Simd;
using GoNoGo.Testing;
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
    public void Matches_the_textbook_at_every_small_size(VectorWidth width)
    {
        VectorWidths.Force(width);
        foreach (int m in MatrixData.Sizes)
        {
            foreach (int n in MatrixData.Sizes)
            {
                int k = MatrixData.Sizes[(m + (3 * n)) % MatrixData.Sizes.Length];
                int bits = m + (5 * n);
                CheckProduct(m, n, k, transposeA: (bits & 1) == 0, transposeB: (bits & 2) == 0, accumulate: (bits & 4) == 0);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Widths))]
    public void Matches_the_textbook_across_blocks_of_depth_and_items(VectorWidth width)
    {
        VectorWidths.Force(width);
        int bits = 0;
        foreach ((int m, int n, int k) in new[]
        {
            (1, 1, 1000), (8, 300, 770), (300, 9, 385), (97, 130, 400), (130, 201, 64), (401, 40, 64), (5, 3, 3000), (500, 20, 20), (12, 700, 13), (3, 1100, 390),
        })
        {
            for (int step = 0; step < 4; step++, bits += 3)
            {
                CheckProduct(m, n, k, (bits & 1) != 0, (bits & 2) != 0, (bits & 4) != 0);
            }
        }
    }

    [Theory]
    [InlineData(12, 32, 20)]
    [InlineData(13, 33, 7)]
    [InlineData(7, 100, 390)]
    [InlineData(30, 70, 40)]
    [InlineData(70, 30, 5)]
    public unsafe void The_512_bit_variant_is_right_on_processors_without_it_too(int m, int n, int k)
    {
        using var scope = new TensorScope();
        float[] a = MatrixData.Values(m * k, 1);
        float[] b = MatrixData.Values(n * k, 2);
        Tensor c = scope.New(new Shape(m, n));
        Gemm.Run(
            VectorWidth.Bits512, m, n, k,
            MatrixMultiply.Left(scope.From(a, new Shape(m, k)).Pointer, k, transposed: false),
            MatrixMultiply.Right(scope.From(b, new Shape(k, n)).Pointer, n, transposed: false),
            accumulate: false,
            new MatrixStore(c.Pointer, n));
        MatrixData.AssertProduct(m, n, k, a, false, b, false, null, c.ToArray());
    }

    [Theory]
    [MemberData(nameof(Widths))]
    public void A_row_is_the_same_bits_whatever_is_computed_with_it(VectorWidth width)
    {
        VectorWidths.Force(width);
        const int K = 500;
        const int N = 130;
        using var scope = new TensorScope();
        Tensor a = scope.From(MatrixData.Values(150 * K, 1), new Shape(150, K));
        foreach (bool transposeB in new[] { false, true })
        {
            Tensor b = scope.From(MatrixData.Values(N * K, 2), transposeB ? new Shape(N, K) : new Shape(K, N));
            Tensor all = scope.New(new Shape(150, N));
            MatrixMultiply.Run(a, false, b, transposeB, all);
            foreach ((int first, int count) in new[] { (0, 1), (149, 1), (17, 2), (3, 5), (40, 7), (10, 12), (20, 13), (60, 64) })
            {
                Tensor part = scope.New(new Shape(count, N));
                MatrixMultiply.Run(a.Slice(first, count), false, b, transposeB, part);
                Assert.Equal(all.Slice(first, count).ToArray(), part.ToArray());
            }
        }
    }

    [Fact]
    public void The_bits_do_not_depend_on_the_number_of_threads()
    {
        int threads = Workers.ThreadCount;
        try
        {
            using var scope = new TensorScope();
            foreach ((int m, int n, int k, bool transposeA, bool transposeB) in new[]
            {
                (197, 300, 700, false, true), (300, 197, 700, true, false), (8, 3000, 400, false, false), (3000, 2, 300, false, true), (64, 64, 5000, true, true),
            })
            {
                Tensor a = scope.From(MatrixData.Values((long)m * k, 1), transposeA ? new Shape(k, m) : new Shape(m, k));
                Tensor b = scope.From(MatrixData.Values((long)n * k, 2), transposeB ? new Shape(n, k) : new Shape(k, n));
                float[][] results = [.. new[] { 1, 2, 3 }.Select(count =>
                {
                    Workers.ThreadCount = count;
                    Tensor c = scope.New(new Shape(m, n));
                    MatrixMultiply.Run(a, transposeA, b, transposeB, c, new MatrixEpilogue { Activation = MatrixActivation.Gelu });
                    return c.ToArray();
                })];
                Assert.Equal(results[0], results[1]);
                Assert.Equal(results[0], results[2]);
            }
        }
        finally
        {
            Workers.ThreadCount = threads;
        }
    }

    [Theory]
    [InlineData(5, 7, 3)]
    [InlineData(40, 100, 30)]
    [InlineData(100, 4, 30)]
    public void Writes_only_its_destination(int m, int n, int k)
    {
        using var scope = new TensorScope();
        Tensor around = scope.New(new Shape(m + 2, n));
        around.Span.Fill(7f);
        MatrixMultiply.Run(
            scope.From(MatrixData.Values(m * k, 1), new Shape(m, k)), false,
            scope.From(MatrixData.Values(n * k, 2), new Shape(k, n)), false,
            around.Slice(1, m));
        Assert.All(around[0].ToArray(), value => Assert.Equal(7f, value));
        Assert.All(around[m + 1].ToArray(), value => Assert.Equal(7f, value));
        Assert.All(around.Slice(1, m).ToArray(), value => Assert.NotEqual(7f, value));
    }

    [Fact]
    public void A_special_value_stays_in_its_row()
    {
        using var scope = new TensorScope();
        Tensor a = scope.From(MatrixData.Values(20 * 9, 1), new Shape(20, 9));
        a.Span[(7 * 9) + 3] = float.NaN;
        a.Span[(11 * 9) + 8] = float.PositiveInfinity;
        Tensor b = scope.From(MatrixData.Values(9 * 21, 2), new Shape(9, 21));
        Tensor c = scope.New(new Shape(20, 21));
        MatrixMultiply.Run(a, false, b, false, c);
        for (int i = 0; i < 20; i++)
        {
            foreach (float value in c[i].ToArray())
            {
                Assert.True(i == 7 ? float.IsNaN(value) : i == 11 ? float.IsInfinity(value) : float.IsFinite(value), $"row {i}: {value}");
            }
        }
    }

    [Fact]
    public void Empty_products_are_zeros_with_an_epilogue_or_nothing()
    {
        using var scope = new TensorScope();
        Tensor c = scope.From([1f, 2f, 3f, 4f, 5f, 6f], new Shape(2, 3));
        Tensor bias = scope.From([10f, 20f, 30f], new Shape(3));
        MatrixMultiply.Run(scope.New(new Shape(2, 0)), false, scope.New(new Shape(0, 3)), false, c, new MatrixEpilogue { Accumulate = true });
        Assert.Equal([1f, 2f, 3f, 4f, 5f, 6f], c.ToArray());
        MatrixMultiply.Run(scope.New(new Shape(2, 0)), false, scope.New(new Shape(0, 3)), false, c, new MatrixEpilogue { ColumnBias = bias });
        Assert.Equal([10f, 20f, 30f, 10f, 20f, 30f], c.ToArray());
        MatrixMultiply.Run(scope.New(new Shape(0, 4)), false, scope.New(new Shape(4, 3)), false, scope.New(new Shape(0, 3)));
    }

    [Fact]
    public void Allocates_nothing_once_warm()
    {
        using var scope = new TensorScope();
        Tensor a = scope.Zeros(new Shape(197, 400));
        Tensor b = scope.Zeros(new Shape(300, 400));
        Tensor c = scope.New(new Shape(197, 300));
        Tensor few = scope.New(new Shape(3, 300));
        using PackedMatrix packed = PackedMatrix.Pack(b, transposeB: true);
        Assert.Equal(0, SteadyAllocation.Of(warmUp: 5, calls: 1, Call));

        void Call()
        {
            MatrixMultiply.Run(a, false, b, true, c, new MatrixEpilogue { Activation = MatrixActivation.Relu });
            MatrixMultiply.Run(a.Slice(0, 3), false, b, true, few);
            MatrixMultiply.Run(a, false, packed, c);
        }
    }

    [Fact]
    public void Refuses_shapes_that_do_not_fit()
    {
        using var scope = new TensorScope();
        Tensor a = scope.New(new Shape(4, 5));
        Tensor b = scope.New(new Shape(5, 6));
        Tensor c = scope.New(new Shape(4, 6));
        Assert.Contains("depth 4", Assert.Throws<ArgumentException>(() => MatrixMultiply.Run(a, true, b, false, c)).Message, StringComparison.Ordinal);
        Assert.Contains("has 6", Assert.Throws<ArgumentException>(() => MatrixMultiply.Run(a, false, b, true, c)).Message, StringComparison.Ordinal);
        Assert.Contains("[4, 6], got [4, 5]", Assert.Throws<ArgumentException>(() => MatrixMultiply.Run(a, false, b, false, a)).Message, StringComparison.Ordinal);
        Assert.Contains("2 dimensions", Assert.Throws<ArgumentException>(() => MatrixMultiply.Run(a.Reshape(new Shape(20)), false, b, false, c)).Message, StringComparison.Ordinal);
        Assert.Contains("ColumnBias must be [6], got [5]", Assert.Throws<ArgumentException>(() => MatrixMultiply.Run(a, false, b, false, c, new MatrixEpilogue { ColumnBias = scope.New(new Shape(5)) })).Message, StringComparison.Ordinal);
        Assert.Contains("RowBias", Assert.Throws<ArgumentException>(() => MatrixMultiply.Run(a, false, b, false, c, new MatrixEpilogue { RowBias = scope.New(new Shape(6)) })).Message, StringComparison.Ordinal);
        Assert.Contains("Residual", Assert.Throws<ArgumentException>(() => MatrixMultiply.Run(a, false, b, false, c, new MatrixEpilogue { Residual = a })).Message, StringComparison.Ordinal);
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
        MatrixData.AssertProduct(m, n, k, a, transposeA, b, transposeB, accumulate ? before : null, c.ToArray());
    }
}

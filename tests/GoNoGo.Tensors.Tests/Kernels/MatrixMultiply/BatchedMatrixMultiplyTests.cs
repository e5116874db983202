using GoNoGo.Tensors.Kernels;
using GoNoGo.Tensors.Memory;
using Xunit;

namespace GoNoGo.Tensors.Tests.Kernels;

public sealed class BatchedMatrixMultiplyTests
{
    [Theory]
    [InlineData(1, 1, 1, 1, 1, 1)]
    [InlineData(2, 3, 2, 3, 2, 3)]
    [InlineData(1, 3, 2, 3, 2, 3)]
    [InlineData(2, 3, 1, 3, 2, 3)]
    [InlineData(2, 1, 2, 3, 2, 3)]
    [InlineData(2, 1, 1, 3, 2, 3)]
    [InlineData(1, 1, 2, 3, 2, 3)]
    [InlineData(5, 1, 5, 1, 5, 1)]
    public void Multiplies_every_pair_and_repeats_sizes_of_one(int a0, int a1, int b0, int b1, int c0, int c1)
    {
        const int M = 7;
        const int N = 18;
        const int K = 5;
        using var scope = new TensorScope();
        for (int bits = 0; bits < 8; bits++)
        {
            bool transposeA = (bits & 1) != 0;
            bool transposeB = (bits & 2) != 0;
            bool accumulate = (bits & 4) != 0;
            Tensor a = scope.From(MatrixData.Values(a0 * a1 * M * K, 1), new Shape(a0, a1, transposeA ? K : M, transposeA ? M : K));
            Tensor b = scope.From(MatrixData.Values(b0 * b1 * N * K, 2), new Shape(b0, b1, transposeB ? N : K, transposeB ? K : N));
            float[] before = MatrixData.Values(c0 * c1 * M * N, 3);
            Tensor c = scope.From(before, new Shape(c0, c1, M, N));
            BatchedMatrixMultiply.Run(a, transposeA, b, transposeB, c, accumulate);
            for (int i = 0; i < c0; i++)
            {
                for (int j = 0; j < c1; j++)
                {
                    MatrixData.AssertProduct(
                        M, N, K,
                        a[a0 == 1 ? 0 : i][a1 == 1 ? 0 : j].ToArray(), transposeA,
                        b[b0 == 1 ? 0 : i][b1 == 1 ? 0 : j].ToArray(), transposeB,
                        accumulate ? before.AsSpan(((i * c1) + j) * M * N, M * N).ToArray() : null,
                        c[i][j].ToArray());
                }
            }
        }
    }

    [Fact]
    public void Takes_two_and_five_dimensions()
    {
        using var scope = new TensorScope();
        Tensor a = scope.From(MatrixData.Values(2 * 3 * 2 * 4 * 5, 1), new Shape(2, 3, 2, 4, 5));
        Tensor b = scope.From(MatrixData.Values(3 * 5 * 6, 2), new Shape(1, 3, 1, 5, 6));
        Tensor c = scope.New(new Shape(2, 3, 2, 4, 6));
        BatchedMatrixMultiply.Run(a, false, b, false, c);
        for (int i = 0; i < 12; i++)
        {
            int middle = i / 2 % 3;
            MatrixData.AssertProduct(4, 6, 5, a[i / 6][middle][i % 2].ToArray(), false, b[0][middle][0].ToArray(), false, null, c[i / 6][middle][i % 2].ToArray());
        }

        Tensor flat = scope.New(new Shape(4, 6));
        BatchedMatrixMultiply.Run(a[0][0][0], false, b[0][0][0], false, flat);
        Assert.Equal(c[0][0][0].ToArray(), flat.ToArray());
    }

    [Fact]
    public unsafe void The_pointer_form_reads_strided_heads_in_place()
    {
        // Queries and keys [tokens, heads, width], as attention has them: scores of head h = Q_h K_h^T.
        const int Tokens = 9;
        const int Heads = 5;
        const int Width = 8;
        using var scope = new TensorScope();
        float[] q = MatrixData.Values(Tokens * Heads * Width, 1);
        float[] k = MatrixData.Values(Tokens * Heads * Width, 2);
        Tensor scores = scope.New(new Shape(Heads, Tokens, Tokens));
        BatchedMatrixMultiply.Run(
            Heads, Tokens, Tokens, Width,
            scope.From(q, new Shape(q.Length)).Pointer, Heads * Width, Width, false,
            scope.From(k, new Shape(k.Length)).Pointer, Heads * Width, Width, true,
            accumulate: false,
            scores.Pointer, Tokens, Tokens * Tokens);
        for (int head = 0; head < Heads; head++)
        {
            float[] qh = [.. Enumerable.Range(0, Tokens * Width).Select(i => q[(i / Width * Heads * Width) + (head * Width) + (i % Width)])];
            float[] kh = [.. Enumerable.Range(0, Tokens * Width).Select(i => k[(i / Width * Heads * Width) + (head * Width) + (i % Width)])];
            MatrixData.AssertProduct(Tokens, Tokens, Width, qh, false, kh, true, null, scores[head].ToArray());
        }
    }

    [Fact]
    public void Refuses_shapes_that_do_not_fit()
    {
        using var scope = new TensorScope();
        Tensor a = scope.New(new Shape(2, 4, 5));
        Tensor b = scope.New(new Shape(2, 5, 6));
        Tensor c = scope.New(new Shape(2, 4, 6));
        Assert.Contains("same number of dimensions", Assert.Throws<ArgumentException>(() => BatchedMatrixMultiply.Run(a, false, b[0], false, c)).Message, StringComparison.Ordinal);
        Assert.Contains("depth", Assert.Throws<ArgumentException>(() => BatchedMatrixMultiply.Run(a, true, b, false, c)).Message, StringComparison.Ordinal);
        Assert.Contains("last two", Assert.Throws<ArgumentException>(() => BatchedMatrixMultiply.Run(a, false, b, false, a)).Message, StringComparison.Ordinal);
        Assert.Contains("batch dimension 0", Assert.Throws<ArgumentException>(() => BatchedMatrixMultiply.Run(a, false, b, false, c.Slice(0, 1))).Message, StringComparison.Ordinal);
        Assert.Contains("batch dimension 0", Assert.Throws<ArgumentException>(() => BatchedMatrixMultiply.Run(a, false, scope.New(new Shape(3, 5, 6)), false, c)).Message, StringComparison.Ordinal);
    }
}

using GoNoGo.Tensors.Kernels;
using GoNoGo.Tensors.Memory;
using GoNoGo.Tensors.Simd;
using GoNoGo.Testing;
using Xunit;

namespace GoNoGo.Tensors.Tests.Kernels;

[Collection("vector width")]
public sealed class GramMatrixTests
{
    public static TheoryData<VectorWidth> Widths => [.. VectorWidths.Available];

    [Theory]
    [MemberData(nameof(Widths))]
    public void The_lower_triangle_is_that_of_the_whole_product_bit_for_bit(VectorWidth width)
    {
        using IDisposable forced = ProcessSettings.Force(width);
        using var scope = new TensorScope();
        foreach ((int n, int d) in new[] { (1, 1), (5, 63), (40, 64), (512, 65), (3, 130), (800, 204), (0, 3) })
        {
            Tensor a = scope.From(MatrixData.Values((long)n * d, 1), new Shape(n, d));
            Tensor whole = scope.New(new Shape(d, d));
            Tensor half = scope.New(new Shape(d, d));
            half.Span.Fill(float.NaN);
            MatrixMultiply.Run(a, transposeA: true, a, transposeB: false, whole);
            GramMatrix.Run(a, half);
            for (int i = 0; i < d; i++)
            {
                Assert.Equal(whole[i].Span[..(i + 1)].ToArray(), half[i].Span[..(i + 1)].ToArray());
            }
        }
    }

    [Fact]
    public void Shapes_that_do_not_fit_are_refused()
    {
        using var scope = new TensorScope();
        Assert.Throws<ArgumentException>(() => GramMatrix.Run(scope.New(new Shape(4, 3)), scope.New(new Shape(4, 4))));
        Assert.Throws<ArgumentException>(() => GramMatrix.Run(scope.New(new Shape(4, 3)), scope.New(new Shape(3, 4))));
        Assert.Throws<ArgumentException>(() => GramMatrix.Run(scope.New(new Shape(4)), scope.New(new Shape(4, 4))));
    }
}

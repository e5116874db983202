using GoNoGo.Tensors.Kernels;
using GoNoGo.Tensors.Memory;
using GoNoGo.Tensors.Simd;
using Xunit;

namespace GoNoGo.Tensors.Tests.Kernels;

[Collection("vector width")]
public sealed class PackedMatrixTests : IDisposable
{
    private readonly VectorWidth _before = VectorWidths.Current;

    public static TheoryData<VectorWidth> Widths => [.. VectorWidths.Available];

    public void Dispose() => VectorWidths.Force(_before);

    [Theory]
    [MemberData(nameof(Widths))]
    public void Gives_the_bits_of_the_unpacked_product(VectorWidth width)
    {
        VectorWidths.Force(width);
        using var scope = new TensorScope();
        foreach ((int m, int n, int k) in new[] { (1, 1, 1), (1, 300, 500), (5, 33, 7), (13, 31, 400), (150, 70, 800), (70, 260, 390), (300, 20, 30) })
        {
            foreach (bool transpose in new[] { false, true })
            {
                Tensor a = scope.From(MatrixData.Values(m * k, 1), transpose ? new Shape(k, m) : new Shape(m, k));
                Tensor b = scope.From(MatrixData.Values(n * k, 2), transpose ? new Shape(n, k) : new Shape(k, n));
                Tensor plain = scope.New(new Shape(m, n));
                Tensor prepacked = scope.New(new Shape(m, n));
                var epilogue = new MatrixEpilogue { Activation = MatrixActivation.Relu };
                MatrixMultiply.Run(a, transpose, b, transpose, plain, epilogue);
                using PackedMatrix packed = PackedMatrix.Pack(b, transpose);
                MatrixMultiply.Run(a, transpose, packed, prepacked, epilogue);
                Assert.Equal(plain.ToArray(), prepacked.ToArray());
            }
        }
    }

    [Fact]
    public void Keeps_the_width_it_was_packed_for()
    {
        using var scope = new TensorScope();
        Tensor a = scope.From(MatrixData.Values(9 * 50, 1), new Shape(9, 50));
        Tensor b = scope.From(MatrixData.Values(50 * 40, 2), new Shape(50, 40));
        Tensor expected = scope.New(new Shape(9, 40));
        Tensor actual = scope.New(new Shape(9, 40));
        VectorWidths.Force(VectorWidth.Scalar);
        MatrixMultiply.Run(a, false, b, false, expected);
        using PackedMatrix packed = PackedMatrix.Pack(b, false);
        VectorWidths.Force(_before);
        MatrixMultiply.Run(a, false, packed, actual);
        Assert.Equal(expected.ToArray(), actual.ToArray());
    }

    [Fact]
    public void Refuses_use_after_disposal_and_shapes_that_do_not_fit()
    {
        using var scope = new TensorScope();
        Tensor a = scope.Zeros(new Shape(2, 3));
        PackedMatrix packed = PackedMatrix.Pack(scope.Zeros(new Shape(3, 4)), false);
        Assert.Throws<ArgumentException>(() => MatrixMultiply.Run(a, true, packed, scope.New(new Shape(3, 4))));
        Assert.Throws<ArgumentException>(() => MatrixMultiply.Run(a, false, packed, scope.New(new Shape(2, 3))));
        Assert.Throws<ArgumentException>(() => PackedMatrix.Pack(scope.Zeros(new Shape(3)), false));
        packed.Dispose();
        packed.Dispose();
        Assert.Throws<ObjectDisposedException>(() => MatrixMultiply.Run(a, false, packed, scope.New(new Shape(2, 4))));
    }
}

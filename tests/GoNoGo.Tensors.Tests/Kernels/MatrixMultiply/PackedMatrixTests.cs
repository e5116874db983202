using GoNoGo.Tensors.Kernels;
using GoNoGo.Tensors.Memory;
using GoNoGo.Tensors.Simd;
using GoNoGo.Testing;
using Xunit;

namespace GoNoGo.Tensors.Tests.Kernels;

[Collection("vector width")]
public sealed class PackedMatrixTests
{
    public static TheoryData<VectorWidth> Widths => [.. VectorWidths.Available];

    [Theory]
    [MemberData(nameof(Widths))]
    public void Gives_the_bits_of_the_unpacked_product(VectorWidth width)
    {
        using IDisposable forced = ProcessSettings.Force(width);
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

    /// <summary>On the first columns of a wider matrix, and with nothing written beyond the room.</summary>
    [Theory]
    [MemberData(nameof(Widths))]
    public void One_thread_alone_gives_the_same_bits_in_the_room_that_it_lends(VectorWidth width)
    {
        using IDisposable forced = ProcessSettings.Force(width);
        using var scope = new TensorScope();
        foreach ((int m, int n, int k) in new[] { (1, 1, 1), (1, 300, 500), (5, 33, 7), (13, 31, 400), (64, 64, 204), (150, 70, 800), (70, 260, 390), (300, 20, 30), (2000, 64, 96) })
        {
            Tensor a = scope.From(MatrixData.Values(m * k, 1), new Shape(m, k));
            Tensor wide = scope.New(new Shape(m, k + 3));
            wide.Span.Fill(float.NaN);
            for (int i = 0; i < m; i++)
            {
                a[i].Span.CopyTo(wide[i].Span);
            }

            using PackedMatrix packed = PackedMatrix.Pack(scope.From(MatrixData.Values(n * k, 2), new Shape(n, k)), transposeB: true);
            var epilogue = new MatrixEpilogue { ColumnBias = scope.From(MatrixData.Values(n, 3), new Shape(n)) };
            Tensor expected = scope.New(new Shape(m, n));
            Tensor actual = scope.New(new Shape(m, n));
            int floats = MatrixMultiply.RoomFloats(k, n);
            Tensor room = scope.New(new Shape(floats + 64));
            room.Span.Fill(7);
            MatrixMultiply.Run(a, transposeA: false, packed, expected, epilogue);
            MatrixMultiply.RunAlone(wide, packed, room.Slice(0, floats), actual, epilogue);
            Assert.Equal(expected.ToArray(), actual.ToArray());
            Assert.All(room.Slice(floats, 64).ToArray(), value => Assert.Equal(7, value));
            Assert.Throws<ArgumentException>(() => MatrixMultiply.RunAlone(wide, packed, room.Slice(0, floats - 1), actual));
        }

        using PackedMatrix deep = PackedMatrix.Pack(scope.New(new Shape(2, 9)), transposeB: true);
        Assert.Throws<ArgumentException>(() => MatrixMultiply.RunAlone(scope.New(new Shape(3, 8)), deep, scope.New(new Shape(5000)), scope.New(new Shape(3, 2))));
    }

    [Fact]
    public void Keeps_the_width_it_was_packed_for()
    {
        using var scope = new TensorScope();
        Tensor a = scope.From(MatrixData.Values(9 * 50, 1), new Shape(9, 50));
        Tensor b = scope.From(MatrixData.Values(50 * 40, 2), new Shape(50, 40));
        Tensor expected = scope.New(new Shape(9, 40));
        Tensor actual = scope.New(new Shape(9, 40));
        PackedMatrix packed;
        using (ProcessSettings.Force(VectorWidth.Scalar))
        {
            MatrixMultiply.Run(a, false, b, false, expected);
            packed = PackedMatrix.Pack(b, false);
        }

        using (packed)
        {
            MatrixMultiply.Run(a, false, packed, actual);
        }

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

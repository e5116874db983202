using GoNoGo.Tensors.Kernels.Elementwise;
using GoNoGo.Tensors.Kernels.Elementwise.Functions;
using GoNoGo.Tensors.Memory;
using GoNoGo.Testing;
using Xunit;

namespace GoNoGo.Tensors.Tests.Kernels.Elementwise;

/// <summary>Broadcasting, accumulation, lengths and threads of the elementwise loops.</summary>
[Collection("vector width")]
public sealed class ElementwiseKernelTests
{
    public static TheoryData<int[], int[]> Shapes => new()
    {
        { [], [] },
        { [7], [] },
        { [3, 1, 5], [4, 1] },
        { [2, 3, 4, 5, 6], [2, 3, 4, 5, 6] },
        { [2, 3, 4, 5, 6], [3, 1, 5, 1] },
        { [2, 1, 4, 1, 6], [1, 3, 1, 5, 1] },
        { [1, 1, 1], [2, 3, 17] },
        { [65, 33], [33] },
        { [65, 33], [65, 1] },
        { [3, 4, 20, 20], [1, 4, 1, 1] },
        { [5, 1], [1, 5] },
        { [1], [1, 1, 1, 1, 1] },
        { [0, 4], [4] },
        { [300, 700], [1] },
        { [100_001], [100_001] },
        { [1], [100_001] },
        { [3, 40_000], [3, 1] },
        { [3, 40_000], [40_000] },
    };

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Broadcasts_two_sources(int[] left, int[] right)
    {
        var a = new Shape(left);
        var b = new Shape(right);
        Shape shape = ElementwiseKernel.BroadcastShape("test", a, b);
        ProcessSettings.ForEachWidth(width =>
        {
            foreach (int threads in (int[])[1, 3])
            {
                using IDisposable setting = ProcessSettings.Threads(threads);
                using var x = new GuardedTensor(a, FormulaParameters.Input("a", a.ElementCount));
                using var z = new GuardedTensor(b, FormulaParameters.Input("b", b.ElementCount));
                using var y = new GuardedTensor(shape, FormulaParameters.Input("y", shape.ElementCount));
                float[] before = y.Tensor.ToArray();
                ElementwiseKernel.Run(x.Tensor, z.Tensor, default(SubtractFunction), y.Tensor, accumulate: true);
                float[] added = y.Tensor.ToArray();
                ElementwiseKernel.Run(x.Tensor, z.Tensor, default(SubtractFunction), y.Tensor);
                for (int i = 0; i < before.Length; i++)
                {
                    float expected = x.Tensor.Span[Source(shape, a, i)] - z.Tensor.Span[Source(shape, b, i)];
                    Assert.Equal(expected, y.Tensor.Span[i]);
                    Assert.Equal(expected + before[i], added[i]);
                }
            }
        });
    }

    [Fact]
    public void Broadcasts_three_sources()
    {
        Shape[] shapes = [new Shape(2, 3, 5, 4), new Shape(3, 1, 1), new Shape(5, 1)];
        using var scope = new TensorScope();
        ProcessSettings.ForEachWidth(width =>
        {
            Tensor[] sources = [.. shapes.Select((shape, i) => scope.From(FormulaParameters.Input($"s{i}", shape.ElementCount), shape))];
            Tensor y = scope.Zeros(shapes[0]);
            ElementwiseKernel.Run(sources[0], sources[1], sources[2], default(MultiplyAddFunction), y);
            for (int i = 0; i < y.ElementCount; i++)
            {
                double[] v = [.. sources.Select((source, k) => (double)source.Span[Source(shapes[0], shapes[k], i)])];
                Assert.Equal((v[0] * v[1]) + v[2], y.Span[i], 2e-7);
            }
        });
    }

    [Fact]
    public void Expands_to_the_destination()
    {
        using var scope = new TensorScope();
        Tensor x = scope.From([1f, 2f, 3f], new Shape(3, 1));
        Tensor y = scope.Zeros(new Shape(2, 3, 2));
        ElementwiseKernel.Expand(x, new ScaleFunction(2f), y);
        ElementwiseKernel.Expand(x, new ScaleFunction(1f), y, accumulate: true);
        Assert.Equal([3f, 3f, 6f, 6f, 9f, 9f, 3f, 3f, 6f, 6f, 9f, 9f], y.ToArray());
    }

    [Fact]
    public void In_place_and_accumulating_at_every_length() => ProcessSettings.ForEachWidth(width =>
    {
        for (int length = 0; length <= 256; length++)
        {
            using var x = new GuardedTensor(new Shape(length), FormulaParameters.Input("x", length));
            using var z = new GuardedTensor(new Shape(length), FormulaParameters.Input("z", length));
            float[] before = x.Tensor.ToArray();
            ElementwiseKernel.Run(x.Tensor, new ScaleFunction(3f), z.Tensor, accumulate: true);
            ElementwiseKernel.Run(x.Tensor, z.Tensor, default(AddFunction), x.Tensor);
            float[] added = FormulaParameters.Input("z", length);
            for (int i = 0; i < length; i++)
            {
                Assert.Equal((3f * before[i]) + added[i], z.Tensor.Span[i], 3e-7f);
                Assert.Equal(before[i] + z.Tensor.Span[i], x.Tensor.Span[i]);
            }
        }
    });

    [Fact]
    public void Refuses_shapes_that_do_not_fit()
    {
        using var scope = new TensorScope();
        Tensor a = scope.Zeros(new Shape(2, 3));
        Tensor b = scope.Zeros(new Shape(2));
        ArgumentException error = Assert.Throws<ArgumentException>(() => ElementwiseKernel.Run(a, b, default(AddFunction), a));
        Assert.Contains("[2, 3]", error.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => ElementwiseKernel.Run(a, default(ExpFunction), b));
        Assert.Throws<ArgumentException>(() => ElementwiseKernel.Run(a, a, default(AddFunction), b));
    }

    /// <summary>The flat index in a source of an element of the broadcast shape.</summary>
    private static int Source(Shape shape, Shape source, int flat)
    {
        int index = 0;
        int stride = 1;
        for (int fromEnd = 1; fromEnd <= shape.Rank; fromEnd++)
        {
            int position = flat % shape[-fromEnd];
            flat /= shape[-fromEnd];
            if (fromEnd <= source.Rank)
            {
                index += source[-fromEnd] == 1 ? 0 : position * stride;
                stride *= source[-fromEnd];
            }
        }

        return index;
    }
}

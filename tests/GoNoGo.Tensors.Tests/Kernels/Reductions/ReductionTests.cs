using GoNoGo.Tensors.Kernels.Elementwise.Functions;
using GoNoGo.Tensors.Kernels.Reductions;
using GoNoGo.Tensors.Memory;
using GoNoGo.Testing;
using Xunit;

namespace GoNoGo.Tensors.Tests.Kernels.Reductions;

/// <summary>Sums and maxima over every set of axes against double precision.</summary>
[Collection("vector width")]
public sealed class ReductionTests
{
    public static TheoryData<int[]> Shapes => new()
    {
        { [] }, { [1] }, { [257] }, { [3, 5] }, { [2, 3, 5, 4] }, { [3, 1, 7, 2, 5] }, { [2, 3, 2, 3, 2] }, { [17, 33] },
        { [2, 40_003] }, { [5003, 7] }, { [130, 600] }, { [3, 20, 900] }, { [400, 3, 40] },
    };

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Sum_and_max_over_every_set_of_axes(int[] dimensions)
    {
        var shape = new Shape(dimensions);
        float[] values = FormulaParameters.Input("x", shape.ElementCount);
        for (uint axes = 0; axes < 1u << shape.Rank; axes++)
        {
            (double[] sums, double[] maxima) = Reference(values, shape, axes);
            float[]? first = null;
            ProcessSettings.ForEachWidth(width =>
            {
                first = null;
                foreach (int threads in (int[])[1, 3])
                {
                    using IDisposable setting = ProcessSettings.Threads(threads);
                    using var x = new GuardedTensor(shape, values);
                    using var y = new GuardedTensor(new Shape(sums.Length));
                    SumReduction.Run(x.Tensor, axes, 0.5f, y.Tensor);
                    TensorAssert.Close(Array.ConvertAll(sums, s => 0.5 * s), y.Tensor.ToArray(), 2e-7, $"sum {shape} {axes} {width}");
                    SumReduction.Run(x.Tensor, axes, 1f, y.Tensor, accumulate: true);
                    TensorAssert.Close(Array.ConvertAll(sums, s => 1.5 * s), y.Tensor.ToArray(), 3e-7, $"sum {shape} {axes} {width}");
                    TensorAssert.SameBits(first ?? y.Tensor.ToArray(), y.Tensor.ToArray(), "threads");
                    first = y.Tensor.ToArray();
                    MaxReduction.Run(x.Tensor, axes, y.Tensor);
                    TensorAssert.Close(maxima, y.Tensor.ToArray(), 0, $"max {shape} {axes} {width}");
                }
            });
        }
    }

    [Fact]
    public void A_long_sum_that_cancels_is_exact_to_a_float()
    {
        const int count = 200_000;
        var values = new float[2 * count];
        for (int i = 0; i < count; i++)
        {
            // Large numbers that cancel, and a small rest in each pair.
            values[2 * i] = 1000f + (i % 7);
            values[(2 * i) + 1] = -1000f - (i % 7) + 0.125f;
        }

        ProcessSettings.ForEachWidth(width =>
        {
            using var scope = new TensorScope();
            Tensor x = scope.From(values, new Shape(values.Length));
            Tensor y = scope.New(Shape.Scalar);
            SumReduction.Run(x, 1, 1f, y);
            Assert.Equal(0.125 * count, y.ToScalar(), 1e-2);
            Tensor columns = scope.New(new Shape(4));
            SumReduction.Run(x.Reshape(new Shape(values.Length / 4, 4)), 1, 1f, columns);
            Assert.Equal(0.125 * count, columns.ToArray().Sum(v => (double)v), 1e-2 * 1000);
        });
    }

    [Fact]
    public void Infinity_and_nan_go_through()
    {
        using var scope = new TensorScope();
        ProcessSettings.ForEachWidth(width =>
        {
            foreach (float value in (float[])[float.PositiveInfinity, float.NegativeInfinity, float.NaN])
            {
                var values = new float[200];
                values[77] = value;
                Tensor y = scope.New(Shape.Scalar);
                SumReduction.Run(scope.From(values, new Shape(200)), 1, 1f, y);
                Assert.Equal(value, y.ToScalar());
                SumReduction.Run(scope.From(values, new Shape(200, 1, 1)), 1, 1f, y);
                Assert.Equal(value, y.ToScalar());
            }

            var nan = new float[50];
            nan[33] = float.NaN;
            Tensor max = scope.New(Shape.Scalar);
            MaxReduction.Run(scope.From(nan, new Shape(50)), 1, max);
            Assert.Equal(float.NaN, max.ToScalar());
        });
    }

    [Fact]
    public void Ties_share_the_gradient_of_the_maximum()
    {
        using var scope = new TensorScope();
        Tensor x = scope.From([1f, 5f, 5f, 2f, 7f, 5f], new Shape(3, 2));
        Tensor y = scope.New(new Shape(2));
        MaxReduction.Run(x, 1, y);
        Assert.Equal([7f, 5f], y.ToArray());
        Tensor grad = scope.Zeros(x.Shape);
        MaxReduction.Backward(x, y, scope.From([3f, 4f], new Shape(2)), 1, grad, accumulate: false);
        Assert.Equal([0f, 2f, 0f, 0f, 3f, 2f], grad.ToArray());
    }

    [Fact]
    public void Total_of_a_function_at_every_length() => ProcessSettings.ForEachWidth(width =>
    {
        for (int length = 0; length <= 256; length++)
        {
            float[] a = FormulaParameters.Input("a", length);
            float[] b = FormulaParameters.Input("b", length);
            using var left = new GuardedTensor(new Shape(length), a);
            using var right = new GuardedTensor(new Shape(length), b);
            double expected = a.Zip(b, (p, q) => ((double)p - q) * ((double)p - q)).Sum();
            Assert.Equal(expected, TotalReduction.Sum(left.Tensor, right.Tensor, default(SquaredDifferenceFunction)), 2e-7 * Math.Max(1, expected));
        }
    });

    private static (double[] Sums, double[] Maxima) Reference(float[] values, Shape shape, uint axes)
    {
        int outputs = 1;
        for (int axis = 0; axis < shape.Rank; axis++)
        {
            outputs *= (axes >> axis & 1) == 0 ? shape[axis] : 1;
        }

        var sums = new double[outputs];
        var maxima = new double[outputs];
        Array.Fill(maxima, double.NegativeInfinity);
        for (int flat = 0; flat < values.Length; flat++)
        {
            int rest = flat;
            int output = 0;
            int stride = 1;
            for (int axis = shape.Rank - 1; axis >= 0; axis--)
            {
                if ((axes >> axis & 1) == 0)
                {
                    output += rest % shape[axis] * stride;
                    stride *= shape[axis];
                }

                rest /= shape[axis];
            }

            sums[output] += values[flat];
            maxima[output] = Math.Max(maxima[output], values[flat]);
        }

        return (sums, maxima);
    }
}

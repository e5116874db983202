using GoNoGo.Tensors.Kernels;
using GoNoGo.Tensors.Kernels.Normalization;
using GoNoGo.Testing;
using Xunit;

namespace GoNoGo.Tensors.Tests.Kernels.Normalization;

/// <summary>Layer norm, batch norm, unit length and squash at every width of vectors and every length, against double precision.</summary>
[Collection("vector width")]
public sealed class NormalizationTests
{
    [Fact]
    public void Layer_norm_at_every_length() => ProcessSettings.ForEachWidth(width =>
    {
        for (int length = 1; length <= 256; length++)
        {
            const int rows = 3;
            float[] x = FormulaParameters.Input("x", rows * length);
            float[] weight = FormulaParameters.Input("w", length);
            float[] bias = FormulaParameters.Input("b", length);
            using var source = new GuardedTensor(new Shape(rows, length), x);
            using var factors = new GuardedTensor(new Shape(length), weight);
            using var offsets = new GuardedTensor(new Shape(length), bias);
            using var result = new GuardedTensor(new Shape(rows, length));
            var expected = new double[rows * length];
            for (int row = 0; row < rows; row++)
            {
                double[] v = TensorAssert.Widen(x.AsSpan(row * length, length));
                double mean = v.Average();
                double inverse = 1 / Math.Sqrt(v.Average(e => (e - mean) * (e - mean)) + 1e-5);
                for (int i = 0; i < length; i++)
                {
                    expected[(row * length) + i] = ((v[i] - mean) * inverse * weight[i]) + bias[i];
                }
            }

            LayerNormKernel.Forward(source.Tensor, factors.Tensor, offsets.Tensor, length, 1e-5f, default, result.Tensor);
            TensorAssert.Close(expected, result.Tensor.ToArray(), 5e-7, $"{width} {length}");
            LayerNormKernel.Forward(source.Tensor, factors.Tensor, offsets.Tensor, length, 1e-5f, default, source.Tensor);
            TensorAssert.SameBits(result.Tensor.Span, source.Tensor.Span, "in place");
        }
    });

    [Fact]
    public void Layer_norm_backward_adds_overwrites_and_stays_inside_its_memory() => ProcessSettings.ForEachWidth(width =>
    {
        foreach ((int rows, int length) in ((int, int)[])[(1, 1), (2, 5), (3, 33), (70, 17), (200, 7)])
        {
            using var x = new GuardedTensor(new Shape(rows, length), FormulaParameters.Input("x", rows * length));
            using var weight = new GuardedTensor(new Shape(length), FormulaParameters.Input("w", length));
            using var gradY = new GuardedTensor(new Shape(rows, length), FormulaParameters.Input("dy", rows * length));
            using var statistics = new GuardedTensor(new Shape(rows, 3));
            using var y = new GuardedTensor(new Shape(rows, length));
            LayerNormKernel.Forward(x.Tensor, weight.Tensor, default, length, 1e-5f, statistics.Tensor, y.Tensor);
            using var gradX = new GuardedTensor(new Shape(rows, length));
            using var gradWeight = new GuardedTensor(new Shape(length));
            using var gradBias = new GuardedTensor(new Shape(length));
            var results = new List<float[]>();
            foreach (bool accumulate in (bool[])[false, true])
            {
                LayerNormKernel.Backward(
                    x.Tensor, weight.Tensor, statistics.Tensor, gradY.Tensor, length,
                    new GradientTarget(gradX.Tensor, accumulate), new GradientTarget(gradWeight.Tensor, accumulate), new GradientTarget(gradBias.Tensor, accumulate));
                results.Add([.. gradX.Tensor.ToArray(), .. gradWeight.Tensor.ToArray(), .. gradBias.Tensor.ToArray()]);
            }

            TensorAssert.Close(Array.ConvertAll(results[0], g => 2 * g), results[1], 1e-6, $"{width} {rows} x {length}");
            double bias = Enumerable.Range(0, rows).Sum(row => (double)gradY.Tensor.Span[row * length]);
            Assert.Equal(bias, results[0][(rows * length) + length], 1e-5);
        }
    });

    [Fact]
    public void Batch_norm_of_large_offset_planes()
    {
        // A mean of 1000 with deviation 0.5: a one-pass variance in floats would be noise.
        foreach (Shape shape in (Shape[])[new Shape(2, 3, 90, 70), new Shape(40, 3), new Shape(1, 3, 1, 5000)])
        {
            float[] x = Array.ConvertAll(FormulaParameters.Input("x", shape.ElementCount), u => 1000f + u);
            ProcessSettings.ForEachWidth(width =>
            {
                using var source = new GuardedTensor(shape, x);
                using var statistics = new GuardedTensor(new Shape(3, 3));
                using var y = new GuardedTensor(shape);
                using var mean = new GuardedTensor(new Shape(3), [1f, 1f, 1f]);
                using var variance = new GuardedTensor(new Shape(3), [1f, 1f, 1f]);
                BatchNormKernel.BatchStatistics(source.Tensor, 1e-5f, 0.25f, mean.Tensor, variance.Tensor, statistics.Tensor);
                BatchNormKernel.Forward(source.Tensor, statistics.Tensor, default, default, y.Tensor);
                long size = shape.Product(2, shape.Rank);
                for (int channel = 0; channel < 3; channel++)
                {
                    double[] v = [.. Enumerable.Range(0, x.Length).Where(i => i / size % 3 == channel).Select(i => (double)x[i])];
                    double[] got = [.. Enumerable.Range(0, x.Length).Where(i => i / size % 3 == channel).Select(i => (double)y.Tensor.Span[i])];
                    double m = v.Average();
                    double s = v.Sum(e => (e - m) * (e - m));
                    double inverse = 1 / Math.Sqrt((s / v.Length) + 1e-5);
                    TensorAssert.Close(Array.ConvertAll(v, e => (e - m) * inverse), got, 1e-6, $"{shape} {width}");
                    Assert.Equal((0.75 * 1) + (0.25 * m), mean.Tensor.Span[channel], 1e-4);
                    Assert.Equal((0.75 * 1) + (0.25 * s / (v.Length - 1)), variance.Tensor.Span[channel], 1e-6);
                }
            });
        }
    }

    [Fact]
    public void Batch_norm_refuses_one_value_per_channel()
    {
        using var x = new GuardedTensor(new Shape(1, 3), [1f, 2f, 3f]);
        using var statistics = new GuardedTensor(new Shape(3, 3));
        Assert.Throws<ArgumentException>(() => BatchNormKernel.BatchStatistics(x.Tensor, 1e-5f, 0.1f, default, default, statistics.Tensor));
    }

    [Fact]
    public void Vectors_of_every_length_become_unit_or_squashed() => ProcessSettings.ForEachWidth(width =>
    {
        for (int length = 1; length <= 256; length++)
        {
            float[] x = FormulaParameters.Input("x", length);
            double square = x.Sum(e => (double)e * e);
            using var source = new GuardedTensor(new Shape(length), x);
            using var y = new GuardedTensor(new Shape(length));
            VectorLengthKernel.Forward("L2Normalize", source.Tensor, -1, new UnitLength(1e-12), y.Tensor);
            TensorAssert.Close(Array.ConvertAll(x, e => e / Math.Sqrt(square)), y.Tensor.ToArray(), 3e-7, $"unit {width} {length}");
            VectorLengthKernel.Forward("Squash", source.Tensor, 0, new SquashLength(0), y.Tensor);
            TensorAssert.Close(Array.ConvertAll(x, e => e * Math.Sqrt(square) / (1 + square)), y.Tensor.ToArray(), 3e-7, $"squash {width} {length}");
        }
    });

    [Fact]
    public void The_zero_vector_squashes_to_nan_without_epsilon_and_to_zero_with_it()
    {
        using var x = new GuardedTensor(new Shape(4), [0f, 0f, 0f, 0f]);
        using var y = new GuardedTensor(new Shape(4));
        VectorLengthKernel.Forward("Squash", x.Tensor, -1, new SquashLength(0), y.Tensor);
        Assert.All(y.Tensor.ToArray(), value => Assert.Equal(float.NaN, value));
        VectorLengthKernel.Forward("Squash", x.Tensor, -1, new SquashLength(1e-8), y.Tensor);
        Assert.All(y.Tensor.ToArray(), value => Assert.Equal(0f, value));
        VectorLengthKernel.Backward("Squash", x.Tensor, y.Tensor, -1, new SquashLength(1e-8), new GradientTarget(x.Tensor, accumulate: false));
        Assert.All(x.Tensor.ToArray(), value => Assert.Equal(0f, value));
    }
}

using GoNoGo.Learning.Densities.Gaussians;
using GoNoGo.Tensors;
using GoNoGo.Tensors.Memory;
using GoNoGo.Tensors.Parallel;
using GoNoGo.Tensors.Random;
using GoNoGo.Tensors.Simd;
using Xunit;

namespace GoNoGo.Learning.Tests.Densities;

/// <summary>Densities of mixtures whose components each have a matrix, where most components are left before their end.</summary>
[Collection("vector width")]
public sealed class MixtureDensityTests : IDisposable
{
    private readonly VectorWidth _before = VectorWidths.Current;
    private readonly int _threads = Workers.ThreadCount;
    private readonly TensorScope _scope = new();

    public static TheoryData<VectorWidth> Widths => [.. VectorWidths.Available];

    public void Dispose()
    {
        VectorWidths.Force(_before);
        Workers.ThreadCount = _threads;
        _scope.Dispose();
    }

    /// <summary>Against a sum over all components in double precision; widths on both sides of the blocks' ends, components near and far.</summary>
    [Theory]
    [MemberData(nameof(Widths))]
    public void EqualsTheSumOverAllComponents(VectorWidth vectors)
    {
        VectorWidths.Force(vectors);
        int exactZeros = 0;
        int tiny = 0;
        foreach ((int count, int width, float distance) in new[]
        {
            (1, 1, 0f), (3, 1, 3), (1, 33, 1), (2, 31, 1), (5, 32, 0.1f), (5, 33, 4), (9, 96, 0.02f), (9, 97, 0.3f), (40, 130, 0.5f), (6, 204, 0), (6, 204, 1),
        })
        {
            var mixture = new Mixture(_scope, count, width, distance);
            Tensor rows = mixture.Rows(_scope, 70);
            var responsibilities = new double[70 * count];
            var logs = new double[70];
            Tensor negative = _scope.New(new Shape(70));
            using MixtureDensity density = mixture.Density();
            density.Expect(rows, responsibilities, logs);
            density.NegativeLog(rows, _scope, negative);
            for (int i = 0; i < 70; i++)
            {
                (double expected, double[] shares) = mixture.Reference(rows[i].ToArray());
                double tolerance = 2e-5 * Math.Max(1, Math.Abs(expected));
                Assert.Equal(expected, logs[i], tolerance);
                Assert.Equal((float)-logs[i], negative.Span[i]);
                Assert.Equal(1, responsibilities.AsSpan(i * count, count).ToArray().Sum(), 1e-12);
                for (int k = 0; k < count; k++)
                {
                    Assert.Equal(shares[k], responsibilities[(i * count) + k], 2 * tolerance);
                    tiny += shares[k] is > 0 and < 1e-20 ? 1 : 0;
                    exactZeros += responsibilities[(i * count) + k] == 0 ? 1 : 0;
                    // What is left out must not show in a double.
                    Assert.True(shares[k] < 1e-16 || responsibilities[(i * count) + k] > 0, $"K {count} D {width}: component {k} has the share {shares[k]:R} of vector {i}, found none");
                }
            }
        }

        // The test would show nothing if no component were ever left.
        Assert.True(exactZeros > 1000 && tiny > 1000, $"{exactZeros} components left, {tiny} could be");
    }

    [Fact]
    public void AVectorsDensityDependsNeitherOnTheOthersNorOnThreads()
    {
        var mixture = new Mixture(_scope, 20, 101, 0.3f);
        Tensor rows = mixture.Rows(_scope, 1500);
        using MixtureDensity density = mixture.Density();
        float[] all = Logs(density, rows);
        foreach (int threads in new[] { 1, 3 })
        {
            Workers.ThreadCount = threads;
            Assert.Equal(all, Logs(density, rows));
        }

        foreach ((int first, int count) in new[] { (0, 1), (700, 1), (1499, 1), (3, 17), (100, 1000) })
        {
            Assert.Equal(all[first..(first + count)], Logs(density, rows.Slice(first, count)));
        }

        float[] Logs(MixtureDensity density, Tensor rows)
        {
            Tensor result = _scope.New(new Shape(rows.Shape[0]));
            density.NegativeLog(rows, _scope, result);
            return result.ToArray();
        }
    }

    [Fact]
    public void NumbersThatAreNoneGiveNone()
    {
        var mixture = new Mixture(_scope, 7, 80, 1);
        Tensor rows = mixture.Rows(_scope, 3);
        rows.Span[90] = float.NaN;
        rows.Span[160 + 79] = float.NaN;
        Tensor result = _scope.New(new Shape(3));
        using MixtureDensity density = mixture.Density();
        density.NegativeLog(rows, _scope, result);
        Assert.True(float.IsFinite(result.Span[0]));
        Assert.True(float.IsNaN(result.Span[1]));
        Assert.True(float.IsNaN(result.Span[2]));
    }

    /// <summary>A made-up mixture with full triangles of very different volumes.</summary>
    private sealed class Mixture
    {
        private readonly double[] _constants;
        private readonly Tensor _means;
        private readonly Tensor _factors;

        public Mixture(TensorScope scope, int count, int width, float distance)
        {
            var stream = new RandomStream(5, "mixture");
            _constants = [.. Enumerable.Range(0, count).Select(k => -3.0 * k)];
            _means = scope.New(new Shape(count, width));
            stream.Child("means").FillNormal(0, distance, _means);
            _factors = scope.New(MixtureParameters.FactorShape(CovarianceForm.Full, count, width));
            stream.Child("factors").FillNormal(0, 0.3f / MathF.Sqrt(width), _factors);
            for (int k = 0; k < count; k++)
            {
                Span<float> triangle = _factors[k].Span;
                for (int i = 0; i < width; i++)
                {
                    triangle[(i * (i + 1) / 2) + i] = 1 + (0.1f * (k % 4));
                }
            }
        }

        public MixtureDensity Density() => new(CovarianceForm.Full, _constants, _means, _factors);

        /// <summary>Vectors about the means in turn, every eleventh far from all.</summary>
        public Tensor Rows(TensorScope scope, int count)
        {
            int width = _means.Shape[1];
            Tensor rows = scope.New(new Shape(count, width));
            new RandomStream(6, "rows").FillNormal(0, 1, rows);
            for (int i = 0; i < count; i++)
            {
                for (int j = 0; j < width; j++)
                {
                    rows[i].Span[j] = (rows[i].Span[j] * (i % 11 == 10 ? 9 : 1)) + _means[i % _means.Shape[0]].Span[j];
                }
            }

            return rows;
        }

        public (double Log, double[] Shares) Reference(float[] x)
        {
            int width = x.Length;
            double[] logs = [.. _constants];
            for (int k = 0; k < logs.Length; k++)
            {
                for (int i = 0, at = 0; i < width; i++)
                {
                    double sum = 0;
                    for (int j = 0; j <= i; j++, at++)
                    {
                        sum += (double)_factors[k].Span[at] * ((double)x[j] - _means[k].Span[j]);
                    }

                    logs[k] -= 0.5 * sum * sum;
                }
            }

            double largest = logs.Max();
            double total = logs.Sum(log => Math.Exp(log - largest));
            return (largest + Math.Log(total), [.. logs.Select(log => Math.Exp(log - largest) / total)]);
        }
    }
}

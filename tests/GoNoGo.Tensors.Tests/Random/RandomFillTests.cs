using GoNoGo.Tensors.Memory;
using GoNoGo.Tensors.Random;
using GoNoGo.Testing;

namespace GoNoGo.Tensors.Tests.Random;

[Collection("vector width")]
public sealed class RandomFillTests
{
    private const int Count = 200_000;

    [Fact]
    public void Uniform_numbers_have_the_uniform_law()
    {
        double[] values = Draw((stream, tensor) => stream.FillUniform(-2, 3, tensor));
        Assert.All(values, value => Assert.InRange(value, -2, 3));
        CheckMoments(values, mean: 0.5, variance: 25.0 / 12);
        CheckLaw(values, x => (x + 2) / 5);
    }

    [Fact]
    public void Normal_numbers_have_the_normal_law()
    {
        double[] values = Draw((stream, tensor) => stream.FillNormal(1, 2, tensor));
        CheckMoments(values, mean: 1, variance: 4);
        CheckLaw(values, x => NormalCdf((x - 1) / 2));
        // Neighbours come from one Box-Muller pair and must still be unrelated, in their squares too.
        double Covariance(Func<double, double> f, double mean) =>
            values.Zip(values.Skip(1), (a, b) => (f(a) - mean) * (f(b) - mean)).Average();
        Assert.Equal(0, Covariance(x => (x - 1) / 2, 0), 5 / Math.Sqrt(Count));
        Assert.Equal(0, Covariance(x => (x - 1) * (x - 1) / 4, 1), 5 * 2 / Math.Sqrt(Count));
        Assert.True(values.Max() > 1 + (2 * 4) && values.Min() < 1 - (2 * 4), "tails");
    }

    [Fact]
    public void Gumbel_numbers_have_the_gumbel_law()
    {
        double[] values = Draw((stream, tensor) => stream.FillGumbel(tensor));
        CheckMoments(values, mean: 0.5772156649, variance: Math.PI * Math.PI / 6);
        CheckLaw(values, x => Math.Exp(-Math.Exp(-x)));
    }

    [Fact]
    public void Exponential_numbers_have_the_exponential_law()
    {
        double[] values = Draw((stream, tensor) => stream.FillExponential(tensor));
        Assert.All(values, value => Assert.True(value >= 0 && double.IsFinite(value)));
        CheckMoments(values, mean: 1, variance: 1);
        CheckLaw(values, x => 1 - Math.Exp(-x));
    }

    [Fact]
    public void The_number_of_threads_changes_nothing()
    {
        double[] one;
        using (ProcessSettings.Threads(1))
        {
            one = Draw((stream, tensor) => stream.FillNormal(0, 1, tensor));
        }

        using (ProcessSettings.Threads(3))
        {
            Assert.Equal(one, Draw((stream, tensor) => stream.FillNormal(0, 1, tensor)));
        }
    }

    private static double[] Draw(Action<RandomStream, Tensor> fill)
    {
        using var scope = new TensorScope();
        Tensor tensor = scope.New(new Shape(Count));
        fill(new RandomStream(11, "law"), tensor);
        return TensorAssert.Widen(tensor.Span);
    }

    private static void CheckMoments(double[] values, double mean, double variance)
    {
        double m = values.Average();
        double v = values.Sum(value => (value - m) * (value - m)) / (values.Length - 1);
        Assert.Equal(mean, m, 5 * Math.Sqrt(variance / values.Length));
        // The fourth moment of these laws stays below 10 times the squared variance.
        Assert.Equal(variance, v, 5 * variance * Math.Sqrt(9.0 / values.Length));
    }

    /// <summary>Kolmogorov-Smirnov: the largest gap between the two distribution functions, at p about 1e-4.</summary>
    private static void CheckLaw(double[] values, Func<double, double> cdf)
    {
        double[] sorted = [.. values.Order()];
        double gap = 0;
        for (int i = 0; i < sorted.Length; i++)
        {
            double p = cdf(sorted[i]);
            gap = Math.Max(gap, Math.Max(Math.Abs(p - ((double)i / sorted.Length)), Math.Abs(p - ((i + 1.0) / sorted.Length))));
        }

        Assert.True(gap * Math.Sqrt(sorted.Length) < 2.25, $"gap {gap}");
    }

    /// <summary>Abramowitz and Stegun 7.1.26, good to 1.5e-7.</summary>
    private static double NormalCdf(double x)
    {
        double z = Math.Abs(x) / Math.Sqrt(2);
        double t = 1 / (1 + (0.3275911 * z));
        double erf = 1 - (((((((((1.061405429 * t) - 1.453152027) * t) + 1.421413741) * t) - 0.284496736) * t) + 0.254829592) * t * Math.Exp(-z * z));
        return x < 0 ? 0.5 * (1 - erf) : 0.5 * (1 + erf);
    }
}

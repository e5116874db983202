using GoNoGo.Learning.Initializers;
using GoNoGo.Tensors;
using GoNoGo.Tensors.Memory;
using GoNoGo.Testing;
using Start = GoNoGo.Learning.Initializers.Initializers;

namespace GoNoGo.Learning.Tests.Initializers;

public sealed class InitializersTests
{
    [Fact]
    public void Deviations_follow_the_fans()
    {
        // Xavier: sqrt(2 / (in + out)); He: sqrt(2 / in); library default: U(-1/sqrt(in), 1/sqrt(in)), deviation 1/sqrt(3 in).
        Check(Start.XavierNormal(), new Shape(300, 200), Math.Sqrt(2.0 / 500), double.PositiveInfinity);
        Check(Start.XavierNormal(), new Shape(30, 20, 5, 5), Math.Sqrt(2.0 / (50 * 25)), double.PositiveInfinity);
        Check(Start.HeNormal(), new Shape(300, 200), Math.Sqrt(2.0 / 200), double.PositiveInfinity);
        Check(Start.LibraryDefault(), new Shape(300, 200), 1 / Math.Sqrt(3 * 200), 1 / Math.Sqrt(200));
        Check(Start.LibraryDefault(), new Shape(64, 16, 7, 7), 1 / Math.Sqrt(3 * 16 * 49), 1 / Math.Sqrt(16 * 49));
        Check(Start.LibraryDefaultBias(new Shape(1, 16, 7, 7)), new Shape(50_000), 1 / Math.Sqrt(3 * 16 * 49), 1 / Math.Sqrt(16 * 49));
        Check(Start.Normal(0.01), new Shape(50_000), 0.01, double.PositiveInfinity);
        Check(Start.Uniform(0.5), new Shape(50_000), 0.5 / Math.Sqrt(3), 0.5);
    }

    [Fact]
    public void Values_depend_on_seed_and_stream()
    {
        Assert.Equal(Values(Start.Normal(1), 1, 2), Values(Start.Normal(1), 1, 2));
        Assert.NotEqual(Values(Start.Normal(1), 1, 2), Values(Start.Normal(1), 1, 3));
        Assert.NotEqual(Values(Start.Normal(1), 1, 2), Values(Start.Normal(1), 2, 2));
        Assert.Equal([0.001f, 0.001f, 0.001f], Values(Start.Constant(0.001), 1, 2));
        Assert.Throws<ArgumentException>(() => Values(Start.HeNormal(), 1, 2));
    }

    private static float[] Values(Initializer initializer, ulong seed, ulong stream)
    {
        using var scope = new TensorScope();
        Tensor tensor = scope.New(new Shape(3));
        initializer(tensor, seed, stream);
        return tensor.ToArray();
    }

    private static void Check(Initializer initializer, Shape shape, double deviation, double bound)
    {
        using var scope = new TensorScope();
        Tensor tensor = scope.New(shape);
        initializer(tensor, 7, 9);
        double[] values = TensorAssert.Widen(tensor.Span);
        Assert.Equal(0, values.Average(), 5 * deviation / Math.Sqrt(values.Length));
        Assert.Equal(deviation, Math.Sqrt(values.Average(value => value * value)), 0.03 * deviation);
        Assert.All(values, value => Assert.InRange(value, -bound, bound));
        if (double.IsFinite(bound))
        {
            Assert.True(values.Max() > 0.99 * bound && values.Min() < -0.99 * bound);
        }
    }
}

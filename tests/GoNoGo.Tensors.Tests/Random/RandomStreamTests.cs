using GoNoGo.Tensors.Memory;
using GoNoGo.Tensors.Random;
using GoNoGo.Testing;

namespace GoNoGo.Tensors.Tests.Random;

public sealed class RandomStreamTests
{
    /// <summary>Known answers of the generator's authors.</summary>
    [Fact]
    public void Philox_gives_its_known_answers()
    {
        Assert.Equal((0x6627e8d5u, 0xe169c58du, 0xbc57ac4cu, 0x9b00dbd8u), Philox.Words(0, 0, 0));
        Assert.Equal((0x408f276du, 0x41c83b0eu, 0xa20bc7c6u, 0x6d5451fdu), Philox.Words(ulong.MaxValue, ulong.MaxValue, ulong.MaxValue));
        Assert.Equal((0xd16cfe09u, 0x94fdcceb, 0x5001e420u, 0x24126ea1u), Philox.Words(0x85a308d3243f6a88, 0x0370734413198a2e, 0x299f31d0a4093822));
    }

    [Fact]
    public void Element_i_depends_on_seed_stream_and_index_only()
    {
        using var scope = new TensorScope();
        var stream = new RandomStream(5, "noise");
        Tensor longer = scope.New(new Shape(100_003));
        stream.FillNormal(1, 2, longer);
        foreach (int count in new[] { 1, 2, 3, 5, 16385, 40_000 })
        {
            Tensor shorter = scope.New(new Shape(count));
            stream.FillNormal(1, 2, shorter);
            TensorAssert.SameBits(longer.Span[..count], shorter.Span);
        }

        Assert.Equal(stream.Bits(7), new RandomStream(5, "noise").Bits(7));
        Assert.NotEqual(stream.Bits(7), new RandomStream(6, "noise").Bits(7));
        Assert.NotEqual(stream.Bits(7), new RandomStream(5, "noisf").Bits(7));
        Assert.NotEqual(stream.Child(0), stream);
        Assert.NotEqual(stream.Child(0).Bits(0), stream.Child(1).Bits(0));
        Assert.NotEqual(stream.Child(0).Child(1).Bits(0), stream.Child(1).Child(0).Bits(0));
    }

    /// <summary>The promise to users: the same seed gives the same numbers in every release.</summary>
    [Fact]
    public void Values_never_change()
    {
        var stream = new RandomStream(24, "order");
        Assert.Equal([3, 2, 1, 4, 0], stream.Permutation(5));
        Assert.Equal(699804170u, stream.Bits(1_000_000_000_000));
    }

    [Fact]
    public void Bits_are_balanced_and_streams_unrelated()
    {
        const int Count = 1 << 16;
        for (int variant = 0; variant < 3; variant++)
        {
            RandomStream a = new(1, "a");
            RandomStream b = variant switch { 0 => new(1, "b"), 1 => new(2, "a"), _ => a.Child(1) };
            long ones = 0;
            long agree = 0;
            long lag = 0;
            for (int i = 0; i < Count; i++)
            {
                ones += System.Numerics.BitOperations.PopCount(a.Bits(i));
                agree += System.Numerics.BitOperations.PopCount(~(a.Bits(i) ^ b.Bits(i)));
                lag += System.Numerics.BitOperations.PopCount(~(a.Bits(i) ^ a.Bits(i + 1)));
            }

            // Five standard deviations of a binomial count.
            double tolerance = 5 * Math.Sqrt(Count * 32 * 0.25);
            Assert.Equal(Count * 16, ones, tolerance);
            Assert.Equal(Count * 16, agree, tolerance);
            Assert.Equal(Count * 16, lag, tolerance);
        }
    }

    [Fact]
    public void Bounded_integers_and_permutations_are_unbiased()
    {
        var sequence = new RandomSequence(new RandomStream(3, "test"));
        var counts = new double[7];
        for (int i = 0; i < 70_000; i++)
        {
            counts[sequence.NextInteger(7)]++;
        }

        Assert.True(ChiSquare(counts, 10_000) < 27.9, "integers below 7 (6 degrees of freedom, p = 1e-4)");

        var orders = new Dictionary<string, double>();
        for (int i = 0; i < 24_000; i++)
        {
            string key = string.Join(' ', new RandomStream(3, "permutation").Child((ulong)i).Permutation(4));
            orders[key] = orders.GetValueOrDefault(key) + 1;
        }

        Assert.Equal(24, orders.Count);
        Assert.True(ChiSquare([.. orders.Values], 1000) < 55.6, "orders of 4 (23 degrees of freedom, p < 2e-4)");
        Assert.Equal(1, new RandomSequence(new RandomStream(0, 0)).NextInteger(1) + 1);
        Assert.Empty(new RandomStream(0, 0).Permutation(0));
    }

    [Fact]
    public void Wide_bounds_are_unbiased()
    {
        // 3 * 2^29: without rejection the lower two thirds would be drawn far too often.
        var sequence = new RandomSequence(new RandomStream(4, "wide"));
        const int Bound = 3 << 29;
        var thirds = new double[3];
        for (int i = 0; i < 30_000; i++)
        {
            thirds[sequence.NextInteger(Bound) / (1 << 29)]++;
        }

        Assert.True(ChiSquare(thirds, 10_000) < 18.4, "2 degrees of freedom, p = 1e-4");
    }

    private static double ChiSquare(double[] counts, double expected) => counts.Sum(count => (count - expected) * (count - expected) / expected);
}

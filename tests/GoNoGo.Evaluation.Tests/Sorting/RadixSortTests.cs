using GoNoGo.Evaluation.Sorting;
using GoNoGo.Tensors.Random;

namespace GoNoGo.Evaluation.Tests.Sorting;

public sealed unsafe class RadixSortTests
{
    [Theory]
    [InlineData(0, 32)]
    [InlineData(1, 32)]
    [InlineData(4096, 32)]
    [InlineData(4097, 32)]
    [InlineData(65_537, 3)]
    [InlineData(200_001, 32)]
    [InlineData(200_001, 14)]
    [InlineData(70_000, 0)]
    public void SortsLikeTheLibrary(int length, int bits)
    {
        var random = new RandomSequence(new RandomStream(5, "radix"));
        var keys = new uint[length];
        var pairs = new ulong[length];
        for (int i = 0; i < length; i++)
        {
            keys[i] = bits == 0 ? 77u : random.NextBits() >> (32 - bits);
            pairs[i] = KeyWithPayload.Pack(keys[i], (uint)i);
        }

        uint[] expected = [.. keys.Order()];
        ulong[] expectedPairs = [.. pairs.Order()];
        fixed (uint* data = keys, scratch = new uint[length])
        {
            uint* sorted = RadixSort.Sort<uint, PlainKey>(data, scratch, length);
            Assert.Equal(expected, new Span<uint>(sorted, length).ToArray());
        }

        fixed (ulong* data = pairs, scratch = new ulong[length])
        {
            // Stable, so pairs come out ordered by payload within a key, too.
            ulong* sorted = RadixSort.Sort<ulong, KeyWithPayload>(data, scratch, length);
            Assert.Equal(expectedPairs, new Span<ulong>(sorted, length).ToArray());
        }
    }

    [Fact]
    public void KeysAscendAsScoresDescend()
    {
        float[] falling =
        [
            float.PositiveInfinity, float.MaxValue, 2, 1.0000001f, 1, float.Epsilon, 0, -float.Epsilon, -1, float.MinValue, float.NegativeInfinity,
        ];
        for (int i = 0; i < falling.Length; i++)
        {
            Assert.Equal(falling[i], ScoreKey.ToSingle(ScoreKey.FromSingle(falling[i])));
            Assert.Equal(falling[i], ScoreKey.ToDouble(ScoreKey.FromDouble(falling[i])));
            if (i > 0)
            {
                Assert.True(ScoreKey.FromSingle(falling[i]) > ScoreKey.FromSingle(falling[i - 1]));
                Assert.True(ScoreKey.FromDouble(falling[i]) > ScoreKey.FromDouble(falling[i - 1]));
            }
        }

        Assert.Equal(ScoreKey.FromSingle(0f), ScoreKey.FromSingle(-0f));
        Assert.Equal(ScoreKey.FromDouble(0d), ScoreKey.FromDouble(-0d));
    }

    [Fact]
    public void CompensatedSumsLoseNothing()
    {
        var sum = new CompensatedSum();
        sum.Add(1e16);
        for (int i = 0; i < 1000; i++)
        {
            sum.Add(0.25);
        }

        sum.Add(-1e16);
        Assert.Equal(250, sum.Value);
    }
}

using GoNoGo.Vision.Imaging;
using Xunit;

namespace GoNoGo.Vision.Tests.Imaging;

public sealed class SampleHistogramTests
{
    [Theory]
    [InlineData(8)]
    [InlineData(16)]
    [InlineData(32)]
    public void Quantiles_are_those_of_the_sorted_samples(int depth)
    {
        var random = new Random(depth);
        var histogram = new SampleHistogram(depth);
        var all = new List<float>();
        for (int picture = 0; picture < 5; picture++)
        {
            var floats = new float[30 * 20 * 4];
            for (int i = 0; i < floats.Length; i++)
            {
                floats[i] = depth == 32 ? (float)((random.NextDouble() - 0.5) * Math.Pow(10, random.Next(-3, 4))) : random.Next(1 << depth);
            }

            Image image = depth switch
            {
                8 => new Image(30, 20, 4, Array.ConvertAll(floats, value => (byte)value)),
                16 => new Image(30, 20, 4, Array.ConvertAll(floats, value => (ushort)value)),
                _ => new Image(30, 20, 4, floats),
            };
            histogram.Add(image);
            all.AddRange(floats.Where((_, i) => i % 4 < 3));
        }

        float[] sorted = [.. all.Order()];
        Assert.Equal(sorted.Length, histogram.Count);
        foreach (int share in new[] { 0, 1, 10, 333, 999 })
        {
            int rank = sorted.Length * share / 1000;
            Near(sorted[rank], histogram.Low(share), upper: false);
            Near(sorted[sorted.Length - 1 - rank], histogram.High(share), upper: true);
        }

        void Near(float expected, float actual, bool upper)
        {
            if (depth != 32)
            {
                Assert.Equal(expected, actual);
                return;
            }

            // A place of floats is 1/2048 of a power of two wide, and its outer end is given.
            Assert.Equal(expected, actual, Math.Abs(expected) / 2048.0);
            Assert.True(upper ? actual >= expected : actual <= expected);
        }
    }

    [Fact]
    public void Parts_add_up_to_the_whole()
    {
        var random = new Random(1);
        Image[] pictures = [.. Enumerable.Range(0, 4).Select(_ => ResizeTests.RandomImage(random, 9, 8, 16, 3))];
        var whole = new SampleHistogram(16);
        var left = new SampleHistogram(16);
        var right = new SampleHistogram(16);
        for (int i = 0; i < pictures.Length; i++)
        {
            whole.Add(pictures[i]);
            (i % 2 == 0 ? left : right).Add(pictures[pictures.Length - 1 - i]);
        }

        right.Add(left);
        Assert.Equal(whole.Count, right.Count);
        Assert.Equal(whole.Low(250), right.Low(250));
        Assert.Equal(whole.High(250), right.High(250));
    }

    [Fact]
    public void Zero_and_special_floats()
    {
        var histogram = new SampleHistogram(32);
        histogram.Add(new Image(5, 1, 1, [float.NaN, float.NegativeInfinity, -0f, 0f, float.PositiveInfinity]));
        Assert.Equal(2, histogram.Count);
        Assert.Equal(0f, histogram.Low(0));
        Assert.InRange(histogram.High(0), 0f, 1e-30f);
    }

    [Fact]
    public void Wrong_use_is_named()
    {
        var histogram = new SampleHistogram(8);
        Assert.Throws<InvalidOperationException>(() => histogram.Low(1));
        Assert.Throws<ArgumentException>(() => histogram.Add(new Image(1, 1, 1, [(ushort)1])));
        Assert.Throws<ArgumentException>(() => new SampleHistogram(12));
    }
}

using System.Globalization;
using System.Text.Json;
using GoNoGo.Testing;
using GoNoGo.Vision.Datasets;
using Xunit;

namespace GoNoGo.Vision.Tests.Datasets;

public class NormalSplitTests
{
    // Training pictures and the published number to fit on: the 15 classes of MVTec AD and the 3 of BTAD.
    [Theory]
    [InlineData(209, 167)]
    [InlineData(224, 179)]
    [InlineData(219, 175)]
    [InlineData(280, 224)]
    [InlineData(264, 211)]
    [InlineData(391, 313)]
    [InlineData(245, 196)]
    [InlineData(220, 176)]
    [InlineData(267, 214)]
    [InlineData(320, 256)]
    [InlineData(230, 184)]
    [InlineData(60, 48)]
    [InlineData(213, 170)]
    [InlineData(247, 198)]
    [InlineData(240, 192)]
    [InlineData(400, 320)]
    [InlineData(399, 319)]
    [InlineData(1000, 800)]
    [InlineData(0, 0)]
    [InlineData(1, 1)]
    public void Fits_on_the_published_number(int count, int fit)
    {
        NormalSplit split = NormalSplit.Split(count);
        Assert.Equal(fit, split.Fit.Length);
        Assert.Equal(Enumerable.Range(0, count), split.Fit.Concat(split.Validation).Order());
    }

    [Fact]
    public void Takes_the_front_of_the_published_shuffle()
    {
        Assert.Equal([4, 7, 8, 0, 5, 9, 1, 3], NormalSplit.Split(10).Fit);
        Assert.Equal([2, 6], NormalSplit.Split(10).Validation);
        Assert.Equal([187, 82, 0, 118, 22, 158, 161, 120], NormalSplit.Split(209).Fit[..8]);
        using JsonDocument golden = JsonDocument.Parse(File.ReadAllText(SharedFolder.Small("shuffle_seed24.json")));
        foreach (JsonProperty one in golden.RootElement.GetProperty("permutations").EnumerateObject())
        {
            NormalSplit split = NormalSplit.Split(int.Parse(one.Name, CultureInfo.InvariantCulture));
            Assert.Equal(one.Value.EnumerateArray().Select(index => index.GetInt32()), split.Fit.Concat(split.Validation));
        }
    }

    [Fact]
    public void Rounds_half_to_even_and_takes_other_shares_and_seeds()
    {
        Assert.Equal(2, NormalSplit.Split(5, 0.5).Fit.Length);
        Assert.Equal(4, NormalSplit.Split(7, 0.5).Fit.Length);
        Assert.Empty(NormalSplit.Split(7, 1).Validation);
        Assert.NotEqual(NormalSplit.Split(50).Fit, NormalSplit.Split(50, splitSeed: 25).Fit);
        Assert.Throws<ArgumentOutOfRangeException>(() => NormalSplit.Split(5, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => NormalSplit.Split(5, 1.1));
        Assert.Throws<ArgumentOutOfRangeException>(() => NormalSplit.Split(-1));
    }
}

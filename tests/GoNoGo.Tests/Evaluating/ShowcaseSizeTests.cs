using GoNoGo.Evaluating;

namespace GoNoGo.Tests.Evaluating;

public sealed class ShowcaseSizeTests
{
    [Fact]
    public void Large_pictures_are_reduced_and_lose_nothing_small()
    {
        const int width = 2500;
        const int height = 7;
        var map = new float[width * height];
        map.AsSpan(0, 300).Fill(float.NaN);
        map[(3 * width) + 1234] = 9;
        var mask = new byte[width * height];
        mask[(3 * width) + 1234] = 1;
        var rgb = new byte[width * height * 3];
        rgb.AsSpan().Fill(77);
        var judged = new JudgedPicture("a.png", true, "spot", 1, true);
        ShowcasePicture small = ShowcaseSize.Reduce(new ShowcasePicture(ShowcaseGroup.Best, judged, rgb, map, mask, width, height));
        Assert.Equal((834, 3), (small.Width, small.Height));
        Assert.Equal(9, small.Map[834 + 411]);
        Assert.Equal(1, small.Mask!.Sum(value => value));
        Assert.Equal(1, small.Mask![834 + 411]);
        Assert.All(small.Rgb, value => Assert.Equal(77, value));
        Assert.DoesNotContain(small.Map.AsSpan(834).ToArray(), float.IsNaN);
        Assert.Equal(0, small.Map[0]);
        Assert.Same(small, ShowcaseSize.Reduce(small));
    }
}

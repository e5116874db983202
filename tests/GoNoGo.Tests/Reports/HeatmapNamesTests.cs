using GoNoGo.Reports;
using GoNoGo.Tensors.Formats;
using GoNoGo.Testing.SyntheticData;
using Xunit;

namespace GoNoGo.Tests.Reports;

public sealed class HeatmapNamesTests
{
    [Fact]
    public void Names_AreRelativeToTheDeepestCommonFolder()
    {
        using var folder = new TemporaryFolder();
        string[] pictures = [folder["line/a/1.png"], folder["line/ab/1.bmp"], folder["line/a/1.bmp"]];
        Dictionary<string, string> outputs = HeatmapNames.Assign(folder["out"], pictures);
        Assert.Equal(Path.Combine(folder["out"], "a", "1.png"), outputs[pictures[0]]);
        Assert.Equal(Path.Combine(folder["out"], "ab", "1.bmp.png"), outputs[pictures[1]]);
        Assert.Equal(Path.Combine(folder["out"], "a", "1.bmp.png"), outputs[pictures[2]]);
    }

    [Fact]
    public void Names_OfOnePictureGivenTwiceAreTheSame()
    {
        using var folder = new TemporaryFolder();
        string other = Path.Combine(folder.Root, "a", "..", "1.png");
        Dictionary<string, string> outputs = HeatmapNames.Assign(folder["out"], [folder["1.png"], other]);
        Assert.Equal(outputs[folder["1.png"]], outputs[other]);
    }

    [Fact]
    public void Maps_AreNamedLikeTheirPictures_WithTheirOwnExtension()
    {
        using var folder = new TemporaryFolder();
        string[] pictures = [folder["line/a/1.png"], folder["line/ab/1.bmp"], folder["line/2.5mm.tiff"]];
        Dictionary<string, string> outputs = HeatmapNames.AssignMaps(folder["out"], pictures);
        Assert.Equal(Path.Combine(folder["out"], "a", "1.tif"), outputs[pictures[0]]);
        Assert.Equal(Path.Combine(folder["out"], "ab", "1.tif"), outputs[pictures[1]]);
        Assert.Equal(Path.Combine(folder["out"], "2.5mm.tif"), outputs[pictures[2]]);
        Assert.Throws<FileWriteException>(() => HeatmapNames.AssignMaps(folder["out"], [folder["1.png"], folder["1.bmp"]]));
        Assert.Throws<FileWriteException>(() => HeatmapNames.AssignMaps(folder.Root, [folder["1.tif"], folder["2.tif"]]));
    }

    [Fact]
    public void APictureIsNeverReplaced()
    {
        using var folder = new TemporaryFolder();
        var exception = Assert.Throws<FileWriteException>(() => HeatmapNames.Assign(folder.Root, [folder["1.png"], folder["2.png"]]));
        Assert.Contains("would replace a picture", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void TwoPicturesNeverShareAHeatMap()
    {
        using var folder = new TemporaryFolder();
        Assert.Throws<FileWriteException>(() => HeatmapNames.Assign(folder["out"], [folder["1.bmp"], folder["1.bmp.png"]]));
    }
}

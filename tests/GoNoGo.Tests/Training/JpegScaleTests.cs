using GoNoGo.Detection.Models;
using GoNoGo.Detection.Options;
using GoNoGo.Inspecting;
using GoNoGo.Testing.SyntheticData;
using GoNoGo.Training;
using GoNoGo.Vision.Imaging;
using GoNoGo.Vision.Imaging.Png;

namespace GoNoGo.Tests.Training;

/// <summary>The option <c>jpeg-scale</c> from training to the map's place in the picture.</summary>
public sealed class JpegScaleTests : IDisposable
{
    private const int Width = 70;
    private const int Height = 46;
    private static readonly string[] Tiny = ["size=32", "channels=1", "latent=4", "max-epochs=2", "batch-size=4"];

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Training_and_inspection_decode_alike_and_maps_lie_in_the_picture_of_the_file()
    {
        WriteLine();
        string picture = _folder["data/good/3.jpg"];
        TrainResult trained = Train("scaled", null, "jpeg-scale=4");
        Assert.Single(trained.Notes, note => note.Contains("jpeg-scale=4: 7 training picture(s) are JPEG files and decoded 4 times smaller", StringComparison.Ordinal)
            && note.EndsWith("; 1 of other formats are decoded whole.", StringComparison.Ordinal));
        Assert.Equal(4, trained.Manifest.Preprocessing.JpegScale);
        Assert.Equal("4", trained.Manifest.Options["jpeg-scale"]);
        Assert.Equal([Width, Width], trained.Manifest.TrainingData.Widths);

        using Inspector inspector = Inspector.Load(trained.Model, 0);
        Inspection inspection = inspector.Inspect(picture);
        Assert.Equal(new MapRegion(0, 0, Width, Height), inspection.Map.Region);
        InspectionOutcome outcome = Assert.Single(inspector.InspectAll([picture]));
        Assert.Empty(outcome.Differences);
        Assert.Equal(inspection.Map.Region, outcome.Inspection!.Map.Region);
        Inspection streamed = inspector.Inspect(File.ReadAllBytes(picture), "stream");
        // What the network saw is what libjpeg's reduced transform gives, no more and no less.
        Inspection reduced = inspector.Inspect(AsPng(picture, 4));
        Assert.Equal(new MapRegion(0, 0, 18, 12), reduced.Map.Region);
        Inspection whole = inspector.Inspect(AsPng(picture, 1));
        Assert.Equal(new MapRegion(0, 0, Width, Height), whole.Map.Region);
        Assert.NotEqual(whole.Score, inspection.Score);
        foreach (Inspection same in new[] { outcome.Inspection, streamed, reduced })
        {
            Assert.Equal(inspection.Score, same.Score);
            Assert.Equal(inspection.Map.Values, same.Map.Values);
        }

        Assert.Equal(1, Train("whole", null).Manifest.Preprocessing.JpegScale);
        Assert.NotEqual(File.ReadAllBytes(trained.Model), File.ReadAllBytes(_folder["whole.gonogo"]));
    }

    [Fact]
    public void A_region_is_in_pixels_of_the_file()
    {
        WriteLine();
        string picture = _folder["data/good/3.jpg"];
        TrainResult trained = Train("region", "9,10,30,21", "jpeg-scale=4");
        using Inspector inspector = Inspector.Load(trained.Model, 0);
        // Grown to whole pixels of the smaller picture, for every format alike.
        Inspection inspection = inspector.Inspect(picture);
        Assert.Equal(new MapRegion(8, 8, 32, 24), inspection.Map.Region);
        Assert.Equal(new MapRegion(8, 8, 32, 24), inspector.Inspect(AsPng(picture, 1)).Map.Region);
        InspectionOutcome outcome = Assert.Single(inspector.InspectAll([picture]));
        Assert.Equal(inspection.Score, outcome.Inspection!.Score);
        Assert.Equal(inspection.Map.Values, outcome.Inspection.Map.Values);

        // Column x of the map shows picture column 8 + x: 9 to 38 are judged; row y shows 8 + 24 y / 32.
        Assert.True(float.IsNaN(inspection.Map.Values[(16 * 32) + 0]));
        Assert.False(float.IsNaN(inspection.Map.Values[(16 * 32) + 1]));
        Assert.False(float.IsNaN(inspection.Map.Values[(16 * 32) + 30]));
        Assert.True(float.IsNaN(inspection.Map.Values[(16 * 32) + 31]));
        Assert.True(float.IsNaN(inspection.Map.Values[(2 * 32) + 16]));
        Assert.False(float.IsNaN(inspection.Map.Values[(3 * 32) + 16]));
    }

    [Fact]
    public void It_is_said_where_nothing_is_decoded_smaller_and_refused_where_it_makes_no_sense()
    {
        for (int i = 0; i < 6; i++)
        {
            _folder.File($"data/good/{i}.png", PngEncoder.Encode(new Image(20, 20, 1, [.. Enumerable.Range(i, 400).Select(value => (byte)value)])));
        }

        Assert.Contains(Train("png", null, "jpeg-scale=8").Notes, note => note.Contains("none of the training pictures is a JPEG file", StringComparison.Ordinal));
        Assert.Contains("framing=pad", Assert.Throws<OptionException>(() => Train("pad", null, "jpeg-scale=2", "framing=pad")).Message, StringComparison.Ordinal);
        Assert.Contains("tiles", Assert.Throws<OptionException>(() => Train("tiles", null, "jpeg-scale=2", "tile=64")).Message, StringComparison.Ordinal);
        Assert.Contains("allowed: 1 | 2 | 4 | 8", Assert.Throws<OptionException>(() => Train("three", null, "jpeg-scale=3")).Message, StringComparison.Ordinal);
    }

    private void WriteLine()
    {
        var random = new Random(1);
        for (int i = 0; i < 9; i++)
        {
            _folder.File($"data/good/{i}.jpg", JpegFile.Textured(Width, Height, random));
        }

        using Image whole = ImageDecoder.Load(_folder["data/good/8.jpg"]);
        PngEncoder.Save(whole, _folder["data/good/9.png"]);
    }

    private string AsPng(string picture, int scale)
    {
        string path = _folder[$"as{scale}.png"];
        using Image image = ImageDecoder.Load(picture, new ImageDecoderOptions { JpegScale = scale });
        PngEncoder.Save(image, path);
        return path;
    }

    private TrainResult Train(string name, string? region, params string[] settings) => Trainer.Run(
        new TrainRequest(_folder["data"], _folder[name + ".gonogo"]) { Detector = "autoencoder", Settings = [.. Tiny, .. settings], Region = region },
        cancellation: TestContext.Current.CancellationToken);
}

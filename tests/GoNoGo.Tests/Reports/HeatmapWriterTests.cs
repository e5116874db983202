using GoNoGo.Detection.Models;
using GoNoGo.Inspecting;
using GoNoGo.Reports;
using GoNoGo.Tensors.Formats;
using GoNoGo.Testing.SyntheticData;
using GoNoGo.Training;
using GoNoGo.Vision.Datasets.Synthetic;
using GoNoGo.Vision.Imaging;
using Xunit;

namespace GoNoGo.Tests.Reports;

public sealed class HeatmapWriterTests
{
    [Fact]
    public void HeatMaps_AreWrittenOncePerPicture_AndNotWithoutAPixelThreshold()
    {
        using var folder = new TemporaryFolder();
        string data = folder["data"];
        ProductLine.Write(data, new ProductLineOptions { Size = 64, TrainGood = 6, TestGood = 1, TestDefective = 1 }, cancellation: TestContext.Current.CancellationToken);
        string model = folder["m.gonogo"];
        Trainer.Run(new TrainRequest(data, model) { Settings = Tiny }, cancellation: TestContext.Current.CancellationToken);
        string damaged = folder.File("data/test/good/broken.png", "no picture"u8);
        string[] pictures = [Path.Combine(data, "test", "good", "000.png"), Path.Combine(data, "test", "stain", "000.png"), damaged];
        string output = folder["maps"];

        using (Inspector inspector = Inspector.Load(model))
        {
            HeatmapWriter writer = HeatmapWriter.Open(output, pictures, inspector, overwrite: false);
            string?[] written = [.. inspector.InspectAll(pictures, TestContext.Current.CancellationToken).Select(writer.Write)];
            Assert.Equal<IEnumerable<string?>>([Path.Combine(output, "good", "000.png"), Path.Combine(output, "stain", "000.png"), null], written);
            using Image heat = ImageDecoder.Load(written[1]!);
            Assert.Equal((64, 64), (heat.Width, heat.Height));
            Assert.Throws<FileWriteException>(() => HeatmapWriter.Open(output, pictures, inspector, overwrite: false));
            Assert.NotNull(HeatmapWriter.Open(output, pictures, inspector, overwrite: true));
        }

        ModelFile.Rewrite(model, model, ModelFile.ReadManifest(model) with { PixelThreshold = null });
        using Inspector without = Inspector.Load(model);
        ModelException refusal = Assert.Throws<ModelException>(() => HeatmapWriter.Open(output, pictures, without, overwrite: true));
        Assert.Contains("--pixel", refusal.Message, StringComparison.Ordinal);
    }

    private static string[] Tiny =>
        ["size=64", "patch=16", "width=16", "depth=1", "heads=2", "mlp-width=16", "gaussians=2", "code=128", "decoder-layers=4", "batch-size=4", "max-epochs=1"];
}

using GoNoGo.Demonstration;
using GoNoGo.Detection.Options;
using GoNoGo.Tensors.Formats;
using GoNoGo.Testing.SyntheticData;
using GoNoGo.Vision.Datasets.Synthetic;
using GoNoGo.Vision.Imaging;
using Xunit;

namespace GoNoGo.Tests.Demonstration;

public sealed class DemoTests
{
    private static readonly DemoPlan Tiny = new(
        new ProductLineOptions { Size = 64, TrainGood = 10, TestGood = 2, TestDefective = 2 },
        ["size=64", "patch=16", "width=16", "depth=1", "heads=2", "mlp-width=16", "gaussians=2", "code=128", "decoder-layers=4", "batch-size=4", "max-epochs=2"]);

    [Fact]
    public void Demo_MakesEverythingThatItNames()
    {
        using var folder = new TemporaryFolder();
        int drawn = 0;
        int epochs = 0;
        int judged = 0;
        var observer = new DemoObserver
        {
            Drawing = (done, all) => Interlocked.Increment(ref drawn),
            Training = progress => epochs += progress.IsEpochEnd ? 1 : 0,
            Evaluating = (done, all) => judged = done,
        };
        string output = folder["demo"];
        DemoResult result = Run(output, 3, force: false, observer);

        Assert.Equal(ProductLine.Count(Tiny.Pictures), drawn);
        Assert.Equal(2, epochs);
        Assert.Equal(12, judged);
        Assert.True(File.Exists(Path.Combine(output, "model.gonogo")));
        Assert.Equal(Path.Combine(output, "report", "index.html"), result.Report);
        Assert.Contains("hairline", File.ReadAllText(result.Report), StringComparison.Ordinal);
        Assert.Contains("<h1><bdi>Sample product line</bdi></h1>", File.ReadAllText(result.Report), StringComparison.Ordinal);
        Assert.DoesNotContain(folder.Root, File.ReadAllText(result.Report), StringComparison.Ordinal);
        Assert.Equal(ProductLine.DefectKinds.Count, result.Evaluation.KindRecalls.Count);
        Assert.NotNull(result.Evaluation.ImageMetrics.Auroc.Value);
        Assert.Equal(2 * (ProductLine.DefectKinds.Count + 1), Directory.GetFiles(result.HeatmapFolder, "*.png", SearchOption.AllDirectories).Length);
        using (Image heat = ImageDecoder.Load(Path.Combine(result.HeatmapFolder, "dent", "000.png")))
        {
            Assert.Equal((64, 64, 3), (heat.Width, heat.Height, heat.Channels));
        }

        Assert.InRange(new FileInfo(result.Showcase).Length, 1000, 300_000);

        Refused(output);
        byte[] model = File.ReadAllBytes(result.Model);
        Run(output, 3, force: true, new DemoObserver());
        Assert.Equal(model, File.ReadAllBytes(result.Model));

        File.Copy(Path.Combine(output, "data", "train", "good", "000.png"), Path.Combine(output, "data", "train", "good", "mine.png"));
        FileWriteException foreign = Assert.Throws<FileWriteException>(() => Run(output, 3, force: true, new DemoObserver()));
        Assert.Contains("not its own", foreign.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Settings_AreValidOptionsWithAFixedLength()
    {
        OptionSet options = Detection.Detectors.DetectorCatalog.Find("vtadl").Options.Create("default", DemoSettings.Options);
        Assert.Contains(DemoSettings.Options, option => option.StartsWith("max-epochs=", StringComparison.Ordinal));
        Assert.True(options.Integer("max-epochs") > 0);
        Assert.True(ProductLine.DefectKinds.Count >= 5);
        Assert.True(DemoSettings.Pictures.TestGood + (DemoSettings.Pictures.TestDefective * ProductLine.DefectKinds.Count) >= 60);
    }

    private static DemoResult Run(string output, ulong seed, bool force, DemoObserver observer) =>
        Demo.Run(new DemoRequest(output) { Seed = seed, Force = force }, Tiny, observer, TestContext.Current.CancellationToken);

    private static void Refused(string output)
    {
        FileWriteException refusal = Assert.Throws<FileWriteException>(() => Run(output, 3, force: false, new DemoObserver()));
        Assert.Contains("--force", refusal.Message, StringComparison.Ordinal);
    }
}

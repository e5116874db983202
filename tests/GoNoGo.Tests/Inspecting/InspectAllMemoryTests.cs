using GoNoGo.Inspecting;
using GoNoGo.Testing.SyntheticData;
using GoNoGo.Training;
using GoNoGo.Vision.Datasets.Synthetic;
using Xunit;

namespace GoNoGo.Tests.Inspecting;

/// <summary>What a folder of any length costs: the managed bytes of a picture, on all threads, once everything runs.</summary>
[Collection("vector width")]
public sealed class InspectAllMemoryTests
{
    private const int Warm = 60;
    private const int Counted = 120;
    private const long Allowed = 64 << 10;

    [Fact]
    public void A_picture_takes_little_beyond_the_map_and_the_pixels_that_are_returned()
    {
        using var folder = new TemporaryFolder();
        string data = folder["data"];
        ProductLine.Write(data, new ProductLineOptions { Size = 200, TrainGood = 6, TestGood = 2, TestDefective = 2 }, cancellation: TestContext.Current.CancellationToken);
        string model = folder["m.gonogo"];
        string[] settings =
            ["size=64", "patch=16", "width=16", "depth=1", "heads=2", "mlp-width=16", "gaussians=2", "code=128", "decoder-layers=4", "batch-size=4", "max-epochs=1"];
        Trainer.Run(new TrainRequest(data, model) { Settings = settings }, cancellation: TestContext.Current.CancellationToken);
        string[] pictures = [.. Directory.GetFiles(Path.Combine(data, "train", "good")).Order(StringComparer.Ordinal)];
        string[] list = [.. Enumerable.Range(0, Warm + Counted).Select(index => pictures[index % pictures.Length])];
        using Inspector inspector = Inspector.Load(model);
        long before = 0;
        long returned = 0;
        int seen = 0;
        foreach (InspectionOutcome outcome in inspector.InspectAll(list, TestContext.Current.CancellationToken))
        {
            if (++seen == Warm)
            {
                before = GC.GetTotalAllocatedBytes(precise: true);
            }
            else if (seen > Warm)
            {
                returned += (sizeof(float) * (long)outcome.Inspection!.Map.Values.Length) + outcome.Rgb!.Length;
            }
        }

        long each = (GC.GetTotalAllocatedBytes(precise: true) - before - returned) / Counted;
        TestContext.Current.TestOutputHelper?.WriteLine($"{each} bytes a picture beyond {returned / Counted} returned");
        Assert.InRange(each, 0, Allowed);
    }
}

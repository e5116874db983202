using GoNoGo.Detection.Backbones;
using GoNoGo.Detection.Features;
using GoNoGo.Detection.Models;
using GoNoGo.Tensors;
using Xunit;

namespace GoNoGo.Detection.Tests.Features;

public sealed class FeatureBatchesTests
{
    [Fact]
    public void BatchesAreTheFeaturesInTheOrderAskedFor()
    {
        var features = new Numbered(7);
        int[] order = [6, 0, 3, 3, 1, 5, 2];
        var seen = new List<float>();
        var sizes = new List<int>();
        foreach (Tensor[] batch in new FeatureBatches(features).Read(order, 3, CancellationToken.None))
        {
            Assert.Equal(2, batch.Length);
            Assert.Equal(new Shape(batch[0].Shape[0], 2, 2, 2), batch[0].Shape);
            Assert.Equal(new Shape(batch[0].Shape[0], 3, 1, 1), batch[1].Shape);
            sizes.Add(batch[0].Shape[0]);
            for (int b = 0; b < batch[0].Shape[0]; b++)
            {
                seen.Add(batch[0][b].Span[7]);
                Assert.Equal(batch[0][b].Span[7] + 1000, batch[1][b].Span[2]);
            }
        }

        Assert.Equal([3, 3, 1], sizes);
        Assert.Equal(order.Select(index => (float)index), seen);
    }

    [Fact]
    public void ThereMayBeNothingToRead() => Assert.Empty(new FeatureBatches(new Numbered(0)).Read(null, 4, CancellationToken.None));

    [Fact]
    public void AReaderMayStopEarlyAndMayBeCancelled()
    {
        var batches = new FeatureBatches(new Numbered(9));
        Assert.Single(batches.Read(null, 2, CancellationToken.None).Take(1));
        using var cancellation = new CancellationTokenSource();
        Assert.Throws<OperationCanceledException>(() =>
        {
            foreach (Tensor[] _ in batches.Read(null, 2, cancellation.Token))
            {
                cancellation.Cancel();
            }
        });
    }

    [Fact]
    public void AFeatureThatIsNoNumberIsRefusedByTheNameOfItsLevel()
    {
        ModelException exception = Assert.Throws<ModelException>(() =>
            new FeatureBatches(new Numbered(5) { Damaged = 4 }).Read(null, 2, CancellationToken.None).Count());
        Assert.Contains("features at 'coarse' that are no numbers", exception.Message, StringComparison.Ordinal);
    }

    /// <summary>Two levels; every value of the first is the picture's number, of the second 1000 more.</summary>
    private sealed class Numbered(int count) : IFeatureSource
    {
        public int Damaged { get; init; } = -1;

        public int Count => count;

        public IReadOnlyList<FeatureLevel> Levels { get; } =
            [new FeatureLevel("fine", 2, 8, 2, 2, FeatureLayout.Maps), new FeatureLevel("coarse", 3, 16, 1, 1, FeatureLayout.Maps)];

        public void Read(int index, int level, Span<float> destination) =>
            destination.Fill(index == Damaged && level == 1 ? float.NaN : index + (1000 * level));
    }
}

using FsCheck;
using FsCheck.Fluent;
using GoNoGo.Evaluation.Metrics.Pixel;
using GoNoGo.Evaluation.Regions;
using GoNoGo.Testing.Reference;

namespace GoNoGo.Evaluation.Tests.Regions;

public sealed class ConnectedComponentsTests
{
    private static readonly Arbitrary<(byte[] Mask, int Width, int Height)> Masks = Gen.Choose(1, 24)
        .SelectMany(width => Gen.Choose(1, 24), (width, height) => (width, height))
        .SelectMany(
            size => Gen.Elements<byte>(0, 0, 1, 255).ArrayOf(size.width * size.height),
            (size, mask) => (mask, size.width, size.height))
        .ToArbitrary();

    [Fact]
    public void LabelsAgreeWithFlooding() => Prop.ForAll(Masks, input =>
    {
        var labels = new int[input.Mask.Length];
        int count = ConnectedComponents.Label(input.Mask, input.Width, input.Height, labels);
        List<List<int>> regions = MetricReference.Regions(input.Mask, input.Width, input.Height);
        Assert.Equal(regions.Count, count);
        Assert.Equal(count, ConnectedComponents.Count(input.Mask, input.Width, input.Height));
        var expected = new int[labels.Length];
        for (int region = 0; region < regions.Count; region++)
        {
            foreach (int pixel in regions[region])
            {
                expected[pixel] = region + 1;
            }
        }

        Assert.Equal(expected, labels);
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void DiagonalNeighboursBelongTogether()
    {
        Assert.Equal(1, ConnectedComponents.Count([1, 0, 0, 0, 1, 0, 0, 0, 1], 3, 3));
        Assert.Equal(1, ConnectedComponents.Count([0, 1, 1, 0], 2, 2));
        Assert.Equal(2, ConnectedComponents.Count([1, 0, 1, 1, 0, 1], 3, 2));
    }

    [Fact]
    public void ARowsEndDoesNotTouchTheNextRowsStart() =>
        Assert.Equal(2, ConnectedComponents.Count([0, 0, 0, 1, 1, 0, 0, 0], 4, 2));

    [Fact]
    public void ASpiralIsOneRegion()
    {
        const int size = 41;
        var mask = new byte[size * size];
        (int row, int column, int down, int right) = (0, 0, 0, 1);
        for (int step = 0; step < size * size; step++)
        {
            mask[(row * size) + column] = 1;
            bool Blocked(int r, int c) => r < 0 || c < 0 || r >= size || c >= size || mask[(r * size) + c] != 0;
            if (Blocked(row + down, column + right) || Blocked(row + (2 * down), column + (2 * right)) && !Edge(row + (2 * down), column + (2 * right)))
            {
                (down, right) = (right, -down);
                if (Blocked(row + down, column + right))
                {
                    break;
                }
            }

            (row, column) = (row + down, column + right);
        }

        Assert.Equal(MetricReference.Regions(mask, size, size).Count, ConnectedComponents.Count(mask, size, size));
        Assert.Equal(1, ConnectedComponents.Count(mask, size, size));

        static bool Edge(int r, int c) => r < 0 || c < 0 || r >= size || c >= size;
    }

    [Fact]
    public void WrongSizesAreRefused()
    {
        Assert.Throws<ArgumentException>(() => ConnectedComponents.Count([1, 0], 3, 1));
        Assert.Throws<ArgumentException>(() => ConnectedComponents.Label([1, 0], 2, 1, new int[3]));
    }

    [Fact]
    public void RegionsAndTheirOverlapsAreReported()
    {
        using var metrics = new PixelMetrics();
        metrics.Add([9f, 9f], [], 2, 1);
        metrics.Add(
            [
                1, 2, 0, 0,
                0, 3, 0, 5,
                0, 0, 0, 0.5f,
            ],
            [
                1, 0, 0, 0,
                0, 1, 0, 1,
                0, 0, 0, 1,
            ],
            4,
            3);
        Assert.Equal(
            [new DefectRegion(1, 0, 0, 2, 2, 2, 3), new DefectRegion(1, 3, 1, 1, 2, 2, 5)],
            metrics.Regions);
        Assert.Equal([1, 0.5], metrics.RegionOverlaps(1).Select(overlap => overlap.Overlap));
        Assert.Equal([1, 1], metrics.RegionOverlaps(2).Select(overlap => overlap.Found));
        Assert.Equal([0, 0], metrics.RegionOverlaps(5.5f).Select(overlap => overlap.Found));
        Assert.Throws<ArgumentException>(() => metrics.RegionOverlaps(float.NaN));
    }
}

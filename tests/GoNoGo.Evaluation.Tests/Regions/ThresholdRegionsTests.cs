using FsCheck;
using FsCheck.Fluent;
using GoNoGo.Evaluation.Regions;
using GoNoGo.Testing.Reference;

namespace GoNoGo.Evaluation.Tests.Regions;

public sealed class ThresholdRegionsTests
{
    private static readonly Arbitrary<(float[] Map, int Width, int Height)> Maps = Gen.Choose(1, 20)
        .SelectMany(width => Gen.Choose(1, 20), (width, height) => (width, height))
        .SelectMany(
            size => Gen.Elements(-1f, 0f, 0.5f, 1f, 2f, 3f, float.NaN, float.PositiveInfinity).ArrayOf(size.width * size.height),
            (size, map) => (map, size.width, size.height))
        .ToArbitrary();

    [Fact]
    public void RegionsAreThoseOfFlooding() => Prop.ForAll(Maps, input =>
    {
        (float[] map, int width, int height) = input;
        byte[] mask = [.. map.Select(value => value >= 1 ? (byte)1 : (byte)0)];
        ThresholdRegion[] expected =
        [
            .. MetricReference.Regions(mask, width, height).Select(pixels =>
            {
                int peak = pixels.Order().MaxBy(pixel => map[pixel]);
                int left = pixels.Min(pixel => pixel % width);
                int top = pixels.Min(pixel => pixel / width);
                return new ThresholdRegion(
                    left, top, pixels.Max(pixel => pixel % width) + 1 - left, pixels.Max(pixel => pixel / width) + 1 - top, pixels.Count, map[peak], peak % width, peak / width);
            }).OrderByDescending(region => region.Peak).ThenByDescending(region => region.Area),
        ];
        (IReadOnlyList<ThresholdRegion> all, int count) = ThresholdRegions.Find(map, width, height, 1, int.MaxValue);
        Assert.Equal(expected, all);
        Assert.Equal(expected.Length, count);
        (IReadOnlyList<ThresholdRegion> some, int same) = ThresholdRegions.Find(map, width, height, 1, 2);
        Assert.Equal(expected.Take(2), some);
        Assert.Equal(count, same);
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void TheThresholdItselfIsInside_AndWhatIsNotJudgedIsNot()
    {
        Assert.Equal(1, ThresholdRegions.Find([1f], 1, 1, 1, 9).Count);
        Assert.Equal(0, ThresholdRegions.Find([MathF.BitDecrement(1)], 1, 1, 1, 9).Count);
        Assert.Equal(2, ThresholdRegions.Find([2f, float.NaN, 2f], 3, 1, 1, 9).Count);
        Assert.Equal(0, ThresholdRegions.Find([], 0, 0, 1, 9).Count);
    }

    [Fact]
    public void BadInputsAreRefused()
    {
        Assert.Throws<ArgumentException>(() => ThresholdRegions.Find([1f], 2, 1, 1, 9));
        Assert.Throws<ArgumentException>(() => ThresholdRegions.Find([1f], 1, 1, float.NaN, 9));
        Assert.Throws<ArgumentException>(() => ThresholdRegions.Find([1f], 1, 1, 1, -1));
    }
}

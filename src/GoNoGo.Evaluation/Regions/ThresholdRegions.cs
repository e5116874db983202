using System.Buffers;
using System.Globalization;

namespace GoNoGo.Evaluation.Regions;

/// <summary>The 8-connected regions of an anomaly map at or above a threshold.</summary>
public static class ThresholdRegions
{
    /// <summary>Finds them.</summary>
    /// <param name="map">The map <c>[height, width]</c>; NaN, where nothing is judged, belongs to no region.</param>
    /// <param name="width">Columns.</param>
    /// <param name="height">Rows.</param>
    /// <param name="threshold">The smallest value that belongs to a region.</param>
    /// <param name="most">How many are returned at most.</param>
    /// <returns>The regions with the highest peaks, highest first (of equal ones the larger, then the one met first row by row), and the number of all.</returns>
    /// <exception cref="ArgumentException">The map does not have width * height values, the threshold is NaN, or <paramref name="most"/> is negative.</exception>
    public static (IReadOnlyList<ThresholdRegion> Highest, int Count) Find(ReadOnlySpan<float> map, int width, int height, float threshold, int most)
    {
        if (width < 0 || height < 0 || (long)width * height != map.Length || float.IsNaN(threshold) || most < 0)
        {
            throw new ArgumentException(string.Create(
                CultureInfo.InvariantCulture,
                $"{nameof(ThresholdRegions)}: expected a map of {width} x {height} values, a threshold that is a number and most from 0, got {map.Length} values, {threshold} and {most}."));
        }

        byte[] mask = ArrayPool<byte>.Shared.Rent(map.Length);
        try
        {
            bool any = false;
            for (int i = 0; i < map.Length; i++)
            {
                bool marked = map[i] >= threshold;
                mask[i] = marked ? (byte)1 : (byte)0;
                any |= marked;
            }

            return any ? Measure(map, mask.AsSpan(0, map.Length), width, height, most) : ([], 0);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(mask);
        }
    }

    private static (IReadOnlyList<ThresholdRegion> Highest, int Count) Measure(ReadOnlySpan<float> map, ReadOnlySpan<byte> mask, int width, int height, int most)
    {
        var runs = new RegionRuns();
        runs.Scan(mask, width, height);
        var found = new ThresholdRegion[runs.RegionCount];
        foreach (RegionRun run in runs.Runs)
        {
            ref ThresholdRegion region = ref found[run.Region];
            region = region.Area == 0 ? new ThresholdRegion(run.Start, run.Row, run.End - run.Start, 1, 0, float.NegativeInfinity, run.Start, run.Row) : region.Around(run);
            region = region with { Area = region.Area + run.End - run.Start };
            for (int x = run.Start; x < run.End; x++)
            {
                float value = map[(run.Row * width) + x];
                if (value > region.Peak)
                {
                    region = region with { Peak = value, PeakX = x, PeakY = run.Row };
                }
            }
        }

        // Stable: of equal ones the first.
        return ([.. found.OrderByDescending(region => region.Peak).ThenByDescending(region => region.Area).Take(most)], found.Length);
    }
}

/// <summary>A region of an anomaly map at or above a threshold, in map pixels.</summary>
/// <param name="Left">First column of the bounding box.</param>
/// <param name="Top">First row of the bounding box.</param>
/// <param name="Width">Columns of the bounding box.</param>
/// <param name="Height">Rows of the bounding box.</param>
/// <param name="Area">Number of pixels.</param>
/// <param name="Peak">The largest value.</param>
/// <param name="PeakX">Its column.</param>
/// <param name="PeakY">Its row; of several the first, row by row.</param>
public readonly record struct ThresholdRegion(int Left, int Top, int Width, int Height, int Area, float Peak, int PeakX, int PeakY)
{
    /// <summary>With the bounding box around a run too.</summary>
    internal ThresholdRegion Around(RegionRun run)
    {
        int left = Math.Min(Left, run.Start);
        return this with { Left = left, Width = Math.Max(Left + Width, run.End) - left, Height = run.Row + 1 - Top };
    }
}

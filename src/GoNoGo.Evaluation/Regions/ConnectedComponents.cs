using System.Globalization;

namespace GoNoGo.Evaluation.Regions;

/// <summary>The 8-connected components of a mask: the defect regions that AU-PRO weighs equally.</summary>
public static class ConnectedComponents
{
    /// <summary>How many regions a mask <c>[height, width]</c> has; any value but 0 is defective.</summary>
    /// <exception cref="ArgumentException">The mask does not have width * height values.</exception>
    public static int Count(ReadOnlySpan<byte> mask, int width, int height)
    {
        Check(mask.Length, nameof(mask), width, height);
        var runs = new RegionRuns();
        runs.Scan(mask, width, height);
        return runs.RegionCount;
    }

    /// <summary>
    /// Writes for every pixel of a mask <c>[height, width]</c> the number of its region, from 1 in the order of the
    /// regions' first pixels, or 0 outside; returns how many regions there are.
    /// </summary>
    /// <exception cref="ArgumentException">The mask or the destination does not have width * height values.</exception>
    public static int Label(ReadOnlySpan<byte> mask, int width, int height, Span<int> destination)
    {
        Check(mask.Length, nameof(mask), width, height);
        Check(destination.Length, nameof(destination), width, height);
        var runs = new RegionRuns();
        runs.Scan(mask, width, height);
        destination.Clear();
        foreach (RegionRun run in runs.Runs)
        {
            destination.Slice((run.Row * width) + run.Start, run.End - run.Start).Fill(run.Region + 1);
        }

        return runs.RegionCount;
    }

    private static void Check(int length, string argument, int width, int height)
    {
        if (width < 0 || height < 0 || (long)width * height != length)
        {
            throw new ArgumentException(string.Create(
                CultureInfo.InvariantCulture,
                $"{nameof(ConnectedComponents)}: {argument}: expected {width} x {height} values, got {length}."));
        }
    }
}

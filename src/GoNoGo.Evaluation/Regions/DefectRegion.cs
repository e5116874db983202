namespace GoNoGo.Evaluation.Regions;

/// <summary>One 8-connected region of a ground-truth mask and what an anomaly map makes of it.</summary>
/// <param name="ImageIndex">Which image, in the order in which maps were added, from 0.</param>
/// <param name="Left">First column of the bounding box, in map pixels.</param>
/// <param name="Top">First row of the bounding box, in map pixels.</param>
/// <param name="Width">Columns of the bounding box.</param>
/// <param name="Height">Rows of the bounding box.</param>
/// <param name="Area">Number of pixels.</param>
/// <param name="MaxScore">The highest score in the region.</param>
public readonly record struct DefectRegion(int ImageIndex, int Left, int Top, int Width, int Height, int Area, float MaxScore);

/// <summary>How much of a region an anomaly map finds at a threshold.</summary>
/// <param name="Region">The region.</param>
/// <param name="Found">How many of its pixels have score >= threshold.</param>
public readonly record struct RegionOverlap(DefectRegion Region, int Found)
{
    /// <summary>The share of the region's pixels with score >= threshold, from 0 to 1.</summary>
    public double Overlap => (double)Found / Region.Area;
}

namespace GoNoGo.Evaluation.Metrics.Pixel;

/// <summary>
/// What a pixel of a region adds to the sum of overlaps: 1 / area, as a fixed-point number with 96 binary places. Sums of
/// integers do not depend on the order of images or pixels, and 2^-96 per pixel is far below what a double can show.
/// </summary>
internal static class RegionWeights
{
    private const int Places = 96;

    /// <summary>2^96, exactly.</summary>
    private const double One = 79228162514264337593543950336d;

    public static UInt128 OfArea(int area) => ((UInt128.One << Places) + (UInt128)(uint)(area / 2)) / (UInt128)(uint)area;

    /// <summary>The mean overlap of <paramref name="regions"/> regions from the sum of weights.</summary>
    public static double MeanOverlap(UInt128 sum, int regions) => (double)sum / One / regions;
}

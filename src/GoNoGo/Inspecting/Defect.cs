using System.Collections;
using GoNoGo.Evaluation.Regions;
using GoNoGo.Vision.Imaging;

namespace GoNoGo.Inspecting;

/// <summary>
/// A place where a part looks defective: an 8-connected region of the anomaly map at or above the pixel threshold, in pixels of the
/// picture. What the map does not resolve is not finer here: a map pixel may be several pixels of the picture.
/// </summary>
/// <param name="X">Left edge of the bounding box.</param>
/// <param name="Y">Top edge of the bounding box.</param>
/// <param name="Width">Width of the bounding box.</param>
/// <param name="Height">Height of the bounding box.</param>
/// <param name="Area">Pixels of the region, at least 1.</param>
/// <param name="Share">The share of the picture's pixels that it has, 0 to 1.</param>
/// <param name="Peak">The largest map value in it.</param>
/// <param name="PeakX">Where that is: the pixel in the middle of the map pixel.</param>
/// <param name="PeakY">Its row.</param>
public sealed record Defect(int X, int Y, int Width, int Height, long Area, double Share, float Peak, int PeakX, int PeakY);

/// <summary>The defects of a picture with the highest peaks, highest first.</summary>
public sealed class DefectList : IReadOnlyList<Defect>
{
    /// <summary>How many are listed at most.</summary>
    public const int Most = 20;

    private readonly Defect[] _strongest;

    private DefectList(Defect[] strongest, int total) => (_strongest, Total) = (strongest, total);

    /// <summary>How many there are in all; the list ends after <see cref="Most"/>.</summary>
    public int Total { get; }

    /// <inheritdoc/>
    public int Count => _strongest.Length;

    /// <inheritdoc/>
    public Defect this[int index] => _strongest[index];

    /// <inheritdoc/>
    public IEnumerator<Defect> GetEnumerator() => ((IEnumerable<Defect>)_strongest).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => _strongest.GetEnumerator();

    /// <summary>Finds them; null without a pixel threshold.</summary>
    /// <param name="map">The map <c>[height, width]</c>; NaN where nothing is judged.</param>
    /// <param name="width">Columns of the map.</param>
    /// <param name="height">Rows of the map.</param>
    /// <param name="pixelThreshold">The map value from which a pixel counts as defective.</param>
    /// <param name="covered">The part of the picture that the map covers.</param>
    /// <param name="pictureWidth">Width of the picture.</param>
    /// <param name="pictureHeight">Height of the picture.</param>
    internal static DefectList? Find(
        ReadOnlySpan<float> map, int width, int height, float? pixelThreshold, PictureRegion covered, int pictureWidth, int pictureHeight)
    {
        if (pixelThreshold is not { } threshold)
        {
            return null;
        }

        (IReadOnlyList<ThresholdRegion> highest, int count) = ThresholdRegions.Find(map, width, height, threshold, Most);
        double scaleX = covered.Width / width;
        double scaleY = covered.Height / height;
        return new DefectList([.. highest.Select(Scaled)], count);

        Defect Scaled(ThresholdRegion region)
        {
            int left = Clamped(Math.Floor(covered.X + (region.Left * scaleX)), pictureWidth - 1);
            int top = Clamped(Math.Floor(covered.Y + (region.Top * scaleY)), pictureHeight - 1);
            int right = Math.Max(left + 1, Clamped(Math.Ceiling(covered.X + ((region.Left + region.Width) * scaleX)), pictureWidth));
            int bottom = Math.Max(top + 1, Clamped(Math.Ceiling(covered.Y + ((region.Top + region.Height) * scaleY)), pictureHeight));
            double area = region.Area * scaleX * scaleY;
            return new Defect(
                left, top, right - left, bottom - top, Math.Max(1, (long)Math.Round(area)), Math.Min(1, area / ((double)pictureWidth * pictureHeight)), region.Peak,
                Clamped(Math.Floor(covered.X + ((region.PeakX + 0.5) * scaleX)), pictureWidth - 1),
                Clamped(Math.Floor(covered.Y + ((region.PeakY + 0.5) * scaleY)), pictureHeight - 1));
        }

        static int Clamped(double value, int most) => (int)Math.Clamp(value, 0, most);
    }
}

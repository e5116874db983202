using GoNoGo.Inspecting;
using GoNoGo.Vision.Imaging;
using GoNoGo.Vision.Imaging.Drawing;

namespace GoNoGo.Reports;

/// <summary>A heat map over its picture, with a thin line around what lies at or above the pixel threshold, and hatching where nothing is judged.</summary>
internal static class HeatOverlay
{
    /// <summary>Of how many defects the boxes are drawn: more would hide what they surround.</summary>
    public const int MostBoxes = 5;

    private const int Gap = 1;

    /// <summary>Draws; the map covers <paramref name="region"/> of the picture.</summary>
    /// <returns>An 8-bit RGB picture of the picture's size, the caller's to dispose.</returns>
    public static Image Draw(Image picture, float[] map, int mapWidth, int mapHeight, PictureRegion region, HeatScale scale)
    {
        Image drawn = Overlay.HeatMap(picture, map, mapWidth, mapHeight, region, scale.Low, scale.High);
        var above = new byte[map.Length];
        for (int i = 0; i < map.Length; i++)
        {
            above[i] = map[i] >= scale.Threshold ? (byte)1 : (byte)0;
        }

        Overlay.Hatch(drawn, map, mapWidth, mapHeight, region);
        Overlay.Outline(drawn, above, mapWidth, mapHeight, region, Rgb.White);
        return drawn;
    }

    /// <summary>Draws boxes around the strongest defects into a picture that shows a region of the inspected one.</summary>
    /// <param name="drawn">An 8-bit RGB picture; changed in place.</param>
    /// <param name="defects">The defects; null: none.</param>
    /// <param name="shown">What of the inspected picture it shows.</param>
    public static void Boxes(Image drawn, DefectList? defects, MapRegion shown)
    {
        double scaleX = drawn.Width / shown.Width;
        double scaleY = drawn.Height / shown.Height;
        foreach (Defect defect in (defects ?? Enumerable.Empty<Defect>()).Take(MostBoxes).Reverse())
        {
            int left = (int)Math.Floor((defect.X - shown.X) * scaleX);
            int top = (int)Math.Floor((defect.Y - shown.Y) * scaleY);
            int right = (int)Math.Ceiling((defect.X + defect.Width - shown.X) * scaleX);
            int bottom = (int)Math.Ceiling((defect.Y + defect.Height - shown.Y) * scaleY);
            // A gap beside the white line of the region.
            Overlay.Box(drawn, left - Gap, top - Gap, Math.Max(right, left + 1) + Gap, Math.Max(bottom, top + 1) + Gap, Rgb.Box);
        }
    }

    /// <summary>All of a picture.</summary>
    public static PictureRegion Whole(Image picture) => new(0, 0, picture.Width, picture.Height);
}

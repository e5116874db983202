using GoNoGo.Vision.Imaging;
using GoNoGo.Vision.Imaging.Drawing;

namespace GoNoGo.Reports;

/// <summary>A heat map over its picture, with a thin line around what lies at or above the pixel threshold, and hatching where nothing is judged.</summary>
internal static class HeatOverlay
{
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

    /// <summary>All of a picture.</summary>
    public static PictureRegion Whole(Image picture) => new(0, 0, picture.Width, picture.Height);
}

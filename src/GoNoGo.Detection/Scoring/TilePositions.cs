using System.Globalization;
using GoNoGo.Detection.Detectors;
using GoNoGo.Detection.Options;

namespace GoNoGo.Detection.Scoring;

/// <summary>The positions that have a network each.</summary>
public static class TilePositions
{
    /// <summary>The numbers of the tiles that hold a judged pixel in pictures of a size.</summary>
    /// <exception cref="OptionException">There are more than <see cref="TileSettings.MostPositions"/>.</exception>
    public static int[] Of(PictureFrame frame, int width, int height)
    {
        ArgumentNullException.ThrowIfNull(frame);
        FrameView view = frame.ViewOf(width, height);
        int[] tiles = view.Grid!.Value.Count > TileSettings.MostPositions * 16 ? [] : [.. view.JudgedTiles()];
        return tiles.Length is > 0 and <= TileSettings.MostPositions
            ? tiles
            : throw new OptionException(string.Create(
                CultureInfo.InvariantCulture,
                $"tile-model=per-position takes at most {TileSettings.MostPositions} positions, and pictures of {width} x {height} have {(tiles.Length > 0 ? tiles.Length : view.Grid.Value.Count)} tiles; choose a larger tile, or tile-model=shared"));
    }
}

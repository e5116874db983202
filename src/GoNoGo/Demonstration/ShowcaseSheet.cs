using GoNoGo.Evaluating;
using GoNoGo.Reports;
using GoNoGo.Tensors.Formats;
using GoNoGo.Vision.Imaging;
using GoNoGo.Vision.Imaging.Drawing;
using GoNoGo.Vision.Imaging.Png;

namespace GoNoGo.Demonstration;

/// <summary>A picture for a README: two or three defective parts, each as picture, heat map and mask, in rows.</summary>
internal static class ShowcaseSheet
{
    private const int MostBytes = 300_000;
    private const int MostParts = 3;
    private const int Gap = 6;

    // Camera noise hardly compresses: the largest of these whose file stays under the limit.
    private static readonly int[] Sides = [256, 224, 192, 160, 128, 96];

    /// <summary>Writes the sheet; nothing where no part can be shown.</summary>
    public static void Write(EvaluationResult evaluation, string data, string path)
    {
        ShowcasePicture[] parts = Choose(evaluation);
        if (parts.Length == 0)
        {
            return;
        }

        foreach (int side in Sides)
        {
            byte[] encoded = Encode(evaluation, parts, data, side);
            if (encoded.Length < MostBytes || side == Sides[^1])
            {
                AtomicFile.WriteAllBytes(path, encoded);
                return;
            }
        }
    }

    /// <summary>Of the clearest parts one of each kind: found ones first, and of those the smaller defects, which tell more.</summary>
    private static ShowcasePicture[] Choose(EvaluationResult evaluation) =>
    [
        .. evaluation.Showcase
            .Where(shown => shown is { Group: ShowcaseGroup.Best, Mask: not null })
            .GroupBy(shown => shown.Picture.DefectKind)
            .Select(kind => kind.First())
            .OrderBy(shown => shown.Picture.IsNoGo == false)
            .ThenBy(shown => shown.Mask!.Count(value => value != 0))
            .Take(MostParts),
    ];

    private static byte[] Encode(EvaluationResult evaluation, ShowcasePicture[] parts, string data, int side)
    {
        Image[] rows = [.. parts.Select(part => Row(evaluation, part, data, side))];
        using Image sheet = Stack(rows);
        foreach (Image row in rows)
        {
            row.Dispose();
        }

        return PngEncoder.Encode(sheet, System.IO.Compression.CompressionLevel.SmallestSize);
    }

    private static Image Row(EvaluationResult evaluation, ShowcasePicture part, string data, int side)
    {
        using Image original = ImageDecoder.Load(Path.Combine(data, part.Picture.Name));
        using Image picture = Canvas.Thumbnail(original, side);
        PictureRegion region = evaluation.Manifest.Preprocessing.RegionOf(picture.Width, picture.Height);
        HeatScale scale = evaluation.HeatScale ?? HeatScale.From(part.Map.Max(), []);
        using Image heat = HeatOverlay.Draw(picture, part.Map, part.Width, part.Height, region, scale);
        using Image mask = Mask(part, picture.Width, picture.Height);
        return Canvas.SideBySide([picture, heat, mask], Gap, Rgb.White);
    }

    /// <summary>White on black, at the size of the picture.</summary>
    private static Image Mask(ShowcasePicture part, int width, int height)
    {
        using var small = new Image(part.Width, part.Height, 1, [.. part.Mask!.Select(value => value != 0 ? (byte)255 : (byte)0)]);
        using Image sized = Vision.Imaging.Resizing.ImageResize.Resize(small, width, height);
        return Canvas.ToRgb(sized);
    }

    /// <summary>Pictures of one width below each other.</summary>
    private static Image Stack(Image[] rows)
    {
        int width = rows.Max(row => row.Width);
        Image sheet = Image.Rent(width, rows.Sum(row => row.Height) + (Gap * (rows.Length - 1)), 3);
        sheet.Samples8.AsSpan().Fill(255);
        int top = 0;
        foreach (Image row in rows)
        {
            for (int y = 0; y < row.Height; y++)
            {
                row.Samples8.AsSpan(3 * y * row.Width, 3 * row.Width).CopyTo(sheet.Samples8.AsSpan(3 * (top + y) * width));
            }

            top += row.Height + Gap;
        }

        return sheet;
    }
}

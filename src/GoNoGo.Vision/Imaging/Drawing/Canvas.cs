using GoNoGo.Vision.Imaging.Resizing;

namespace GoNoGo.Vision.Imaging.Drawing;

/// <summary>Brings pictures into the form that is drawn on and shown: 8-bit RGB.</summary>
public static class Canvas
{
    /// <summary>A copy as 8-bit RGB: gray replicated, alpha dropped, of 16 bits the upper 8, of floats 0 to 1 as 0 to 255 (limited to it; NaN is 0).</summary>
    public static Image ToRgb(Image picture)
    {
        Image result = Image.Rent(picture.Width, picture.Height, 3);
        Span<byte> target = result.Samples8;
        int channels = picture.Channels;
        int green = channels == 1 ? 0 : 1;
        int blue = channels == 1 ? 0 : 2;
        if (picture.Samples8 is { } samples8)
        {
            if (channels == 3)
            {
                samples8.CopyTo(target);
                return result;
            }

            for (int from = 0, to = 0; to < target.Length; from += channels, to += 3)
            {
                (target[to], target[to + 1], target[to + 2]) = (samples8[from], samples8[from + green], samples8[from + blue]);
            }

            return result;
        }

        if (picture.SamplesFloat is { } samplesFloat)
        {
            for (int from = 0, to = 0; to < target.Length; from += channels, to += 3)
            {
                (target[to], target[to + 1], target[to + 2]) =
                    (ToByte(samplesFloat[from]), ToByte(samplesFloat[from + green]), ToByte(samplesFloat[from + blue]));
            }

            return result;
        }

        ReadOnlySpan<ushort> samples16 = picture.Samples16;
        for (int from = 0, to = 0; to < target.Length; from += channels, to += 3)
        {
            (target[to], target[to + 1], target[to + 2]) =
                ((byte)(samples16[from] >> 8), (byte)(samples16[from + green] >> 8), (byte)(samples16[from + blue] >> 8));
        }

        return result;
    }

    private static byte ToByte(float value) => float.IsNaN(value) ? (byte)0 : (byte)((Math.Clamp(value, 0, 1) * 255) + 0.5f);

    /// <summary>A copy as 8-bit RGB, reduced so that no side is longer than <paramref name="longestSide"/>; smaller pictures keep their size.</summary>
    public static Image Thumbnail(Image picture, int longestSide)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(longestSide, 1);
        double scale = Math.Min((double)longestSide / Math.Max(picture.Width, picture.Height), 1);
        if (scale == 1)
        {
            return ToRgb(picture);
        }

        int width = Math.Max((int)Math.Round(picture.Width * scale), 1);
        int height = Math.Max((int)Math.Round(picture.Height * scale), 1);
        using Image reduced = ImageResize.Resize(picture, width, height);
        return ToRgb(reduced);
    }

    /// <summary>Pictures beside each other, tops aligned.</summary>
    /// <param name="pictures">At least one.</param>
    /// <param name="gap">Pixels between them.</param>
    /// <param name="background">The colour where no picture is.</param>
    /// <exception cref="ArgumentException">No picture, or a negative gap.</exception>
    public static Image SideBySide(ReadOnlySpan<Image> pictures, int gap, Rgb background)
    {
        if (pictures.IsEmpty || gap < 0)
        {
            throw new ArgumentException($"Canvas.SideBySide: {pictures.Length} pictures with a gap of {gap}, expected at least one and a gap of at least 0.", nameof(pictures));
        }

        int width = gap * (pictures.Length - 1);
        int height = 0;
        foreach (Image picture in pictures)
        {
            width = checked(width + picture.Width);
            height = Math.Max(height, picture.Height);
        }

        Image result = Image.Rent(width, height, 3);
        Span<byte> target = result.Samples8;
        for (int i = 0; i < target.Length; i += 3)
        {
            (target[i], target[i + 1], target[i + 2]) = (background.Red, background.Green, background.Blue);
        }

        int left = 0;
        foreach (Image picture in pictures)
        {
            using Image colored = ToRgb(picture);
            for (int y = 0; y < picture.Height; y++)
            {
                colored.Samples8.AsSpan(3 * y * picture.Width, 3 * picture.Width).CopyTo(target[(3 * ((y * width) + left))..]);
            }

            left += picture.Width + gap;
        }

        return result;
    }
}

using System.Numerics;

namespace GoNoGo.Vision.Imaging.Regions;

/// <summary>
/// Cuts a rectangle out of a picture and paints what is not judged in it. The paint is each channel's mean over the judged pixels of
/// that very picture: it lies within the picture's own range whatever its depth and exposure, and nothing that happens in
/// the pixels left out can change it.
/// </summary>
public static class RegionCut
{
    private const int MostChannels = 4;

    /// <summary>The box of a region, with everything that is not judged painted over.</summary>
    /// <param name="image">The picture.</param>
    /// <param name="region">The region at the picture's size.</param>
    /// <returns>A picture of the box's size, the caller's to dispose.</returns>
    /// <exception cref="ArgumentException">The region has another size than the picture.</exception>
    public static Image Run(Image image, JudgedRegion region)
    {
        ArgumentNullException.ThrowIfNull(image);
        ArgumentNullException.ThrowIfNull(region);
        Require(image, region, nameof(Run));
        Image cut = Image.Rent(region.Box.Width, region.Box.Height, image.Channels, image.BitDepth);
        if (image.Samples8 is { } samples8)
        {
            Run<byte>(samples8, image.Channels, region, cut.Samples8);
        }
        else if (image.SamplesFloat is { } samplesFloat)
        {
            Run<float>(samplesFloat, image.Channels, region, cut.SamplesFloat.AsSpan());
        }
        else
        {
            Run<ushort>(image.Samples16, image.Channels, region, cut.Samples16);
        }

        return cut;
    }

    private static void Run<T>(ReadOnlySpan<T> source, int channels, JudgedRegion region, Span<T> target) where T : unmanaged, INumber<T>
    {
        PixelRectangle box = region.Box;
        for (int y = 0; y < box.Height; y++)
        {
            int from = (((box.Y + y) * region.Width) + box.X) * channels;
            source.Slice(from, box.Width * channels).CopyTo(target[(y * box.Width * channels)..]);
        }

        if (region.FillsBox)
        {
            return;
        }

        Span<T> paint = stackalloc T[MostChannels];
        Mean(target, channels, region, paint);
        for (int y = 0; y < box.Height; y++)
        {
            ReadOnlySpan<byte> judged = Row(region, y);
            Span<T> row = target.Slice(y * box.Width * channels, box.Width * channels);
            for (int x = 0; x < judged.Length; x++)
            {
                if (judged[x] == 0)
                {
                    paint[..channels].CopyTo(row[(x * channels)..]);
                }
            }
        }
    }

    private static void Mean<T>(ReadOnlySpan<T> pixels, int channels, JudgedRegion region, Span<T> mean) where T : unmanaged, INumber<T>
    {
        Span<double> sums = stackalloc double[MostChannels];
        sums.Clear();
        for (int y = 0; y < region.Box.Height; y++)
        {
            ReadOnlySpan<byte> judged = Row(region, y);
            int at = y * judged.Length * channels;
            for (int x = 0; x < judged.Length; x++, at += channels)
            {
                for (int channel = 0; channel < channels && judged[x] != 0; channel++)
                {
                    sums[channel] += double.CreateTruncating(pixels[at + channel]);
                }
            }
        }

        for (int channel = 0; channel < channels; channel++)
        {
            double value = sums[channel] / region.Count;
            mean[channel] = T.CreateTruncating(typeof(T) == typeof(float) ? value : Math.Round(value));
        }
    }

    /// <summary>The judged pixels of a row of the box.</summary>
    private static ReadOnlySpan<byte> Row(JudgedRegion region, int y) =>
        region.Judged.Slice(((region.Box.Y + y) * region.Width) + region.Box.X, region.Box.Width);

    /// <summary>The judged pixels alone, one after the other: a picture of a single row, for counting samples.</summary>
    /// <param name="image">The picture.</param>
    /// <param name="region">The region at the picture's size.</param>
    public static Image JudgedPixels(Image image, JudgedRegion region)
    {
        ArgumentNullException.ThrowIfNull(image);
        ArgumentNullException.ThrowIfNull(region);
        Require(image, region, nameof(JudgedPixels));
        Image pixels = Image.Rent(region.Count, 1, image.Channels, image.BitDepth);
        if (image.Samples8 is { } samples8)
        {
            Gather<byte>(samples8, image.Channels, region.Judged, pixels.Samples8);
        }
        else if (image.SamplesFloat is { } samplesFloat)
        {
            Gather<float>(samplesFloat, image.Channels, region.Judged, pixels.SamplesFloat.AsSpan());
        }
        else
        {
            Gather<ushort>(image.Samples16, image.Channels, region.Judged, pixels.Samples16);
        }

        return pixels;
    }

    private static void Gather<T>(ReadOnlySpan<T> source, int channels, ReadOnlySpan<byte> judged, Span<T> target) where T : unmanaged
    {
        int to = 0;
        for (int i = 0; i < judged.Length; i++)
        {
            if (judged[i] != 0)
            {
                source.Slice(i * channels, channels).CopyTo(target[to..]);
                to += channels;
            }
        }
    }

    private static void Require(Image image, JudgedRegion region, string method)
    {
        if (image.Width != region.Width || image.Height != region.Height)
        {
            throw new ArgumentException($"RegionCut.{method}: region of {region.Width} x {region.Height}, expected that of the picture, {image.Width} x {image.Height}.", nameof(region));
        }
    }

    /// <summary>A rectangle of a picture, copied; beyond the right and lower edge the last pixel is repeated.</summary>
    /// <param name="image">The picture.</param>
    /// <param name="rectangle">Begins inside of it.</param>
    public static Image Copy(Image image, PixelRectangle rectangle)
    {
        ArgumentNullException.ThrowIfNull(image);
        if (rectangle.X < 0 || rectangle.Y < 0 || rectangle.X >= image.Width || rectangle.Y >= image.Height || rectangle.Width < 1 || rectangle.Height < 1)
        {
            throw new ArgumentException($"RegionCut.Copy: {rectangle} does not begin in a picture of {image.Width} x {image.Height}.", nameof(rectangle));
        }

        Image copy = Image.Rent(rectangle.Width, rectangle.Height, image.Channels, image.BitDepth);
        if (image.Samples8 is { } samples8)
        {
            Copy<byte>(samples8, image, rectangle, copy.Samples8);
        }
        else if (image.SamplesFloat is { } samplesFloat)
        {
            Copy<float>(samplesFloat, image, rectangle, copy.SamplesFloat.AsSpan());
        }
        else
        {
            Copy<ushort>(image.Samples16, image, rectangle, copy.Samples16);
        }

        return copy;
    }

    private static void Copy<T>(ReadOnlySpan<T> source, Image image, PixelRectangle rectangle, Span<T> target) where T : unmanaged
    {
        int length = rectangle.Width * image.Channels;
        int inside = Math.Min(rectangle.Width, image.Width - rectangle.X) * image.Channels;
        for (int y = 0; y < rectangle.Height; y++)
        {
            int row = Math.Min(rectangle.Y + y, image.Height - 1);
            Span<T> to = target.Slice(y * length, length);
            source.Slice(((row * image.Width) + rectangle.X) * image.Channels, inside).CopyTo(to);
            for (int x = inside; x < length; x += image.Channels)
            {
                to.Slice(inside - image.Channels, image.Channels).CopyTo(to[x..]);
            }
        }
    }
}

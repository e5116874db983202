using System.Globalization;
using System.Security.Cryptography;
using GoNoGo.Vision.Datasets;

namespace GoNoGo.Vision.Imaging.Regions;

/// <summary>
/// Which pixels of a picture are judged: the region of interest without what is ignored. Fixed in the frame of the picture at a
/// reference size (parts are not aligned); pictures of another size take it by the nearest rule.
/// </summary>
public sealed class JudgedRegion
{
    /// <summary>The most pixels a reference picture may have, as for decoded pictures.</summary>
    public const long MostPixels = 512L << 20;

    private readonly byte[] _judged;

    private JudgedRegion(int width, int height, byte[] judged)
    {
        Width = width;
        Height = height;
        _judged = judged;
        (Box, Count) = BoxOf(judged, width, height);
    }

    private JudgedRegion(int width, int height, byte[] judged, PixelRectangle box, int count)
    {
        Width = width;
        Height = height;
        _judged = judged;
        Box = box;
        Count = count;
    }

    /// <summary>Width of the reference picture.</summary>
    public int Width { get; }

    /// <summary>Height of the reference picture.</summary>
    public int Height { get; }

    /// <summary>The smallest rectangle that holds all judged pixels: the part of the picture that a network sees.</summary>
    public PixelRectangle Box { get; }

    /// <summary>Number of judged pixels.</summary>
    public int Count { get; }

    /// <summary>Whether every pixel of the box is judged.</summary>
    public bool FillsBox => Count == (long)Box.Width * Box.Height;

    /// <summary><c>[Height, Width]</c>: 1 for judged, 0 for not judged.</summary>
    public ReadOnlySpan<byte> Judged => _judged;

    /// <summary>A region out of what a user gave.</summary>
    /// <param name="interest">What is judged; null: the whole picture.</param>
    /// <param name="ignored">What is not judged in it; null: nothing.</param>
    /// <param name="pictureWidth">Width of the training pictures: the reference size where no mask file has one.</param>
    /// <param name="pictureHeight">Their height.</param>
    /// <returns>Null where both are null.</returns>
    /// <exception cref="DatasetException">Rectangles outside of the picture, masks of two sizes, or no pixel left to judge.</exception>
    /// <exception cref="ImageFormatException">A mask file cannot be decoded.</exception>
    public static JudgedRegion? Make(RegionSource? interest, RegionSource? ignored, int pictureWidth, int pictureHeight)
    {
        if (interest is null && ignored is null)
        {
            return null;
        }

        using Image? interestMask = interest?.LoadMask();
        using Image? ignoredMask = ignored?.LoadMask();
        if (interestMask is not null && ignoredMask is not null
            && (interestMask.Width != ignoredMask.Width || interestMask.Height != ignoredMask.Height))
        {
            throw new DatasetException(string.Create(
                CultureInfo.InvariantCulture,
                $"the mask of the region of interest has {interestMask.Width} x {interestMask.Height} pixels and that of the ignored region {ignoredMask.Width} x {ignoredMask.Height}; draw both on one picture."));
        }

        Image? sized = interestMask ?? ignoredMask;
        int width = sized?.Width ?? pictureWidth;
        int height = sized?.Height ?? pictureHeight;
        byte[] judged = interest?.Draw("region of interest", interestMask, width, height) ?? Ones(width * height);
        if (ignored is not null)
        {
            byte[] holes = ignored.Draw("ignored region", ignoredMask, width, height);
            for (int i = 0; i < judged.Length; i++)
            {
                judged[i] = (byte)(judged[i] & ~holes[i] & 1);
            }
        }

        return Of(width, height, judged)
            ?? throw new DatasetException("no pixel is left to judge: the ignored region covers all of the region of interest; make it smaller.");
    }

    /// <summary>A region over a bitmap of judged pixels, <c>[height, width]</c>, which is not copied; null where it is all zero.</summary>
    /// <exception cref="ArgumentException">The sizes do not fit.</exception>
    public static JudgedRegion? Of(int width, int height, byte[] judged)
    {
        ArgumentNullException.ThrowIfNull(judged);
        if (width < 1 || height < 1 || (long)width * height != judged.Length)
        {
            throw new ArgumentException($"JudgedRegion: {judged.Length} values, expected [{height}, {width}].", nameof(judged));
        }

        return judged.AsSpan().IndexOfAnyExcept((byte)0) < 0 ? null : new JudgedRegion(width, height, judged);
    }

    /// <summary>The region in a picture of another size: each pixel as the nearest of the reference; null where none is judged.</summary>
    public JudgedRegion? ScaledTo(int width, int height)
    {
        if (width == Width && height == Height)
        {
            return this;
        }

        var scaled = new byte[checked(width * height)];
        for (int y = 0; y < height; y++)
        {
            long row = ((2L * y) + 1) * Height / (2L * height) * Width;
            for (int x = 0; x < width; x++)
            {
                scaled[(y * width) + x] = _judged[row + (((2L * x) + 1) * Width / (2L * width))];
            }
        }

        return Of(width, height, scaled);
    }

    /// <summary>The same pixels in a box grown to multiples of a step, so that it can be cut out of a picture decoded so many times smaller.</summary>
    /// <param name="step">1, 2, 4 or 8.</param>
    public JudgedRegion AlignedTo(int step)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(step, 1);
        int x = Box.X / step * step;
        int y = Box.Y / step * step;
        int right = Math.Min(Width, Reduced(Box.X + Box.Width, step) * step);
        int bottom = Math.Min(Height, Reduced(Box.Y + Box.Height, step) * step);
        return step == 1 ? this : new JudgedRegion(Width, Height, _judged, new PixelRectangle(x, y, right - x, bottom - y), Count);
    }

    /// <summary>
    /// The region in the same picture decoded so many times smaller: each pixel as the middle one of those that it stands for, in the box of
    /// <see cref="AlignedTo"/>. Null where none is judged.
    /// </summary>
    /// <param name="step">1, 2, 4 or 8.</param>
    public JudgedRegion? ReducedBy(int step)
    {
        PixelRectangle box = AlignedTo(step).Box;
        int width = Reduced(Width, step);
        int height = Reduced(Height, step);
        var judged = new byte[checked(width * height)];
        int count = 0;
        for (int y = 0; y < height; y++)
        {
            int row = Math.Min((y * step) + (step / 2), Height - 1);
            for (int x = 0; x < width; x++)
            {
                byte isJudged = _judged[(row * Width) + Math.Min((x * step) + (step / 2), Width - 1)];
                judged[(y * width) + x] = isJudged;
                count += isJudged;
            }
        }

        var small = new PixelRectangle(box.X / step, box.Y / step, Reduced(box.Width, step), Reduced(box.Height, step));
        return count == 0 ? null : new JudgedRegion(width, height, judged, small, count);
    }

    /// <summary>Eight pixels a byte, the first in the highest bit, rows padded to whole bytes: <c>[Height, ceil(Width / 8)]</c>.</summary>
    public byte[] Pack()
    {
        int stride = (Width + 7) / 8;
        var packed = new byte[stride * Height];
        for (int i = 0; i < _judged.Length; i++)
        {
            if (_judged[i] != 0)
            {
                int x = i % Width;
                packed[(i / Width * stride) + (x / 8)] |= (byte)(0x80 >> (x % 8));
            }
        }

        return packed;
    }

    /// <summary>The reverse of <see cref="Pack"/>; null where the sizes do not fit or no pixel is judged.</summary>
    public static JudgedRegion? Unpack(int width, int height, ReadOnlySpan<byte> packed)
    {
        if (width < 1 || height < 1 || (long)width * height > MostPixels || (((long)width + 7) / 8) * height != packed.Length)
        {
            return null;
        }

        int stride = (width + 7) / 8;
        var judged = new byte[width * height];
        for (int i = 0; i < judged.Length; i++)
        {
            int x = i % width;
            judged[i] = (byte)((packed[(i / width * stride) + (x / 8)] >> (7 - (x % 8))) & 1);
        }

        return Of(width, height, judged);
    }

    /// <summary>SHA-256 over size and judged pixels, in hexadecimal digits: equal for equal regions.</summary>
    public string Hash() => string.Create(CultureInfo.InvariantCulture, $"{Width}x{Height}:{Convert.ToHexStringLower(SHA256.HashData(Pack()))}");

    private static int Reduced(int length, int step) => (length + step - 1) / step;

    private static byte[] Ones(int length)
    {
        var ones = new byte[length];
        ones.AsSpan().Fill(1);
        return ones;
    }

    private static (PixelRectangle Box, int Count) BoxOf(byte[] judged, int width, int height)
    {
        (int left, int top, int right, int bottom, int count) = (width, height, 0, 0, 0);
        for (int y = 0; y < height; y++)
        {
            ReadOnlySpan<byte> row = judged.AsSpan(y * width, width);
            int first = row.IndexOfAnyExcept((byte)0);
            if (first < 0)
            {
                continue;
            }

            left = Math.Min(left, first);
            right = Math.Max(right, row.LastIndexOfAnyExcept((byte)0) + 1);
            top = Math.Min(top, y);
            bottom = y + 1;
            foreach (byte pixel in row)
            {
                count += pixel != 0 ? 1 : 0;
            }
        }

        return (new PixelRectangle(left, top, right - left, bottom - top), count);
    }
}

using GoNoGo.Vision.Imaging;

namespace GoNoGo.Vision.Datasets;

/// <summary>Ground-truth masks from picture files of any kind.</summary>
public static class MaskFile
{
    /// <summary>Reads a mask as one channel of 0 and 255 and checks its size against its picture's.</summary>
    /// <exception cref="DatasetException">The sizes differ.</exception>
    public static Image Load(string path, string picturePath, PictureFormat picture)
    {
        using Image mask = ImageDecoder.Load(path);
        RequireSize(path, mask.Width, mask.Height, picturePath, picture);
        return ToBinary(mask);
    }

    /// <summary>Refuses a mask of another size than its picture.</summary>
    public static void RequireSize(string path, int width, int height, string picturePath, PictureFormat picture)
    {
        if (width != picture.Width || height != picture.Height)
        {
            throw new DatasetException(
                DatasetError.MaskSize, path,
                $"a mask of {picture.Width} x {picture.Height} pixels like its picture '{picturePath}'", $"{width} x {height}",
                "redraw the mask at the picture's size, or remove it");
        }
    }

    /// <summary>One 8-bit channel: 255 where any colour channel is non-zero (alpha does not count), else 0.</summary>
    public static Image ToBinary(Image mask)
    {
        Image binary = Image.Rent(mask.Width, mask.Height, 1);
        if (mask.Samples8 is { } bytes)
        {
            Mark<byte>(bytes, mask.Channels, binary.Samples8!);
        }
        else if (mask.SamplesFloat is { } floats)
        {
            Mark<float>(floats, mask.Channels, binary.Samples8!);
        }
        else
        {
            Mark<ushort>(mask.Samples16!, mask.Channels, binary.Samples8!);
        }

        return binary;
    }

    private static void Mark<T>(ReadOnlySpan<T> samples, int channels, Span<byte> marks) where T : unmanaged, IEquatable<T>
    {
        int colours = Math.Min(channels, 3);
        for (int pixel = 0; pixel < marks.Length; pixel++)
        {
            bool any = samples.Slice(pixel * channels, colours).ContainsAnyExcept(default(T));
            marks[pixel] = any ? (byte)255 : (byte)0;
        }
    }
}

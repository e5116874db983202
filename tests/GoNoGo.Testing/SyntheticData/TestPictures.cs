using System.Buffers.Binary;
using GoNoGo.Vision.Imaging;
using GoNoGo.Vision.Imaging.Png;

namespace GoNoGo.Testing.SyntheticData;

/// <summary>Small picture files for tests.</summary>
public static class TestPictures
{
    /// <summary>A picture whose samples depend on the seed and their place.</summary>
    public static Image Make(int width, int height, int channels, int seed)
    {
        var samples = new byte[width * height * channels];
        for (int index = 0; index < samples.Length; index++)
        {
            samples[index] = (byte)((index * 7) + (seed * 31) + ((index / width) * 3));
        }

        return new Image(width, height, channels, samples);
    }

    /// <summary>A mask with a block of defect in the middle, or none.</summary>
    public static Image Mask(int width, int height, bool empty = false)
    {
        var samples = new byte[width * height];
        for (int y = height / 3; y < height * 2 / 3 && !empty; y++)
        {
            samples.AsSpan((y * width) + (width / 3), width / 3).Fill(255);
        }

        return new Image(width, height, 1, samples);
    }

    /// <summary>A PNG file.</summary>
    public static byte[] Png(int width = 12, int height = 10, int channels = 3, int seed = 0) =>
        PngEncoder.Encode(Make(width, height, channels, seed));

    /// <summary>A mask as a PNG file.</summary>
    public static byte[] MaskPng(int width = 12, int height = 10, bool empty = false) => PngEncoder.Encode(Mask(width, height, empty));

    /// <summary>A 24-bit BMP file of a gray or RGB picture, rows from the bottom up as usual.</summary>
    public static byte[] Bmp(Image image)
    {
        int stride = ((image.Width * 3) + 3) / 4 * 4;
        var file = new byte[54 + (stride * image.Height)];
        file[0] = (byte)'B';
        file[1] = (byte)'M';
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(2), file.Length);
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(10), 54);
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(14), 40);
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(18), image.Width);
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(22), image.Height);
        BinaryPrimitives.WriteInt16LittleEndian(file.AsSpan(26), 1);
        BinaryPrimitives.WriteInt16LittleEndian(file.AsSpan(28), 24);
        byte[] samples = image.Samples8!;
        for (int y = 0; y < image.Height; y++)
        {
            for (int x = 0; x < image.Width; x++)
            {
                for (int channel = 0; channel < 3; channel++)
                {
                    int source = (((y * image.Width) + x) * image.Channels) + (image.Channels == 1 ? 0 : 2 - channel);
                    file[54 + ((image.Height - 1 - y) * stride) + (x * 3) + channel] = samples[source];
                }
            }
        }

        return file;
    }
}

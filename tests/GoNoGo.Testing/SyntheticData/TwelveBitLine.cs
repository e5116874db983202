using GoNoGo.Vision.Imaging;
using GoNoGo.Vision.Imaging.Png;

namespace GoNoGo.Testing.SyntheticData;

/// <summary>
/// A made-up product line of a 12-bit camera in 16-bit files: an evenly lit plate with two marks, and defects six counts of 4096
/// away from the plate. With 8 bits, all pictures are the same.
/// </summary>
public static class TwelveBitLine
{
    /// <summary>Side of the pictures.</summary>
    public const int Size = 48;

    /// <summary>The setting that shows the defects: the plate in the middle of black and white.</summary>
    public const string Intensity = "intensity=980..1020";

    private const int Plate = 1000;
    private const int Contrast = 6;

    /// <summary>Writes a plain folder: <c>good/</c>, <c>bad/</c>, <c>masks/</c>.</summary>
    /// <param name="root">The folder.</param>
    /// <param name="extension">The extension of the pictures, with dot.</param>
    /// <param name="encode">Makes a file of a picture.</param>
    /// <param name="form">Changes a picture before it is encoded; null: 16 bits as they are.</param>
    /// <param name="good">Good pictures.</param>
    /// <param name="bad">Defective pictures.</param>
    public static void Write(string root, string extension, Func<Image, byte[]> encode, Func<Image, Image>? form = null, int good = 40, int bad = 10)
    {
        form ??= picture => picture;
        foreach (string folder in new[] { "good", "bad", "masks" })
        {
            Directory.CreateDirectory(Path.Combine(root, folder));
        }

        var random = new Random(12);
        for (int i = 0; i < good + bad; i++)
        {
            bool defective = i >= good;
            var mask = new byte[Size * Size];
            Image picture = form(new Image(Size, Size, 1, Draw(random, defective ? mask : null)));
            string stem = $"{i:D3}";
            File.WriteAllBytes(Path.Combine(root, defective ? "bad" : "good", stem + extension), encode(picture));
            if (defective)
            {
                File.WriteAllBytes(Path.Combine(root, "masks", stem + ".png"), PngEncoder.Encode(new Image(Size, Size, 1, mask)));
            }
        }
    }

    /// <summary>The upper 8 of 12 bits.</summary>
    public static Image ToEightBits(Image picture) =>
        new(picture.Width, picture.Height, 1, Array.ConvertAll(picture.Samples16!, value => (byte)(value >> 4)));

    /// <summary>The samples as 32-bit floats in volts of a 4.096 V converter.</summary>
    public static Image ToVolts(Image picture) =>
        new(picture.Width, picture.Height, 1, Array.ConvertAll(picture.Samples16!, value => value / 1000f));

    private static ushort[] Draw(Random random, byte[]? defectMask)
    {
        var samples = new ushort[Size * Size];
        int left = random.Next(8, Size - 24);
        int top = random.Next(8, Size - 24);
        int sign = random.Next(2) == 0 ? -1 : 1;
        for (int i = 0; i < samples.Length; i++)
        {
            int x = i % Size;
            int y = i / Size;

            // 1000 - 1 - 6 and 1000 + 1 + 6 are the ends of one step of 8 bits, 992 to 1007.
            int value = Plate + random.Next(-1, 2);
            if (defectMask is not null && x >= left && x < left + 14 && y >= top && y < top + 14)
            {
                defectMask[i] = 255;
                value += sign * Contrast;
            }

            samples[i] = (ushort)(y < 3 ? 200 : y >= Size - 3 ? 4000 : value);
        }

        return samples;
    }
}

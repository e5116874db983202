using System.Text;

namespace GoNoGo.Vision.Imaging;

/// <summary>Tells picture formats apart by their first bytes, the known but unsupported ones included.</summary>
internal static class ImageSignature
{
    /// <summary>The kind of the picture.</summary>
    /// <exception cref="ImageFormatException">Empty, unknown, or a known kind that is not supported; the message says which.</exception>
    public static ImageKind Recognise(ReadOnlySpan<byte> content)
    {
        if (content.IsEmpty)
        {
            throw new ImageFormatException("the file is empty where a picture was expected; restore or remove it.");
        }

        if (StartsWith(content, [0x89, 0x50, 0x4E, 0x47]))
        {
            return ImageKind.Png;
        }

        if (StartsWith(content, [0xFF, 0xD8, 0xFF]))
        {
            return ImageKind.Jpeg;
        }

        if (content.StartsWith("BM"u8))
        {
            return ImageKind.Bmp;
        }

        if (content.Length >= 3 && content[0] == 'P' && content[1] is >= (byte)'1' and <= (byte)'6' && (content[2] <= ' ' || content[2] == '#'))
        {
            return ImageKind.Pnm;
        }

        if (StartsWith(content, [0x49, 0x49, 0x2A, 0x00]) || StartsWith(content, [0x4D, 0x4D, 0x00, 0x2A])
            || StartsWith(content, [0x49, 0x49, 0x2B, 0x00]) || StartsWith(content, [0x4D, 0x4D, 0x00, 0x2B]))
        {
            return ImageKind.Tiff;
        }

        if (UnsupportedName(content) is { } name)
        {
            throw new ImageFormatException($"{name} is not supported yet; convert the picture to PNG, JPEG, TIFF, BMP or PNM.");
        }

        throw new ImageFormatException($"this is no picture of a known kind (PNG, JPEG, TIFF, BMP and PNM are read); it begins with {Describe(content)}.");
    }

    private static string? UnsupportedName(ReadOnlySpan<byte> content)
    {
        if (content.StartsWith("GIF8"u8))
        {
            return "GIF";
        }

        if (content.Length >= 12 && content.StartsWith("RIFF"u8) && content[8..12].SequenceEqual("WEBP"u8))
        {
            return "WebP";
        }

        if (content.Length >= 12 && content[4..8].SequenceEqual("ftyp"u8))
        {
            return content[8..12].SequenceEqual("avif"u8) ? "AVIF" : "HEIF (or another ISO media file)";
        }

        if (StartsWith(content, [0x00, 0x00, 0x00, 0x0C, 0x6A, 0x50]) || StartsWith(content, [0xFF, 0x4F, 0xFF, 0x51]))
        {
            return "JPEG 2000";
        }

        if (StartsWith(content, [0xFF, 0x0A]) || StartsWith(content, [0x00, 0x00, 0x00, 0x0C, 0x4A, 0x58]))
        {
            return "JPEG XL";
        }

        if (content.StartsWith("8BPS"u8))
        {
            return "Photoshop PSD";
        }

        if (content.StartsWith("%PDF"u8))
        {
            return "PDF";
        }

        if (content.Length >= 3 && content[0] == 'P' && content[1] is (byte)'F' or (byte)'f' or (byte)'7' && content[2] <= ' ')
        {
            return content[1] == '7' ? "PAM (P7)" : "PFM (float map)";
        }

        return null;
    }

    private static bool StartsWith(ReadOnlySpan<byte> content, ReadOnlySpan<byte> signature) => content.StartsWith(signature);

    private static string Describe(ReadOnlySpan<byte> content)
    {
        content = content[..Math.Min(content.Length, 8)];
        var text = new StringBuilder("bytes");
        bool printable = true;
        foreach (byte value in content)
        {
            text.Append(' ').Append(value.ToString("X2", System.Globalization.CultureInfo.InvariantCulture));
            printable &= value is >= 0x20 and < 0x7F or (byte)'\n' or (byte)'\r' or (byte)'\t';
        }

        return printable ? $"the text \"{Encoding.ASCII.GetString(content).Trim()}\"" : text.ToString();
    }
}

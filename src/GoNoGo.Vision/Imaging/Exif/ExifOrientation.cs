using System.Buffers.Binary;

namespace GoNoGo.Vision.Imaging.Exif;

/// <summary>Finds the orientation in Exif data, which are a small TIFF file inside of a picture.</summary>
internal static class ExifOrientation
{
    private const int OrientationTag = 0x0112;
    private const int ShortType = 3;
    private const int EntryBytes = 12;

    /// <summary>The orientation, 1 to 8; 1 (upright) where there is none or the data are damaged: a picture can be read without it.</summary>
    /// <param name="exif">The data, from the byte order mark on.</param>
    public static int Read(ReadOnlySpan<byte> exif)
    {
        if (exif.Length < 8 || !(exif.StartsWith("II*\0"u8) || exif.StartsWith("MM\0*"u8)))
        {
            return 1;
        }

        bool little = exif[0] == 'I';
        uint directory = Int(exif[4..], little);
        if (directory > exif.Length - 2)
        {
            return 1;
        }

        exif = exif[(int)directory..];
        int count = Short(exif, little);
        exif = exif[2..];
        for (; count > 0 && exif.Length >= EntryBytes; count--, exif = exif[EntryBytes..])
        {
            if (Short(exif, little) == OrientationTag)
            {
                int value = Short(exif[8..], little);
                return Short(exif[2..], little) == ShortType && value is >= 1 and <= 8 ? value : 1;
            }
        }

        return 1;
    }

    private static int Short(ReadOnlySpan<byte> bytes, bool little) =>
        little ? BinaryPrimitives.ReadUInt16LittleEndian(bytes) : BinaryPrimitives.ReadUInt16BigEndian(bytes);

    private static uint Int(ReadOnlySpan<byte> bytes, bool little) =>
        little ? BinaryPrimitives.ReadUInt32LittleEndian(bytes) : BinaryPrimitives.ReadUInt32BigEndian(bytes);
}

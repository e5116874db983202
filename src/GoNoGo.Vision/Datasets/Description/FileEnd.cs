namespace GoNoGo.Vision.Datasets.Description;

/// <summary>A cheap look at the end of a picture file, to find the ones that were cut off without decoding all of them.</summary>
internal static class FileEnd
{
    private static ReadOnlySpan<byte> PngEnd => [0, 0, 0, 0, (byte)'I', (byte)'E', (byte)'N', (byte)'D', 0xAE, 0x42, 0x60, 0x82];

    /// <summary>
    /// Whether a file should be decoded to be sure: a PNG without its last chunk or a JPEG without its end marker at its end, or a file of an uncompressed
    /// kind that is shorter than its samples. May be wrong in the suspicious direction only for files that decode.
    /// </summary>
    public static bool LooksCutOff(string path, PictureFormat format)
    {
        using FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 1);
        if (path.EndsWith(".png", StringComparison.OrdinalIgnoreCase))
        {
            if (file.Length < PngEnd.Length)
            {
                return true;
            }

            Span<byte> end = stackalloc byte[PngEnd.Length];
            file.Seek(-PngEnd.Length, SeekOrigin.End);
            file.ReadExactly(end);
            return !end.SequenceEqual(PngEnd);
        }

        if (path.EndsWith(".jpg", StringComparison.OrdinalIgnoreCase) || path.EndsWith(".jpeg", StringComparison.OrdinalIgnoreCase))
        {
            if (file.Length < 4)
            {
                return true;
            }

            Span<byte> end = stackalloc byte[2];
            file.Seek(-2, SeekOrigin.End);
            file.ReadExactly(end);
            return !end.SequenceEqual<byte>([0xFF, 0xD9]);
        }

        // Lossy and packed formats are smaller by nature; their decoders will tell.
        bool uncompressed = path.EndsWith(".bmp", StringComparison.OrdinalIgnoreCase) || path.EndsWith("m", StringComparison.OrdinalIgnoreCase);
        return uncompressed && file.Length < (long)format.Width * format.Height * format.Channels * (format.BitDepth / 8);
    }
}

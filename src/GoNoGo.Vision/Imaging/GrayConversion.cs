namespace GoNoGo.Vision.Imaging;

/// <summary>Colour to gray as Pillow's <c>convert("L")</c>: (19595 R + 38470 G + 7471 B + 32768) / 65536, rounded down.</summary>
internal static class GrayConversion
{
    /// <summary>Converts 8-bit pixels of 3 or 4 channels.</summary>
    public static void Run(ReadOnlySpan<byte> source, int channels, Span<byte> destination)
    {
        for (int i = 0, at = 0; i < destination.Length; i++, at += channels)
        {
            destination[i] = (byte)(((19595 * source[at]) + (38470 * source[at + 1]) + (7471 * source[at + 2]) + 0x8000) >> 16);
        }
    }

    /// <summary>Converts 16-bit pixels of 3 or 4 channels.</summary>
    public static void Run(ReadOnlySpan<ushort> source, int channels, Span<ushort> destination)
    {
        for (int i = 0, at = 0; i < destination.Length; i++, at += channels)
        {
            destination[i] = (ushort)(((19595L * source[at]) + (38470L * source[at + 1]) + (7471L * source[at + 2]) + 0x8000) >> 16);
        }
    }

    /// <summary>Converts float pixels of 3 or 4 channels, with the same weights and no rounding.</summary>
    public static void Run(ReadOnlySpan<float> source, int channels, Span<float> destination)
    {
        for (int i = 0, at = 0; i < destination.Length; i++, at += channels)
        {
            destination[i] = ((19595 / 65536f) * source[at]) + ((38470 / 65536f) * source[at + 1]) + ((7471 / 65536f) * source[at + 2]);
        }
    }
}

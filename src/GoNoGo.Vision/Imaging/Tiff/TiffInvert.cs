namespace GoNoGo.Vision.Imaging.Tiff;

/// <summary>Turns around what files may have the wrong way round.</summary>
internal static class TiffInvert
{
    /// <summary>Makes white what is black, in place, alpha left alone; 1 - value where samples are floats.</summary>
    public static void Run(Image image)
    {
        int channels = image.Channels;
        if (image.Samples8 is { } bytes)
        {
            for (int i = 0; i < bytes.Length; i++)
            {
                bytes[i] ^= IsAlpha(i, channels) ? (byte)0 : byte.MaxValue;
            }
        }
        else if (image.Samples16 is { } words)
        {
            for (int i = 0; i < words.Length; i++)
            {
                words[i] ^= IsAlpha(i, channels) ? (ushort)0 : ushort.MaxValue;
            }
        }
        else if (image.SamplesFloat is { } floats)
        {
            for (int i = 0; i < floats.Length; i++)
            {
                floats[i] = IsAlpha(i, channels) ? floats[i] : 1 - floats[i];
            }
        }
    }

    /// <summary>Reverses the order of the bits of every byte.</summary>
    public static void ReverseBits(ReadOnlySpan<byte> source, Span<byte> destination)
    {
        for (int i = 0; i < source.Length; i++)
        {
            int value = source[i];
            value = ((value & 0x55) << 1) | ((value >> 1) & 0x55);
            value = ((value & 0x33) << 2) | ((value >> 2) & 0x33);
            destination[i] = (byte)((value << 4) | (value >> 4));
        }
    }

    private static bool IsAlpha(int index, int channels) => channels == 4 && (index & 3) == 3;
}

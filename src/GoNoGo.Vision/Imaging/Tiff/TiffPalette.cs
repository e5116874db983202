namespace GoNoGo.Vision.Imaging.Tiff;

/// <summary>The colours of a palette, brought to 8 bits: the upper byte of each value, or the value where none is above 255.</summary>
/// <param name="Colors">Red, green, blue of each index.</param>
/// <param name="Channels">1 where all colours are gray, else 3.</param>
internal sealed record TiffPalette(byte[] Colors, int Channels)
{
    /// <summary>Reads the colour map: all reds, all greens, all blues, 16 bits each.</summary>
    public static TiffPalette Read(TiffEntry? map, int bits)
    {
        if (bits > 8)
        {
            throw new ImageFormatException($"TIFF palettes of {bits} bits are not supported; save the picture with a palette of 8 bits or as RGB.");
        }

        int count = 1 << bits;
        if (map is null || map.Count < 3 * count)
        {
            throw new ImageFormatException($"the TIFF palette has {map?.Count ?? 0} values, expected {3 * count}; the file is damaged.");
        }

        var values = new long[3 * count];
        for (int start = 0; start < values.Length; start += 128)
        {
            map.Read(start, values.AsSpan(start, Math.Min(128, values.Length - start)));
        }

        int shift = values.Max() > 255 ? 8 : 0;
        var colors = new byte[3 * count];
        bool isGray = true;
        for (int i = 0; i < count; i++)
        {
            for (int channel = 0; channel < 3; channel++)
            {
                colors[(3 * i) + channel] = (byte)(values[(channel * count) + i] >> shift);
            }

            isGray &= colors[3 * i] == colors[(3 * i) + 1] && colors[3 * i] == colors[(3 * i) + 2];
        }

        return new TiffPalette(colors, isGray ? 1 : 3);
    }
}

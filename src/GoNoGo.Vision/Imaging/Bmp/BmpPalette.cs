using System.Runtime.CompilerServices;

namespace GoNoGo.Vision.Imaging.Bmp;

/// <summary>The colours of a bitmap with up to 8 bits a pixel.</summary>
internal struct BmpPalette
{
    private Colors _colors;

    /// <summary>Reads the palette that <paramref name="header"/> locates.</summary>
    public BmpPalette(ReadOnlySpan<byte> content, in BmpHeader header)
    {
        Count = header.PaletteCount;
        IsGray = Count > 0;
        for (int index = 0; index < Count; index++)
        {
            ReadOnlySpan<byte> entry = content[(header.PaletteOffset + (index * header.PaletteEntryBytes))..];
            _colors[index] = entry[2] | ((uint)entry[1] << 8) | ((uint)entry[0] << 16);
            IsGray &= entry[0] == entry[1] && entry[1] == entry[2];
        }
    }

    /// <summary>Number of colours.</summary>
    public int Count { get; }

    /// <summary>Whether red, green and blue are equal in every colour.</summary>
    public bool IsGray { get; }

    /// <summary>Writes the colours of one row of indices: one sample a pixel where the palette is gray, else RGB.</summary>
    public readonly void Map(ReadOnlySpan<byte> indices, Span<byte> destination)
    {
        int largest = 0;
        int at = 0;
        foreach (byte index in indices)
        {
            largest = Math.Max(largest, index);
            uint color = _colors[index];
            destination[at++] = (byte)color;
            if (!IsGray)
            {
                destination[at++] = (byte)(color >> 8);
                destination[at++] = (byte)(color >> 16);
            }
        }

        if (largest >= Count)
        {
            throw new ImageFormatException($"a BMP pixel has palette colour {largest}, but the palette has {Count} colours; the file is damaged.");
        }
    }

    [InlineArray(256)]
    private struct Colors
    {
        private uint _first;
    }
}

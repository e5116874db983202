using System.Runtime.CompilerServices;

namespace GoNoGo.Vision.Imaging.Png;

/// <summary>The colours of a palette picture, with transparency where the file has it.</summary>
internal struct PngPalette
{
    private Colors _colors;

    /// <summary>Number of colours; 0 before PLTE was read.</summary>
    public int Count { get; private set; }

    /// <summary>Whether some colour is not opaque.</summary>
    public bool HasAlpha { get; private set; }

    /// <summary>Whether red, green and blue are equal in every colour.</summary>
    public bool IsGray { get; private set; }

    /// <summary>Channels of the decoded picture.</summary>
    public readonly int Channels => HasAlpha ? 4 : IsGray ? 1 : 3;

    /// <summary>Colour <paramref name="index"/> with red in the lowest byte and alpha in the highest; the index is below 256.</summary>
    public readonly uint this[int index] => _colors[index];

    /// <summary>Takes the content of PLTE.</summary>
    public void SetColors(ReadOnlySpan<byte> data)
    {
        if (data.IsEmpty || data.Length % 3 != 0 || data.Length > 768)
        {
            throw new ImageFormatException($"the PNG palette has {data.Length} bytes, but must have 3 for each of 1 to 256 colours; the file is damaged.");
        }

        Count = data.Length / 3;
        IsGray = true;
        for (int index = 0; index < Count; index++)
        {
            ReadOnlySpan<byte> color = data.Slice(3 * index, 3);
            _colors[index] = color[0] | ((uint)color[1] << 8) | ((uint)color[2] << 16) | 0xFF000000;
            IsGray &= color[0] == color[1] && color[1] == color[2];
        }
    }

    /// <summary>Takes the content of tRNS: alpha of the first colours, the others stay opaque.</summary>
    public void SetAlpha(ReadOnlySpan<byte> data)
    {
        int count = Math.Min(data.Length, Count);
        for (int index = 0; index < count; index++)
        {
            _colors[index] = (_colors[index] & 0xFFFFFF) | ((uint)data[index] << 24);
            HasAlpha |= data[index] != 255;
        }
    }

    [InlineArray(256)]
    private struct Colors
    {
        private uint _first;
    }
}

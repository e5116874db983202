using System.Runtime.InteropServices;

namespace GoNoGo.Vision.Imaging.Tiff;

/// <summary>Brings the rows of tiles, planes and packed samples to their places in the picture.</summary>
internal readonly struct TiffRows
{
    private readonly TiffLayout _layout;

    /// <summary>What each value of less than 8 bits or of a palette becomes: 1 or 3 bytes; null where samples are taken as they are.</summary>
    private readonly byte[]? _table;

    /// <summary>For the pictures of a layout.</summary>
    public TiffRows(TiffLayout layout)
    {
        _layout = layout;
        _table = layout.Palette?.Colors;
        if (layout.Palette is { Channels: 1 } palette)
        {
            _table = [.. palette.Colors.Where((_, index) => index % 3 == 0)];
        }
        else if (layout.Palette is null && layout.Bits < 8)
        {
            // Full scale of 1, 2 and 4 bits is 1, 3 and 15; times 255, 85 and 17 it is 255.
            int largest = (1 << layout.Bits) - 1;
            bool inverts = layout.Color == TiffColor.WhiteIsZero;
            _table = [.. Enumerable.Range(0, largest + 1).Select(value => (byte)((inverts ? largest - value : value) * (255 / largest)))];
        }
    }

    /// <summary>Places pixels.</summary>
    /// <param name="source">The row of the segment, unpacked, in this machine's byte order.</param>
    /// <param name="plane">Which sample the segment holds, where each has its own.</param>
    /// <param name="count">The pixels to place: the first ones.</param>
    /// <param name="destination">The same pixels in the picture.</param>
    public void Place(ReadOnlySpan<byte> source, int plane, int count, Span<byte> destination)
    {
        if (_table is not null)
        {
            Look(source, count, destination);
            return;
        }

        switch (_layout.Bits)
        {
            case 8:
                Spread(source, plane, count, destination);
                break;
            case 16:
                Spread(MemoryMarshal.Cast<byte, ushort>(source), plane, count, MemoryMarshal.Cast<byte, ushort>(destination));
                break;
            default:
                Spread(MemoryMarshal.Cast<byte, uint>(source), plane, count, MemoryMarshal.Cast<byte, uint>(destination));
                break;
        }
    }

    private void Look(ReadOnlySpan<byte> source, int count, Span<byte> destination)
    {
        ReadOnlySpan<byte> table = _table;
        int channels = _layout.Channels;
        int depth = _layout.Bits;
        for (int x = 0; x < count; x++)
        {
            long bit = (long)x * depth;
            int value = (source[(int)(bit >> 3)] >> (8 - depth - (int)(bit & 7))) & ((1 << depth) - 1);
            for (int channel = 0; channel < channels; channel++)
            {
                destination[(x * channels) + channel] = table[(value * channels) + channel];
            }
        }
    }

    private void Spread<T>(ReadOnlySpan<T> source, int plane, int count, Span<T> destination) where T : unmanaged
    {
        int channels = _layout.Channels;
        if (_layout.IsPlanar)
        {
            Component(source, 0, 1, plane, count, destination);
        }
        else if (_layout.Samples == channels)
        {
            source[..(count * channels)].CopyTo(destination);
        }
        else
        {
            for (int sample = 0; sample < _layout.Used; sample++)
            {
                Component(source, sample, _layout.Samples, sample, count, destination);
            }
        }
    }

    /// <summary>One sample of each pixel; gray beside alpha becomes three.</summary>
    private void Component<T>(ReadOnlySpan<T> source, int first, int step, int sample, int count, Span<T> destination) where T : unmanaged
    {
        int channels = _layout.Channels;
        bool isColor = sample < _layout.Colors;
        int target = isColor ? sample : channels - 1;
        int copies = isColor && _layout.Colors == 1 && channels > 1 ? 3 : 1;
        for (int x = 0; x < count; x++)
        {
            T value = source[first + (x * step)];
            for (int copy = 0; copy < copies; copy++)
            {
                destination[(x * channels) + target + copy] = value;
            }
        }
    }
}

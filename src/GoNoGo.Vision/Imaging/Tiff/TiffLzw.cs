using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace GoNoGo.Vision.Imaging.Tiff;

/// <summary>
/// LZW as TIFF has it (TIFF 6.0, section 13): codes of 9 to 12 bits, most significant bit first, 256 clears the table, 257 ends;
/// codes become longer one entry before their number would need it.
/// </summary>
/// <remarks>
/// A table entry is always the string of the code before plus one more byte, and both stand one after the other in the output. So
/// an entry is a place and a length in the output, and a code is copied from there; no chains are followed.
/// </remarks>
internal static unsafe class TiffLzw
{
    private const int Clear = 256;
    private const int End = 257;
    private const int FirstFree = 258;
    private const int TableSize = 4096;
    private const int LargestWidth = 12;

    /// <summary>Unpacks until the destination is full, the end code or the end of the data; returns the number of bytes.</summary>
    /// <exception cref="ImageFormatException">A code that cannot be there, or the least-significant-bit-first form of before 1988.</exception>
    public static long Unpack(ReadOnlySpan<byte> packed, Span<byte> destination)
    {
        RefuseOldStyle(packed);
        // Where the string of each code from 258 on begins in the output, and its length.
        int* places = stackalloc int[TableSize];
        int* lengths = stackalloc int[TableSize];
        fixed (byte* source = packed)
        fixed (byte* target = destination)
        {
            return Unpack(source, packed.Length, target, destination.Length, places, lengths);
        }
    }

    /// <summary>How many bytes would come out, up to <paramref name="most"/>.</summary>
    /// <exception cref="ImageFormatException">As <see cref="Unpack(ReadOnlySpan{byte}, Span{byte})"/>.</exception>
    public static long Measure(ReadOnlySpan<byte> packed, long most)
    {
        RefuseOldStyle(packed);
        int* lengths = stackalloc int[TableSize];
        fixed (byte* source = packed)
        {
            var bits = new Bits(source, packed.Length);
            int width = 9;
            int next = FirstFree;
            int before = 0;
            long done = 0;
            while (done < most)
            {
                int code = bits.Read(width);
                if (code is End or < 0)
                {
                    break;
                }

                if (code == Clear)
                {
                    width = 9;
                    next = FirstFree;
                    before = 0;
                    continue;
                }

                // The code after the last one is the string before plus its own first byte.
                RequireKnown(code, before == 0 ? Clear - 1 : next);
                int length = code < Clear ? 1 : code == next ? before + 1 : lengths[code];
                if (before > 0)
                {
                    Grow(ref next, ref width, lengths, before + 1);
                }

                before = length;
                done += length;
            }

            return Math.Min(done, most);
        }
    }

    private static long Unpack(byte* source, int count, byte* target, int room, int* places, int* lengths)
    {
        var bits = new Bits(source, count);
        int width = 9;
        int next = FirstFree;
        int before = 0;
        int place = 0;
        int done = 0;
        while (done < room)
        {
            int code = bits.Read(width);
            if (code < Clear)
            {
                if (code < 0)
                {
                    break;
                }

                target[done] = (byte)code;
                if (before > 0 && next < TableSize)
                {
                    places[next] = place;
                    Grow(ref next, ref width, lengths, before + 1);
                }

                place = done++;
                before = 1;
                continue;
            }

            if (code <= End)
            {
                if (code == End)
                {
                    break;
                }

                width = 9;
                next = FirstFree;
                before = 0;
                continue;
            }

            if (code >= next || before == 0)
            {
                // The code after the last one is the string before plus its own first byte.
                RequireKnown(code, before == 0 ? Clear - 1 : next);
            }

            int from = code == next ? place : places[code];
            int length = code == next ? before + 1 : lengths[code];
            if (next < TableSize)
            {
                places[next] = place;
                Grow(ref next, ref width, lengths, before + 1);
            }

            place = done;
            before = length;
            done = Copy(target, from, done, Math.Min(length, room - done), room);
        }

        return done;
    }

    /// <summary>Copies a string that stands earlier in the output; in the case of the newest code it overlaps its end by one byte.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int Copy(byte* target, int from, int to, int length, int room)
    {
        int end = to + length;
        if (to - from >= 8 && end <= room - 8)
        {
            // Up to seven bytes too many are written, and then overwritten by what follows.
            do
            {
                Unsafe.WriteUnaligned(target + to, Unsafe.ReadUnaligned<ulong>(target + from));
                to += 8;
                from += 8;
            }
            while (to < end);
        }
        else
        {
            while (to < end)
            {
                target[to++] = target[from++];
            }
        }

        return end;
    }

    /// <summary>Adds an entry of a length; codes become longer one entry early. A full table stays as it is.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Grow(ref int next, ref int width, int* lengths, int length)
    {
        if (next < TableSize)
        {
            lengths[next++] = length;
            if (next == (1 << width) - 1 && width < LargestWidth)
            {
                width++;
            }
        }
    }

    private static void RequireKnown(int code, int largest)
    {
        if (code > largest || code >= TableSize)
        {
            throw new ImageFormatException($"the LZW data of the TIFF file have the code {code} where at most {largest} can be; the file is damaged, copy it again from its source.");
        }
    }

    /// <summary>The first code is a clear; least significant bit first it begins with the bytes 0 and 1.</summary>
    private static void RefuseOldStyle(ReadOnlySpan<byte> packed)
    {
        if (packed.Length >= 2 && packed[0] == 0 && (packed[1] & 1) != 0)
        {
            throw new ImageFormatException("the old style of LZW in TIFF (least significant bit first) is not supported; save the picture anew, for example with tiffcp -c lzw.");
        }
    }

    /// <summary>Takes bits from bytes, most significant first.</summary>
    private ref struct Bits(byte* source, int count)
    {
        private readonly byte* _end = source + count;
        private byte* _at = source;
        private ulong _buffer;
        private int _filled;

        /// <summary>The next <paramref name="width"/> bits, -1 where so many are not left.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public int Read(int width)
        {
            if (_filled < width)
            {
                Fill();
                if (_filled < width)
                {
                    return -1;
                }
            }

            int code = (int)(_buffer >> (64 - width));
            _buffer <<= width;
            _filled -= width;
            return code;
        }

        private void Fill()
        {
            if (_end - _at >= 8)
            {
                // Bits beyond the whole bytes that are counted are loaded again, as the same bits in the same place.
                _buffer |= BinaryPrimitives.ReadUInt64BigEndian(new ReadOnlySpan<byte>(_at, 8)) >> _filled;
                int bytes = (63 - _filled) >> 3;
                _at += bytes;
                _filled += 8 * bytes;
                return;
            }

            while (_filled <= 56 && _at < _end)
            {
                _buffer |= (ulong)*_at++ << (56 - _filled);
                _filled += 8;
            }
        }
    }
}

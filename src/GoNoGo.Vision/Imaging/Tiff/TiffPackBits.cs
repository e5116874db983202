namespace GoNoGo.Vision.Imaging.Tiff;

/// <summary>
/// PackBits (TIFF 6.0, section 9): a head byte n below 128 is followed by n + 1 bytes as they are, one above 128 by a byte that
/// is repeated 257 - n times; 128 is nothing.
/// </summary>
internal static class TiffPackBits
{
    /// <summary>Unpacks until the destination is full or the data end; returns the number of bytes.</summary>
    public static long Unpack(ReadOnlySpan<byte> packed, Span<byte> destination)
    {
        int to = 0;
        for (int at = 0; at + 1 < packed.Length && to < destination.Length;)
        {
            int head = packed[at++];
            if (head < 128)
            {
                int count = Math.Min(Math.Min(head + 1, packed.Length - at), destination.Length - to);
                packed.Slice(at, count).CopyTo(destination[to..]);
                at += count;
                to += count;
            }
            else if (head > 128)
            {
                int count = Math.Min(257 - head, destination.Length - to);
                destination.Slice(to, count).Fill(packed[at++]);
                to += count;
            }
        }

        return to;
    }

    /// <summary>How many bytes would come out, up to <paramref name="most"/>.</summary>
    public static long Measure(ReadOnlySpan<byte> packed, long most)
    {
        long count = 0;
        for (int at = 0; at + 1 < packed.Length && count < most;)
        {
            int head = packed[at++];
            if (head < 128)
            {
                int literal = Math.Min(head + 1, packed.Length - at);
                at += literal;
                count += literal;
            }
            else if (head > 128)
            {
                at++;
                count += 257 - head;
            }
        }

        return Math.Min(count, most);
    }
}

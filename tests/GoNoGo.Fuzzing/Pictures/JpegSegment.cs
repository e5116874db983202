namespace GoNoGo.Fuzzing.Pictures;

/// <summary>A marker of a JPEG file, its content without the length, and the coded pixels behind it (after SOS only).</summary>
internal sealed record JpegSegment(byte Marker, byte[] Content, byte[] Coded)
{
    public const byte StartOfFrame = 0xC0;
    public const byte ProgressiveFrame = 0xC2;
    public const byte HuffmanTables = 0xC4;
    public const byte StartOfImage = 0xD8;
    public const byte EndOfImage = 0xD9;
    public const byte StartOfScan = 0xDA;
    public const byte QuantisationTables = 0xDB;
    public const byte LinesCount = 0xDC;
    public const byte RestartInterval = 0xDD;

    public bool IsFrame => Marker is >= 0xC0 and <= 0xCF and not (HuffmanTables or 0xC8 or 0xCC);

    /// <summary>The segments of a file, as far as they make sense.</summary>
    public static List<JpegSegment> Split(byte[] file)
    {
        var segments = new List<JpegSegment>();
        int at = 0;
        while (at + 2 <= file.Length && file[at] == 0xFF)
        {
            byte marker = file[at + 1];
            at += 2;
            if (marker is StartOfImage or EndOfImage or (>= 0xD0 and <= 0xD7) or 0x01)
            {
                segments.Add(new JpegSegment(marker, [], []));
                continue;
            }

            int length = at + 2 <= file.Length ? (file[at] << 8) | file[at + 1] : 0;
            if (length < 2 || at + length > file.Length)
            {
                break;
            }

            byte[] content = file[(at + 2)..(at + length)];
            at += length;
            int coded = at;
            while (marker == StartOfScan && at < file.Length && !(file[at] == 0xFF && at + 1 < file.Length && file[at + 1] is not (0 or (>= 0xD0 and <= 0xD7))))
            {
                at++;
            }

            segments.Add(new JpegSegment(marker, content, file[coded..at]));
        }

        return segments;
    }

    /// <summary>The file of some segments, with lengths that fit.</summary>
    public static byte[] Join(IEnumerable<JpegSegment> segments)
    {
        using var stream = new MemoryStream();
        foreach (JpegSegment segment in segments)
        {
            stream.Write([0xFF, segment.Marker]);
            if (segment.Marker is not (StartOfImage or EndOfImage or (>= 0xD0 and <= 0xD7) or 0x01))
            {
                int length = Math.Min(segment.Content.Length, 65533) + 2;
                stream.Write([(byte)(length >> 8), (byte)length]);
                stream.Write(segment.Content, 0, length - 2);
                stream.Write(segment.Coded);
            }
        }

        return stream.ToArray();
    }
}

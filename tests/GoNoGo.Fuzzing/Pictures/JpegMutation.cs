namespace GoNoGo.Fuzzing.Pictures;

/// <summary>
/// Mutations that know what a JPEG is made of: segments, frame, scans, Huffman and quantisation tables, restart markers,
/// progressive parameters, coded pixels.
/// </summary>
internal static class JpegMutation
{
    private static readonly byte[] Markers =
        [0xC0, 0xC1, 0xC2, 0xC3, 0xC4, 0xC5, 0xC9, 0xCA, 0xCC, 0xD0, 0xD8, 0xD9, 0xDA, 0xDB, 0xDC, 0xDD, 0xE0, 0xE1, 0xEE, 0xFE, 0x01, 0xF0];

    private static readonly int[] Sizes = [0, 1, 2, 7, 8, 9, 15, 16, 17, 33, 64, 100, 255, 256, 1000, 5000, 20000, 65500, 65535];

    public static byte[] Mutate(byte[] file, Random random)
    {
        List<JpegSegment> segments = JpegSegment.Split(file);
        if (segments.Count == 0)
        {
            return [.. file];
        }

        int at = random.Next(segments.Count);
        switch (random.Next(20))
        {
            case 0:
                segments[at] = segments[at] with { Marker = Markers[random.Next(Markers.Length)] };
                break;
            case 1:
                segments.RemoveAt(at);
                break;
            case 2:
                segments.Insert(random.Next(segments.Count + 1), segments[at]);
                break;
            case 3:
                int other = random.Next(segments.Count);
                (segments[at], segments[other]) = (segments[other], segments[at]);
                break;
            case 4:
                byte[] content = segments[at].Content;
                segments[at] = segments[at] with { Content = random.Next(2) == 0 ? content[..random.Next(content.Length + 1)] : [.. content, .. new byte[random.Next(200)]] };
                break;
            case 5:
                return WrongLength(segments, at, random);
            case 6 or 7 or 8:
                Change(segments, random, segment => segment.IsFrame, Frame);
                break;
            case 9 or 10:
                Change(segments, random, segment => segment.Marker == JpegSegment.HuffmanTables, Huffman);
                break;
            case 11:
                Change(segments, random, segment => segment.Marker == JpegSegment.QuantisationTables, Quantisation);
                break;
            case 12 or 13:
                Change(segments, random, segment => segment.Marker == JpegSegment.StartOfScan, Scan);
                break;
            case 14:
                Restart(segments, random);
                break;
            case 15 or 16 or 17:
                Change(segments, random, segment => segment.Marker == JpegSegment.StartOfScan, Coded);
                break;
            case 18:
                RepeatScan(segments, random);
                break;
            default:
                // The number of rows, told after the first scan.
                segments.Insert(random.Next(segments.Count + 1), new JpegSegment(JpegSegment.LinesCount, Word(Sizes[random.Next(Sizes.Length)]), []));
                break;
        }

        return JpegSegment.Join(segments);
    }

    private static void Change(List<JpegSegment> segments, Random random, Predicate<JpegSegment> which, Func<JpegSegment, Random, JpegSegment> change)
    {
        int[] places = [.. Enumerable.Range(0, segments.Count).Where(index => which(segments[index]) && segments[index].Content.Length > 0)];
        if (places.Length > 0)
        {
            int at = places[random.Next(places.Length)];
            segments[at] = change(segments[at], random);
        }
    }

    private static byte[] WrongLength(List<JpegSegment> segments, int at, Random random)
    {
        byte[] file = JpegSegment.Join(segments);
        int place = JpegSegment.Join(segments.Take(at)).Length + 2;
        if (place + 2 <= file.Length)
        {
            int length = random.Next(4) switch { 0 => random.Next(4), 1 => 65535, 2 => segments[at].Content.Length + random.Next(5), _ => random.Next(65536) };
            Word(length).CopyTo(file, place);
        }

        return file;
    }

    /// <summary>Precision, sizes, number of components, their numbers, sampling factors and tables.</summary>
    private static JpegSegment Frame(JpegSegment segment, Random random)
    {
        byte[] data = [.. segment.Content];
        if (data.Length < 9)
        {
            return segment;
        }

        int component = 6 + (3 * random.Next((data.Length - 6) / 3));
        switch (random.Next(9))
        {
            case 0:
                data[0] = new byte[] { 0, 1, 2, 8, 12, 16, 255 }[random.Next(7)];
                break;
            case 1 or 2:
                Word(random.Next(2) == 0 ? Sizes[random.Next(Sizes.Length)] : random.Next(1, 300)).CopyTo(data, 1 + (2 * random.Next(2)));
                break;
            case 3:
                int count = random.Next(6);
                data[5] = (byte)count;
                if (random.Next(2) == 0)
                {
                    data = [.. data.AsSpan(0, 6), .. Enumerable.Range(0, 3 * count).Select(i => 6 + i < data.Length ? data[6 + i] : (byte)((i % 3) switch { 0 => (i / 3) + 1, 1 => 0x11, _ => 0 }))];
                }

                break;
            case 4:
                data[component] = random.Next(2) == 0 ? data[6] : (byte)random.Next(256);
                break;
            case 5 or 6:
                data[component + 1] = random.Next(4) == 0 ? (byte)random.Next(256) : (byte)((random.Next(1, 5) << 4) | random.Next(1, 5));
                break;
            case 7:
                data[component + 2] = (byte)random.Next(6);
                break;
            default:
                return segment with { Marker = (byte)(JpegSegment.StartOfFrame + random.Next(3)) };
        }

        return segment with { Content = data };
    }

    /// <summary>Table numbers, counts of code lengths (too many codes, none, all of one length) and symbols.</summary>
    private static JpegSegment Huffman(JpegSegment segment, Random random)
    {
        byte[] data = [.. segment.Content];
        if (data.Length < 18)
        {
            return segment;
        }

        switch (random.Next(6))
        {
            case 0:
                data[0] = (byte)((random.Next(3) << 4) | random.Next(5));
                break;
            case 1:
                data[1 + random.Next(16)] += (byte)random.Next(-2, 3);
                break;
            case 2:
                data[1 + random.Next(16)] = (byte)random.Next(256);
                break;
            case 3:
                for (int i = random.Next(1, 5); i > 0; i--)
                {
                    data[17 + random.Next(data.Length - 17)] = (byte)random.Next(256);
                }

                break;
            case 4:
                // A whole code moves to another length: the table still has as many symbols.
                int from = 1 + random.Next(16);
                int moved = Math.Min((int)data[from], random.Next(1, 4));
                data[from] -= (byte)moved;
                data[1 + random.Next(16)] += (byte)moved;
                break;
            default:
                int symbols = random.Next(1, 257);
                var one = new byte[17 + symbols];
                one[0] = data[0];
                one[random.Next(1, 17)] = (byte)symbols;
                random.NextBytes(one.AsSpan(17));
                data = one;
                break;
        }

        return segment with { Content = data };
    }

    private static JpegSegment Quantisation(JpegSegment segment, Random random)
    {
        byte[] data = [.. segment.Content];
        switch (random.Next(4))
        {
            case 0:
                data[0] = (byte)((random.Next(3) << 4) | random.Next(6));
                break;
            case 1:
                data.AsSpan(1).Fill((byte)(255 * random.Next(2)));
                break;
            case 2:
                data = [(byte)(0x10 | (data[0] & 3)), .. Enumerable.Range(0, 128).Select(_ => (byte)random.Next(256))];
                break;
            default:
                data[random.Next(data.Length)] = (byte)random.Next(256);
                break;
        }

        return segment with { Content = data };
    }

    /// <summary>Number of components, which ones, their tables, the spectral band and the bit positions.</summary>
    private static JpegSegment Scan(JpegSegment segment, Random random)
    {
        byte[] data = [.. segment.Content];
        if (data.Length < 6)
        {
            return segment;
        }

        int component = 1 + (2 * random.Next((data.Length - 4) / 2));
        switch (random.Next(7))
        {
            case 0:
                int count = random.Next(6);
                data = random.Next(2) == 0
                    ? [(byte)count, .. data.AsSpan(1)]
                    : [(byte)count, .. Enumerable.Range(0, 2 * count).Select(i => (byte)(i % 2 == 0 ? (i / 2) + 1 : 0)), .. data.AsSpan(data.Length - 3)];
                break;
            case 1:
                data[component] = random.Next(2) == 0 ? data[1] : (byte)random.Next(6);
                break;
            case 2:
                data[component + 1] = (byte)((random.Next(5) << 4) | random.Next(5));
                break;
            case 3:
                data[^3] = (byte)(random.Next(2) == 0 ? random.Next(3) : random.Next(256));
                break;
            case 4:
                data[^2] = random.Next(2) == 0 ? (byte)random.Next(65) : (byte)random.Next(256);
                break;
            case 5:
                data[^1] = (byte)((random.Next(4) << 4) | random.Next(4));
                break;
            default:
                data[^1] = (byte)random.Next(256);
                break;
        }

        return segment with { Content = data };
    }

    /// <summary>An interval, or none, that the coded pixels may or may not follow.</summary>
    private static void Restart(List<JpegSegment> segments, Random random)
    {
        int interval = random.Next(3) switch { 0 => 0, 1 => random.Next(1, 8), _ => random.Next(65536) };
        int at = segments.FindIndex(segment => segment.Marker == JpegSegment.RestartInterval);
        if (at >= 0)
        {
            segments[at] = segments[at] with { Content = Word(interval) };
        }
        else
        {
            segments.Insert(random.Next(1, segments.Count + 1), new JpegSegment(JpegSegment.RestartInterval, Word(interval), []));
        }
    }

    /// <summary>Bits, restart markers in wrong places or numbers, fill bytes, missing and endless ends.</summary>
    private static JpegSegment Coded(JpegSegment segment, Random random)
    {
        byte[] data = [.. segment.Coded];
        int at = random.Next(data.Length + 1);
        switch (random.Next(8))
        {
            case 0:
                data = data[..at];
                break;
            case 1:
                data = [.. data.AsSpan(0, at), 0xFF, (byte)(0xD0 + random.Next(8)), .. data.AsSpan(at)];
                break;
            case 2:
                data = [.. data.AsSpan(0, at), 0xFF, 0, .. data.AsSpan(at)];
                break;
            case 3:
                data = [.. data.AsSpan(0, at), .. Enumerable.Repeat((byte)0xFF, random.Next(1, 20)), .. data.AsSpan(at)];
                break;
            case 4:
                byte value = new byte[] { 0, 0x55, 0xAA, 0xFE }[random.Next(4)];
                data = [.. data.AsSpan(0, at), .. Enumerable.Repeat(value, random.Next(3000))];
                break;
            case 5:
                int restart = Array.FindIndex(data, item => item is >= 0xD0 and <= 0xD7);
                if (restart >= 0)
                {
                    data[restart] = (byte)(0xD0 + random.Next(8));
                }

                break;
            default:
                for (int i = random.Next(1, 6); i > 0 && data.Length > 0; i--)
                {
                    data[random.Next(data.Length)] = (byte)random.Next(256);
                }

                break;
        }

        return segment with { Coded = data };
    }

    /// <summary>A scan again and again, at times in a picture that became large: little to read, much to do.</summary>
    private static void RepeatScan(List<JpegSegment> segments, Random random)
    {
        int[] scans = [.. Enumerable.Range(0, segments.Count).Where(index => segments[index].Marker == JpegSegment.StartOfScan)];
        if (scans.Length == 0)
        {
            return;
        }

        JpegSegment scan = segments[scans[random.Next(scans.Length)]];
        if (random.Next(2) == 0)
        {
            scan = scan with { Coded = scan.Coded[..random.Next(scan.Coded.Length + 1)] };
        }

        int times = random.Next(4) switch { 0 => 1, 1 => random.Next(2, 10), 2 => random.Next(100), _ => random.Next(2000) };
        times = Math.Min(times, 60_000 / (scan.Content.Length + scan.Coded.Length + 4));
        segments.InsertRange(scans[^1] + 1, Enumerable.Repeat(scan, times));
        if (random.Next(2) == 0)
        {
            Change(segments, random, segment => segment.IsFrame && segment.Content.Length >= 5, (segment, numbers) =>
            {
                byte[] data = [.. segment.Content];
                Word(numbers.Next(1, 4000)).CopyTo(data, 1);
                Word(numbers.Next(1, 4000)).CopyTo(data, 3);
                return segment with { Content = data };
            });
        }
    }

    private static byte[] Word(int value) => [(byte)(value >> 8), (byte)value];
}

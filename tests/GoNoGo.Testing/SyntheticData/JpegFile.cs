namespace GoNoGo.Testing.SyntheticData;

/// <summary>Writes small JPEG files for tests segment by segment, legal or not.</summary>
public sealed class JpegFile
{
    private readonly List<byte> _bytes = [0xFF, 0xD8];

    /// <summary>The file.</summary>
    public byte[] Bytes => [.. _bytes];

    /// <summary>A gray picture whose blocks all have a DC difference of 0, two bits each: uniformly 128.</summary>
    /// <param name="width">Pixels a row.</param>
    /// <param name="height">Number of rows.</param>
    /// <param name="orientation">What its Exif segment says; 0 for no such segment.</param>
    public static byte[] Gray(int width, int height, byte orientation = 0)
    {
        long bits = 2L * ((width + 7) / 8) * ((height + 7) / 8);
        return (orientation == 0 ? new JpegFile() : new JpegFile().Orientation(orientation)).Steps().Frame(0xC0, width, height, (1, 0x11, 0)).Codes(0).Codes(0x10).Scan(1).Data(new byte[(bits + 7) / 8]).End().Bytes;
    }

    /// <summary>A gray picture whose blocks differ in brightness and slope.</summary>
    /// <param name="width">Pixels a row.</param>
    /// <param name="height">Number of rows.</param>
    /// <param name="random">Draws the blocks.</param>
    public static byte[] Textured(int width, int height, Random random)
    {
        const int DcBits = 10;
        const int AcBits = 9;
        var bits = new List<bool>();
        int last = 0;
        for (int block = 0; block < ((width + 7) / 8) * ((height + 7) / 8); block++)
        {
            // Up and back, so that the brightness stays in range.
            last = last == 0 ? random.Next(512, 900) * (random.Next(2) == 0 ? 1 : -1) : -last;
            Symbol(last, DcBits);
            last = block % 2 == 0 ? last : 0;
            Symbol(random.Next(256, 512) * (random.Next(2) == 0 ? 1 : -1), AcBits);
            bits.Add(false);
        }

        while (bits.Count % 8 != 0)
        {
            bits.Add(true);
        }

        IEnumerable<byte> bytes = bits.Chunk(8).Select(eight => (byte)eight.Aggregate(0, (sum, bit) => (2 * sum) + (bit ? 1 : 0)));
        return new JpegFile().Steps().Frame(0xC0, width, height, (1, 0x11, 0)).Codes(0, DcBits).Codes(0x10, AcBits).Scan(1)
            .Data([.. bytes.SelectMany(value => value == 0xFF ? new byte[] { 0xFF, 0 } : [value])]).End().Bytes;

        // The code 10 and the value, negative ones less one.
        void Symbol(int value, int count)
        {
            bits.AddRange(true, false);
            int written = value > 0 ? value : value - 1;
            for (int bit = count - 1; bit >= 0; bit--)
            {
                bits.Add(((written >> bit) & 1) != 0);
            }
        }
    }

    /// <summary>Adds bytes as they are.</summary>
    public JpegFile Data(params byte[] bytes)
    {
        _bytes.AddRange(bytes);
        return this;
    }

    /// <summary>Adds a segment.</summary>
    public JpegFile Segment(byte marker, params byte[] content) =>
        Data([0xFF, marker, (byte)((content.Length + 2) >> 8), (byte)(content.Length + 2), .. content]);

    /// <summary>Adds an Exif segment with an orientation, as little-endian TIFF with one entry.</summary>
    public JpegFile Orientation(byte orientation) => Segment(
        0xE1, [.. "Exif\0\0II*\0"u8, 8, 0, 0, 0, 1, 0, 0x12, 0x01, 3, 0, 1, 0, 0, 0, orientation, 0, 0, 0, 0, 0, 0, 0]);

    /// <summary>Adds a quantisation table of ones.</summary>
    public JpegFile Steps(byte number = 0)
    {
        var content = new byte[65];
        Array.Fill(content, (byte)1);
        content[0] = number;
        return Segment(0xDB, content);
    }

    /// <summary>Adds a Huffman table with the codes 0 and 10 for the symbols 0 and <paramref name="second"/>.</summary>
    /// <param name="kind">The number; 0x10 more for AC.</param>
    /// <param name="second">The second symbol.</param>
    public JpegFile Codes(byte kind, byte second = 1)
    {
        var content = new byte[19];
        content[0] = kind;
        content[1] = 1;
        content[2] = 1;
        content[18] = second;
        return Segment(0xC4, content);
    }

    /// <summary>Adds a frame header.</summary>
    public JpegFile Frame(byte marker, int width, int height, params (byte Id, byte Sampling, byte Table)[] components) =>
        Segment(
            marker,
            [8, (byte)(height >> 8), (byte)height, (byte)(width >> 8), (byte)width, (byte)components.Length,
             .. components.SelectMany(component => new[] { component.Id, component.Sampling, component.Table })]);

    /// <summary>Adds a scan header over all coefficients.</summary>
    public JpegFile Scan(params byte[] components) => Range(0, 63, 0, components);

    /// <summary>Adds a scan header over some coefficients.</summary>
    public JpegFile Range(byte first, byte last, byte bits, params byte[] components) =>
        Segment(0xDA, [(byte)components.Length, .. components.SelectMany(id => new byte[] { id, 0 }), first, last, bits]);

    /// <summary>Adds the end marker.</summary>
    public JpegFile End() => Data(0xFF, 0xD9);
}

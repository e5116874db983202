using System.Text.Json;
using GoNoGo.Testing;
using GoNoGo.Testing.SyntheticData;
using GoNoGo.Vision.Imaging;
using Xunit;

namespace GoNoGo.Vision.Tests.Imaging.Jpeg;

/// <summary>What is refused, and that it costs little.</summary>
public class JpegRefusalTests
{
    private static readonly (byte, byte, byte)[] One = [(1, 0x11, 0)];

    public static TheoryData<string, byte[]> Refusals => new()
    {
        { "CMYK or YCCK", new JpegFile().Frame(0xC0, 8, 8, (1, 0x11, 0), (2, 0x11, 0), (3, 0x11, 0), (4, 0x11, 0)).Bytes },
        { "JPEG of 2 components", new JpegFile().Frame(0xC0, 8, 8, (1, 0x11, 0), (2, 0x11, 0)).Bytes },
        { "arithmetic coding", new JpegFile().Frame(0xC9, 8, 8, One).Bytes },
        { "arithmetic coding", new JpegFile().Segment(0xCC, 0, 0).Bytes },
        { "lossless JPEG", new JpegFile().Frame(0xC3, 8, 8, One).Bytes },
        { "hierarchical JPEG", new JpegFile().Frame(0xC5, 8, 8, One).Bytes },
        { "hierarchical JPEG", new JpegFile().Segment(0xDE, 8, 0, 8, 0, 8, 1, 1, 0x11, 0).Bytes },
        { "JPEG of 12 bits", new JpegFile().Segment(0xC1, 12, 0, 8, 0, 8, 1, 1, 0x11, 0).Bytes },
        { "DNL", new JpegFile().Frame(0xC0, 8, 0, One).Bytes },
        { "width of 0", new JpegFile().Frame(0xC0, 0, 8, One).Bytes },
        { "sampling 0 x 1", new JpegFile().Frame(0xC0, 8, 8, (1, 0x01, 0)).Bytes },
        { "sampling 5 x 1", new JpegFile().Frame(0xC0, 8, 8, (1, 0x51, 0)).Bytes },
        { "quantisation table 4", new JpegFile().Frame(0xC0, 8, 8, (1, 0x11, 4)).Bytes },
        { "two components have the number 7", new JpegFile().Frame(0xC0, 8, 8, (7, 0x11, 0), (8, 0x11, 0), (7, 0x11, 0)).Bytes },
        { "frame header has an impossible length", new JpegFile().Segment(0xC0, 8, 0, 8, 0, 8, 3, 1, 0x11, 0).Bytes },
        { "impossible length 1", new JpegFile().Data(0xFF, 0xDB, 0, 1).Bytes },
        { "ends inside the segment", new JpegFile().Data(0xFF, 0xDB, 0, 67, 0).Bytes },
        { "ends before its frame header", new JpegFile().Steps().End().Bytes },
        { "scan stands before the frame", new JpegFile().Scan(1).Bytes },
        { "second frame", new JpegFile().Frame(0xC0, 8, 8, One).Frame(0xC0, 8, 8, One).Data(0, 0).Bytes },
        { "end before the last pixel", new JpegFile().Frame(0xC0, 8, 8, One).End().Bytes },
        { "quantisation table 0 is used", new JpegFile().Frame(0xC0, 8, 8, One).Codes(0).Codes(0x10).Scan(1).Data(0).End().Bytes },
        { "Huffman table 0 of DC", new JpegFile().Steps().Frame(0xC0, 8, 8, One).Codes(0x10).Scan(1).Data(0).End().Bytes },
        { "Huffman table 0 of AC", new JpegFile().Steps().Frame(0xC0, 8, 8, One).Codes(0).Scan(1).Data(0).End().Bytes },
        { "quantisation table has an impossible", new JpegFile().Segment(0xDB, 0x20).Bytes },
        { "Huffman table has an impossible", new JpegFile().Segment(0xC4, 0x05, 1).Bytes },
        { "more codes of length 1", new JpegFile().Segment(0xC4, 0, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3).Bytes },
        { "size above 15", new JpegFile().Codes(0, 16).Bytes },
        { "restart interval", new JpegFile().Segment(0xDD, 1).Bytes },
        { "names component 9", Ready(0xC0).Scan(9).Data(0).End().Bytes },
        { "names 0 components", Ready(0xC0).Scan().Data(0).End().Bytes },
        { "impossible range 5 to 2", Ready(0xC2).Range(5, 2, 0, 1).Data(0).End().Bytes },
        { "impossible range 0 to 5", Ready(0xC2).Range(0, 5, 0, 1).Data(0).End().Bytes },
        { "again, or out of order", Ready(0xC2).Range(0, 0, 0x10, 1).Data(0).End().Bytes },
        { "again, or out of order", Ready(0xC2).Range(0, 0, 0, 1).Data(0).Range(0, 0, 0, 1).Data(0).End().Bytes },
        { "end before the last pixel", Ready(0xC2).Range(0, 0, 0, 1).Data(0).Bytes },
        { "code that the Huffman table does not have", Ready(0xC0).Scan(1).Data(0xFF, 0, 0xFF, 0, 0xFF, 0).End().Bytes },
        { "beyond the end of its block", Ready(0xC0, 0xF0).Scan(1).Data(0b0_10_10_10_1, 0b0_10_10_10_1).End().Bytes },
        { "end before the last pixel", Ready(0xC0, 1).Scan(1).Data(0b0_10_1_10_1_1).End().Bytes },
        { "restart marker 0 was expected", Ready(0xC0, width: 16).Segment(0xDD, 0, 1).Scan(1).Data(0x3F, 0xFF, 0xD3, 0x3F).End().Bytes },
        { "blocks a unit", Ready(0xC0, components: [(1, 0x44, 0), (2, 0x11, 0), (3, 0x11, 0)]).Scan(1, 2, 3).Data(0, 0, 0, 0, 0).End().Bytes },
        { "cannot hold them", Ready(0xC0, width: 20_000, height: 20_000).Scan(1).Data(0).End().Bytes },
        { "limit of", new JpegFile().Frame(0xC0, 65_535, 65_535, One).Bytes },
    };

    [Theory]
    [MemberData(nameof(Refusals))]
    public void Refuses_in_one_sentence_with_little_memory(string expected, byte[] file)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        var exception = Assert.Throws<ImageFormatException>(() => ImageDecoder.Decode(file));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 20);
        Assert.Contains(expected, exception.Message, StringComparison.Ordinal);
        Assert.EndsWith(".", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Reads_the_files_that_these_are_made_of()
    {
        using Image image = ImageDecoder.Decode(JpegFile.Gray(21, 13));
        Assert.Equal((21, 13, 1), (image.Width, image.Height, image.Channels));
        Assert.All(image.Samples8!, sample => Assert.Equal(128, sample));
    }

    [Fact]
    public void Refuses_every_file_that_is_cut_off()
    {
        using JsonDocument goldens = JsonDocument.Parse(File.ReadAllBytes(SharedFolder.Small("jpeg.json")));
        foreach (JsonElement golden in goldens.RootElement.GetProperty("cases").EnumerateArray())
        {
            byte[] file = golden.GetProperty("file").GetBytesFromBase64();
            // The last bits of the last byte may be filling, and a sequential picture is whole without its end marker.
            for (int length = 0; length < file.Length - 3; length += 1 + (length / 20))
            {
                Assert.Throws<ImageFormatException>(() => ImageDecoder.Decode(file.AsSpan(0, length)));
            }
        }
    }

    [Theory]
    [InlineData(0xC0)]
    [InlineData(0xC2)]
    public void A_flat_picture_takes_its_memory_only_when_it_is_whole(byte marker)
    {
        // 4096 x 4096 pixels of two bits a block, of which the last ones are codes that do not exist.
        byte[] data = new byte[512 * 512 / 4];
        data.AsSpan(512 * 512 / 8 - 600).Fill(0xFE);
        JpegFile ready = Ready(marker, width: 4096, height: 4096);
        byte[] damaged = (marker == 0xC0 ? ready.Scan(1) : ready.Range(0, 0, 0, 1)).Data(data).End().Bytes;
        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Throws<ImageFormatException>(() => ImageDecoder.Decode(damaged));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 20);
        using Image whole = ImageDecoder.Decode(JpegFile.Gray(4096, 4096));
        Assert.Equal(-1, whole.Samples8!.AsSpan().IndexOfAnyExcept((byte)128));
    }

    [Fact]
    public void Scans_over_nothing_do_not_hold_the_reader_up()
    {
        // 4096 x 4096 pixels, then refining scans of blocks that have nothing: four bytes for 32767 blocks.
        JpegFile file = Ready(0xC2, 0xE0, 4096, 4096, One).Range(0, 0, 0, 1).Data(new byte[512 * 512 / 8]);
        for (int k = 1; k < 64; k++)
        {
            for (int low = 13; low >= 0; low--)
            {
                file.Range((byte)k, (byte)k, (byte)(low == 13 ? 13 : ((low + 1) << 4) | low), 1);
                var data = new byte[20];
                for (int i = 0; i < 9; i++)
                {
                    // Code 10 and 14 bits of ones: a run of 32767 blocks.
                    (data[2 * i], data[(2 * i) + 1]) = (0b1011_1111, 0b1111_1110);
                }

                file.Data(data);
            }
        }

        byte[] bytes = file.End().Bytes;
        TimeSpan limit = TimeSpan.FromSeconds(5);
        Assert.InRange(ShortestTime.Of(limit, () => Assert.Contains(
            "more scans over empty blocks", Assert.Throws<ImageFormatException>(() => ImageDecoder.Decode(bytes)).Message, StringComparison.Ordinal)), TimeSpan.Zero, limit);
    }

    private static JpegFile Ready(byte marker, byte symbol = 1, int width = 8, int height = 8, (byte, byte, byte)[]? components = null) =>
        new JpegFile().Steps().Frame(marker, width, height, components ?? One).Codes(0).Codes(0x10, symbol);
}

using System.Buffers.Binary;
using System.IO.Compression;
using System.Runtime.InteropServices;
using GoNoGo.Testing.SyntheticData;
using GoNoGo.Vision.Imaging;
using Xunit;

namespace GoNoGo.Vision.Tests.Imaging;

public class TiffTests
{
    private static readonly byte[] Six = [10, 20, 30, 40, 50, 60];

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(true, true)]
    public void Both_byte_orders_and_both_sizes_of_offsets(bool bigEndian, bool isBig)
    {
        byte[] words = [.. Six.SelectMany(value => bigEndian ? new byte[] { 1, value } : [value, 1])];
        TiffFile file = new TiffFile { BigEndian = bigEndian, IsBig = isBig }
            .Set(256, 3, 3).Set(257, 3, 2).Set(258, 3, 16).Set(262, 3, 1).Set(278, 3, 1).Segment(words[..6]).Segment(words[6..]);
        using Image image = ImageDecoder.Decode(file.Build());
        Assert.Equal([266, 276, 286, 296, 306, 316], image.Samples16!);
        Assert.Equal(new ImageInfo(ImageKind.Tiff, 3, 2, 1, 16), ImageDecoder.Identify(file.Build()));
    }

    [Theory]
    [InlineData(1, 1, 0, new byte[] { 0b_1010_0000, 0b_0110_0000 }, new byte[] { 0, 255, 0, 255, 0, 0 })]
    [InlineData(1, 1, 1, new byte[] { 0b_1010_0000, 0b_0110_0000 }, new byte[] { 255, 0, 255, 0, 255, 255 })]
    [InlineData(2, 1, 1, new byte[] { 0b_00_01_10_00, 0b_11_10_00_00 }, new byte[] { 0, 85, 170, 255, 170, 0 })]
    [InlineData(4, 1, 1, new byte[] { 0x0F, 0x80, 0x12, 0x30 }, new byte[] { 0, 255, 136, 17, 34, 51 })]
    [InlineData(4, 1, 0, new byte[] { 0x0F, 0x80, 0x12, 0x30 }, new byte[] { 255, 0, 119, 238, 221, 204 })]
    [InlineData(1, 2, 1, new byte[] { 0b_0000_0101, 0b_0000_0110 }, new byte[] { 255, 0, 255, 0, 255, 255 })]
    public void Few_bits_become_full_scale(int bits, int fillOrder, int color, byte[] data, byte[] expected)
    {
        using Image image = ImageDecoder.Decode(TiffFile.Plain(3, 2, 1, bits, color, data).Set(266, 3, fillOrder).Build());
        Assert.Equal(expected, image.Samples8!);
    }

    [Fact]
    public void White_is_zero_is_turned_around_in_every_depth()
    {
        using Image bytes = ImageDecoder.Decode(TiffFile.Plain(3, 2, 1, 8, 0, Six).Build());
        Assert.Equal([245, 235, 225, 215, 205, 195], bytes.Samples8!);
        using Image words = ImageDecoder.Decode(TiffFile.Plain(1, 1, 1, 16, 0, [1, 0]).Build());
        Assert.Equal([65534], words.Samples16!);
        using Image floats = ImageDecoder.Decode(TiffFile.Plain(1, 1, 1, 32, 0, BitConverter.GetBytes(0.25f)).Set(339, 3, 3).Build());
        Assert.Equal([0.75f], floats.SamplesFloat!);
    }

    [Fact]
    public void A_palette_becomes_colours_or_gray()
    {
        long[] colors = [0, 0x1234, 0x5678, 0xFFFF, 0, 0x4321, 0x5678, 0x8000, 0, 0x1111, 0x5678, 0];
        byte[] data = [0b_00_01_10_00, 0b_11_00_01_00];
        using Image image = ImageDecoder.Decode(TiffFile.Plain(3, 2, 1, 2, 3, data).Set(320, 3, colors).Build());
        Assert.Equal([0, 0, 0, 0x12, 0x43, 0x11, 0x56, 0x56, 0x56, 0xFF, 0x80, 0, 0, 0, 0, 0x12, 0x43, 0x11], image.Samples8!);

        // Values of 8 bits in the fields of 16, as some writers have them.
        long[] grays = [0, 80, 160, 250, 0, 80, 160, 250, 0, 80, 160, 250];
        using Image gray = ImageDecoder.Decode(TiffFile.Plain(3, 2, 1, 2, 3, data).Set(320, 3, grays).Build());
        Assert.Equal([0, 80, 160, 250, 0, 80], gray.Samples8!);
    }

    [Theory]
    [InlineData(2, 1, -1, 4, new byte[] { 10, 10, 10, 20, 30, 30, 30, 40 })]
    [InlineData(2, 1, 0, 1, new byte[] { 10, 30 })]
    [InlineData(4, 2, 2, 4, new byte[] { 10, 20, 30, 40 })]
    [InlineData(4, 2, -1, 4, new byte[] { 10, 20, 30, 40 })]
    [InlineData(4, 2, 0, 3, new byte[] { 10, 20, 30 })]
    public void One_more_sample_is_alpha_or_left_out(int samples, int color, int extra, int channels, byte[] expected)
    {
        int width = 4 / samples;
        TiffFile chunky = TiffFile.Plain(width, 1, samples, 8, color, Six[..4]);
        byte[] planes = [.. Enumerable.Range(0, 4).Select(i => Six[(i % width * samples) + (i / width)])];
        TiffFile planar = new[] { 0, 1, 2, 3 }.Take(samples).Aggregate(
            new TiffFile().Set(256, 4, width).Set(257, 4, 1).Set(258, 3, [.. Enumerable.Repeat(8L, samples)]).Set(262, 3, color).Set(277, 3, samples).Set(284, 3, 2),
            (file, plane) => file.Segment(planes[(plane * width)..((plane + 1) * width)]));
        foreach (TiffFile file in new[] { chunky, planar })
        {
            if (extra >= 0)
            {
                file.Set(338, 3, extra);
            }

            using Image image = ImageDecoder.Decode(file.Build());
            Assert.Equal(channels, image.Channels);
            Assert.Equal(expected, image.Samples8!);
        }
    }

    [Fact]
    public void Tiles_reach_beyond_the_edges()
    {
        var random = new Random(3);
        var picture = new byte[19 * 18];
        random.NextBytes(picture);
        TiffFile file = new TiffFile { IsTiled = true }.Set(256, 3, 19).Set(257, 3, 18).Set(258, 3, 8).Set(262, 3, 1).Set(322, 3, 16).Set(323, 3, 16);
        for (int tile = 0; tile < 4; tile++)
        {
            var data = new byte[256];
            Array.Fill(data, (byte)0xEE);
            for (int i = 0; i < 256; i++)
            {
                int x = (tile % 2 * 16) + (i % 16);
                int y = (tile / 2 * 16) + (i / 16);
                data[i] = x < 19 && y < 18 ? picture[(y * 19) + x] : data[i];
            }

            file.Segment(data);
        }

        using Image image = ImageDecoder.Decode(file.Build());
        Assert.Equal(picture, image.Samples8!);
    }

    [Theory]
    [InlineData(8, false, 1)]
    [InlineData(8, false, 3)]
    [InlineData(8, false, 4)]
    [InlineData(16, false, 3)]
    [InlineData(16, true, 1)]
    [InlineData(32, false, 1)]
    [InlineData(32, true, 3)]
    public void Differences_are_summed_along_the_row(int bits, bool bigEndian, int samples)
    {
        const int Width = 11;
        var random = new Random(4);
        int count = Width * 2 * samples;
        uint mask = uint.MaxValue >> (32 - bits);
        uint[] values = [.. Enumerable.Range(0, count).Select(_ => (uint)random.NextInt64(1L << 32) & mask)];
        var data = new MemoryStream();
        Span<byte> number = stackalloc byte[4];
        for (int i = 0; i < count; i++)
        {
            uint left = i % (Width * samples) >= samples ? values[i - samples] : 0;
            uint difference = (values[i] - left) & mask;
            BinaryPrimitives.WriteUInt32LittleEndian(number, difference);
            Span<byte> used = number[..(bits / 8)];
            if (bigEndian)
            {
                used.Reverse();
            }

            data.Write(used);
        }

        byte[] file = new TiffFile { BigEndian = bigEndian }
            .Set(256, 3, Width).Set(257, 3, 2).Set(258, 3, [.. Enumerable.Repeat((long)bits, samples)]).Set(259, 3, 8)
            .Set(262, 3, samples == 1 ? 1 : 2).Set(277, 3, samples).Set(317, 3, 2).Set(339, 3, bits == 32 ? 3 : 1).Segment(Deflate(data.ToArray())).Build();
        using Image image = ImageDecoder.Decode(file);
        uint[] actual = bits switch
        {
            8 => [.. image.Samples8!.Select(value => (uint)value)],
            16 => [.. image.Samples16!.Select(value => (uint)value)],
            _ => MemoryMarshal.Cast<float, uint>(image.SamplesFloat).ToArray(),
        };
        Assert.Equal(values, actual);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void The_bytes_of_floats_are_joined(bool bigEndian)
    {
        // Planes of bytes, most significant first in both byte orders, then differences along the whole row.
        float[] values = [1.5f, -2.25f, 1e-20f, float.MaxValue, 0, 7];
        var row = new byte[24];
        for (int i = 0; i < 6; i++)
        {
            for (int part = 0; part < 4; part++)
            {
                row[(part * 6) + i] = (byte)(BitConverter.SingleToUInt32Bits(values[i]) >> (24 - (8 * part)));
            }
        }

        for (int i = 23; i > 0; i--)
        {
            row[i] -= row[i - 1];
        }

        byte[] file = new TiffFile { BigEndian = bigEndian }.Set(256, 3, 6).Set(257, 3, 1).Set(258, 3, 32).Set(259, 3, 32946).Set(262, 3, 1)
            .Set(317, 3, 3).Set(339, 3, 3).Segment(Deflate(row)).Build();
        using Image image = ImageDecoder.Decode(file);
        Assert.Equal(values, image.SamplesFloat!);
    }

    [Fact]
    public void PackBits_runs_and_literals()
    {
        byte[] packed = [128, 254, 7, 1, 9, 8, 0, 5, 255, 99];
        using Image image = ImageDecoder.Decode(TiffFile.Plain(3, 2, 1, 8, 1, packed).Set(259, 3, 32773).Build());
        Assert.Equal([7, 7, 7, 9, 8, 5], image.Samples8!);
    }

    [Fact]
    public void Pages_are_counted_without_copies_and_masks()
    {
        byte[] first = TiffFile.Plain(3, 2, 1, 8, 1, Six).Build();
        foreach ((long kind, int pages) in new[] { (0L, 2), (1L, 1), (2L, 2), (4L, 1) })
        {
            TiffFile two = TiffFile.Plain(3, 2, 1, 8, 1, Six);
            two.Next = first.Length;
            // The second page: one field, no further page.
            byte[] second = [1, 0, 254, 0, 4, 0, 1, 0, 0, 0, (byte)kind, 0, 0, 0, 0, 0, 0, 0];
            byte[] file = [.. two.Build(), .. second];
            Assert.Equal(pages, ImageDecoder.Identify(file).Pages);
            using Image image = ImageDecoder.Decode(file);
            Assert.Equal(Six, image.Samples8!);
        }
    }

    [Fact]
    public void A_file_is_identified_without_its_pixels_being_read()
    {
        string path = Path.GetTempFileName();
        try
        {
            File.WriteAllBytes(path, TiffFile.Plain(500, 400, 3, 8, 2, new byte[600_000]).Build());
            ImageDecoder.Identify(path);
            long before = GC.GetAllocatedBytesForCurrentThread();
            Assert.Equal(new ImageInfo(ImageKind.Tiff, 500, 400, 3, 8), ImageDecoder.Identify(path));
            Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 100_000);
        }
        finally
        {
            File.Delete(path);
        }
    }

    private static byte[] Deflate(byte[] data)
    {
        using var stream = new MemoryStream();
        using (var deflated = new ZLibStream(stream, CompressionLevel.Optimal))
        {
            deflated.Write(data);
        }

        return stream.ToArray();
    }
}

using System.IO.Compression;
using GoNoGo.Testing;
using GoNoGo.Testing.SyntheticData;
using GoNoGo.Vision.Imaging;
using GoNoGo.Vision.Imaging.Tiff;
using Xunit;

namespace GoNoGo.Vision.Tests.Imaging;

public class TiffRefusalTests
{
    private static readonly byte[] Six = [10, 20, 30, 40, 50, 60];

    private static TiffFile Good => TiffFile.Plain(3, 2, 1, 8, 1, Six);

    public static TheoryData<string, byte[]> Damaged => new()
    {
        { "no page", [.. "II*\0\0\0\0\0"u8] },
        { "the file has 8 bytes", [.. "II*\0"u8, 0xFF, 0xFF, 0xFF, 0x7F] },
        { "the file has 6 bytes", [.. "II*\0\u0008\0"u8] },
        { "0 fields", [.. "II*\0\u0008\0\0\0\0\0\0\0\0\0"u8] },
        { "another size than 8", [.. "II+\0\u0004\0\0\0"u8, .. new byte[16]] },
        { "0 x 2 pixels", Good.Set(256, 4, 0).Build() },
        { "4294967295 x 2 pixels", Good.Set(256, 4, uint.MaxValue).Build() },
        { "more than the limit", Good.Set(256, 4, 100_000).Set(257, 4, 100_000).Build() },
        { "strips of 0 rows", Good.Set(278, 4, 0).Build() },
        { "strip is 6 bytes at byte 4000000000", Good.Set(273, 4, 4_000_000_000).Build() },
        { "hold", Good.Set(279, 4, 5).Build() },
        { "needs 2 strips", Good.Set(278, 4, 1).Build() },
        { "no field StripOffsets", new TiffFile().Set(256, 3, 3).Set(257, 3, 2).Set(258, 3, 8).Set(262, 3, 1).Build() },
        { "field StripOffsets has values of type 2", Good.Set(273, 2, 1).Build() },
        { "goes in a circle", Circle() },
        { "next page", Next(1 << 30) },
        { "tiles of 0 x 16", new TiffFile { IsTiled = true }.Set(256, 3, 3).Set(257, 3, 2).Set(258, 3, 8).Set(262, 3, 1).Set(322, 3, 0).Set(323, 3, 16).Segment(Six).Build() },
        { "multiples of 16", new TiffFile { IsTiled = true }.Set(256, 3, 3).Set(257, 3, 2).Set(258, 3, 8).Set(262, 3, 1).Set(322, 3, 3).Set(323, 3, 2).Segment(Six).Build() },
        { "lie upon each other", Good.Set(278, 3, 1).Set(273, 4, 8, 9).Set(279, 4, 3, 3).Build() },
        { "lie upon each other", Good.Set(278, 3, 1).Set(273, 4, 9, 8).Set(279, 4, 3, 3).Build() },
        { "FillOrder is 3", Good.Set(266, 3, 3).Build() },
        { "PlanarConfiguration is 7", Good.Set(284, 3, 7).Build() },
        { "Predictor is 9", Good.Set(259, 3, 5).Set(317, 3, 9).Build() },
        { "floating-point predictor", Good.Set(259, 3, 5).Set(317, 3, 3).Build() },
        { "PhotometricInterpretation is missing", Good.Without(262).Build() },
        { "palette has 0 values", Good.Set(262, 3, 3).Build() },
        { "palette has 6 values", Good.Set(262, 3, 3).Set(320, 3, 0, 0, 0, 0, 0, 0).Build() },
        { "expected 3 or more", Good.Set(262, 3, 2).Build() },
        { "the code 511 where at most 255", TiffFile.Plain(3, 2, 1, 8, 1, [0x80, 0x7F, 0xFF, 0xFF]).Set(259, 3, 5).Build() },
        { "deflated pixel data", Good.Set(259, 3, 8).Build() },
        { "end after 3 of 6 bytes", TiffFile.Plain(3, 2, 1, 8, 1, [2, 7, 8, 9]).Set(259, 3, 32773).Build() },
        { "cannot hold them", TiffFile.Plain(3000, 2, 1, 8, 1, [255, 7]).Set(259, 3, 32773).Build() },
        { "which no file can hold", BigValue() },
    };

    [Theory]
    [InlineData("JPEG compression", 259, 7)]
    [InlineData("old-style JPEG compression", 259, 6)]
    [InlineData("CCITT group 4", 259, 4)]
    [InlineData("CCITT group 3", 259, 3)]
    [InlineData("Zstandard compression", 259, 50000)]
    [InlineData("unknown (code 777) compression", 259, 777)]
    [InlineData("YCbCr colours", 262, 6)]
    [InlineData("CMYK colours", 262, 5)]
    [InlineData("CIELab colours", 262, 8)]
    [InlineData("unknown (code 99) colours", 262, 99)]
    [InlineData("signed 8-bit integers", 339, 2)]
    [InlineData("8-bit floats", 339, 3)]
    [InlineData("complex floats", 339, 6)]
    [InlineData("unsigned 12-bit integers", 258, 12)]
    [InlineData("unsigned 32-bit integers", 258, 32)]
    [InlineData("7 samples a pixel", 277, 7)]
    [InlineData("65535 samples a pixel", 277, 65535)]
    public void What_is_not_read_is_named(string expected, int tag, int value) => Refused(expected, Good.Set(tag, 3, value).Build());

    [Fact]
    public void Samples_that_nobody_can_show_are_refused()
    {
        Refused("differ in depth", TiffFile.Plain(1, 2, 3, 8, 2, Six).Set(258, 3, 8, 8, 16).Build());
        Refused("2 samples a pixel beside its gray values", TiffFile.Plain(1, 2, 3, 8, 1, Six).Build());
        Refused("1 samples a pixel beside its palette values", TiffFile.Plain(1, 2, 2, 8, 3, Six).Build());
        Refused("3 samples a pixel of 4 bits", TiffFile.Plain(1, 2, 3, 4, 2, Six).Build());
        Refused("old style of LZW", TiffFile.Plain(3, 2, 1, 8, 1, [0, 1, 2, 3, 4]).Set(259, 3, 5).Build());
        Refused("32-bit floats", TiffFile.Plain(1, 1, 1, 64, 1, new byte[8]).Set(339, 3, 3).Build());
    }

    [Theory]
    [MemberData(nameof(Damaged))]
    public void Damage_is_told_in_one_sentence(string expected, byte[] file) => Refused(expected, file);

    [Fact]
    public void Every_cut_is_refused_or_ends_after_the_last_field()
    {
        byte[] file = TiffEncoder.Encode(new Image(20, 20, 3, new ushort[1200]));
        for (int length = 0; length < file.Length; length++)
        {
            Assert.Throws<ImageFormatException>(() => ImageDecoder.Decode(file.AsSpan(0, length)));
        }
    }

    [Fact]
    public void A_bomb_is_inflated_no_further_than_its_strip()
    {
        using var stream = new MemoryStream();
        using (var deflated = new ZLibStream(stream, CompressionLevel.Optimal))
        {
            var zeros = new byte[1 << 20];
            for (int i = 0; i < 200; i++)
            {
                deflated.Write(zeros);
            }
        }

        byte[] file = TiffFile.Plain(3, 2, 1, 8, 1, stream.ToArray()).Set(259, 3, 8).Build();
        (TimeSpan time, long bytes) = Cost(() => ImageDecoder.Decode(file).Dispose());
        Assert.InRange(bytes, 0, 1 << 20);
        Assert.InRange(time.TotalSeconds, 0, 2);
    }

    [Fact]
    public void A_promise_of_much_from_little_takes_little_memory()
    {
        // Bytes that could be packed from many more, but are not.
        foreach ((int packing, byte fill) in new[] { (5, (byte)0x80), (8, (byte)0x78), (32773, (byte)0) })
        {
            var packed = new byte[60_000];
            packed[0] = fill;
            packed[1] = packing == 8 ? (byte)0x9C : (byte)0;
            long side = packing == 32773 ? 1900 : 7000;
            byte[] file = TiffFile.Plain((int)side, (int)side, 1, 8, 1, packed).Set(259, 3, packing).Build();
            (TimeSpan time, long bytes) = Cost(() => Assert.Throws<ImageFormatException>(() => ImageDecoder.Decode(file)));
            Assert.InRange(bytes, 0, 16 << 20);
            Assert.InRange(time.TotalSeconds, 0, 2);
        }
    }

    [Fact]
    public void Tiles_far_larger_than_the_picture_are_refused()
    {
        byte[] file = new TiffFile { IsTiled = true }.Set(256, 3, 3).Set(257, 3, 200).Set(258, 3, 8).Set(259, 3, 8).Set(262, 3, 1)
            .Set(322, 4, 1_000_000).Set(323, 4, 208).Segment(new byte[300_000]).Build();
        Refused("far larger than itself", file);
    }

    [Fact]
    public void Thousands_of_pages_are_counted_up_to_a_bound()
    {
        // Each page has one field and lies behind the one before.
        var file = new MemoryStream();
        TiffFile first = Good;
        int begin = first.Build().Length;
        first.Next = begin;
        file.Write(first.Build());
        for (int page = 0; page < 20_000; page++)
        {
            long next = page == 19_999 ? 0 : begin + (18L * (page + 1));
            file.Write([1, 0, 0, 1, 3, 0, 1, 0, 0, 0, 1, 0, 0, 0, (byte)next, (byte)(next >> 8), (byte)(next >> 16), (byte)(next >> 24)]);
        }

        byte[] content = file.ToArray();
        (TimeSpan time, long bytes) = Cost(() => Assert.Equal(10_000, ImageDecoder.Identify(content).Pages));
        Assert.InRange(bytes, 0, 1 << 20);
        Assert.InRange(time.TotalSeconds, 0, 2);
    }

    [Fact]
    public void A_circle_of_many_pages_is_found()
    {
        byte[] file = [.. Good.Build(), .. new byte[18 * 50]];
        int begin = Good.Build().Length;
        TiffFile first = Good;
        first.Next = begin;
        first.Build().CopyTo(file, 0);
        for (int page = 0; page < 50; page++)
        {
            int next = begin + (18 * (page == 49 ? 7 : page + 1));
            new byte[] { 1, 0, 0, 1, 3, 0, 1, 0, 0, 0, 1, 0, 0, 0, (byte)next, (byte)(next >> 8), 0, 0 }.CopyTo(file, begin + (18 * page));
        }

        Refused("goes in a circle", file);
    }

    private static byte[] Circle()
    {
        TiffFile file = Good;
        file.Next = -1;
        return file.Build();
    }

    private static byte[] Next(long next)
    {
        TiffFile file = Good;
        file.Next = next;
        return file.Build();
    }

    private static byte[] BigValue() => new TiffFile { IsBig = true }
        .Set(256, 16, -1).Set(257, 3, 2).Set(258, 3, 8).Set(262, 3, 1).Segment(Six).Build();

    private static void Refused(string expected, byte[] file)
    {
        string message = "";
        (TimeSpan time, long bytes) = Cost(() => message = Assert.Throws<ImageFormatException>(() => ImageDecoder.Decode(file)).Message);
        Assert.Contains(expected, message, StringComparison.Ordinal);
        Assert.EndsWith(".", message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', message);
        Assert.InRange(bytes, 0, 16 << 20);
        Assert.InRange(time.TotalSeconds, 0, 2);
    }

    private static (TimeSpan Time, long Bytes) Cost(Action call)
    {
        long most = 0;
        TimeSpan time = ShortestTime.Of(TimeSpan.FromSeconds(2), () =>
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            call();
            most = Math.Max(most, GC.GetAllocatedBytesForCurrentThread() - before);
        });
        return (time, most);
    }
}

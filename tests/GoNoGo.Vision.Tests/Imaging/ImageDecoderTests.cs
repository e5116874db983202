using System.Text;
using GoNoGo.Testing.SyntheticData;
using GoNoGo.Vision.Imaging;
using GoNoGo.Vision.Imaging.Png;
using Xunit;

namespace GoNoGo.Vision.Tests.Imaging;

[Collection(VectorWidthCollection.Name)]
public class ImageDecoderTests
{
    private static readonly byte[] Good = PngFile.Random(new Random(1), 2, 8, 20, 10, false).Write();

    [Fact]
    public void Damage_of_every_kind_is_told_apart()
    {
        Refused("cut off", Good[..^1]);
        Refused("cut off", Good[..100]);
        Refused("signature", [.. Good.Take(4), (byte)'\n', .. Good.Skip(6)]);
        Refused("check value", Changed(Good, 16 + 8, 1));
        Refused("check value", Changed(Good, Good.Length - 40, 1));
        Refused("IHDR", Splice(Good, PngFile.Chunk("pHYs", new byte[9]), []));
        Refused("second IHDR", Splice(Good, Good[8..33], Good[8..33]));
        Refused("unknown chunk CgBI", Splice(Good, Good[8..33], PngFile.Chunk("CgBI", [])));
        Refused("no IDAT", [.. Good.Take(33), .. PngFile.Chunk("IEND", [])]);
        Refused("filter type 9", (PngFile.Random(new Random(1), 2, 8, 20, 10, false) with { Filter = row => row == 7 ? 9 : 0 }).Write());
        Refused("palette colour 3", (PngFile.Random(new Random(1), 3, 8, 4, 1, false) with { Palette = new byte[9], Samples = [0, 1, 2, 3] }).Write());
        Refused("no PLTE", (PngFile.Random(new Random(1), 3, 8, 4, 1, false) with { Palette = [] }).Write());
        Refused("damaged", Replaced(Good, []));
        Refused("cannot hold", Replaced(Good, [], width: 30_000));
        Refused("end before the last row", Replaced(Good, new byte[61 * 9]));
        Refused("more compressed pixel data", Replaced(Good, new byte[(61 * 10) + 1]));
        Refused("limit", Replaced(Good, new byte[10], width: 1 << 28));
    }

    [Fact]
    public void A_limit_on_pixels_is_kept()
    {
        Assert.Contains("20 x 10", Assert.Throws<ImageFormatException>(() => ImageDecoder.Decode(Good, new ImageDecoderOptions { MaxPixels = 199 })).Message);
        using Image image = ImageDecoder.Decode(Good, new ImageDecoderOptions { MaxPixels = 200 });
        Assert.Equal(20, image.Width);
    }

    [Fact]
    public void A_stream_that_inflates_less_than_promised_is_refused_before_the_picture_is_allocated()
    {
        // 40 MB promised and, by the ratio of deflate, possible; the data stop a little earlier.
        byte[] file = Replaced(Good, new byte[39_000_000], width: 4_000, height: 3_300);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Refused("end before the last row", file);
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.True(allocated < 4L * file.Length + 1_000_000, $"{allocated} bytes");
    }

    [Fact]
    public void A_large_picture_that_compresses_well_is_read()
    {
        using Image image = ImageDecoder.Decode(Replaced(Good, new byte[3_300 * 12_001], width: 4_000, height: 3_300));
        Assert.Equal(3_300 * 12_000, image.Samples8!.Length);
    }

    [Fact]
    public void Identify_needs_only_the_beginning()
    {
        var png = PngFile.Random(new Random(2), 3, 4, 20, 10, false);
        byte[] file = png.Write();
        int pixels = file.AsSpan().IndexOf("IDAT"u8);
        Assert.Equal(20, ImageDecoder.Identify(file.AsSpan(0, pixels + 4)).Width);
        string path = Path.Combine(Path.GetTempPath(), $"gonogo-{Guid.NewGuid():N}.png");
        try
        {
            // A comment longer than the block that is read first.
            File.WriteAllBytes(path, Splice(file, file[8..33], PngFile.Chunk("tEXt", new byte[200_000])));
            Assert.Equal(ImageDecoder.Identify(file), ImageDecoder.Identify(path));
            using Image image = ImageDecoder.Load(path);
            Assert.Equal(20, image.Width);
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void Orientation_in_a_png_is_told_and_not_applied()
    {
        byte[] plain = PngEncoder.Encode(new Image(3, 2, 1, [(byte)1, 2, 3, 4, 5, 6]));
        byte[] exif = PngFile.Chunk("eXIf", PngFile.ExifOrientation(6));
        // Signature and IHDR take 33 bytes; IEND takes the last 12.
        Check([.. plain[..33], .. exif, .. plain[33..]], 6);
        Check([.. plain[..33], .. PngFile.Chunk("tEXt", new byte[300_000]), .. exif, .. plain[33..]], 6);
        Check([.. plain[..33], .. exif, .. PngFile.Chunk("eXIf", PngFile.ExifOrientation(3)), .. plain[33..]], 6);
        Check([.. plain[..33], .. PngFile.Chunk("eXIf", PngFile.ExifOrientation(9)), .. plain[33..]], 1);
        Check([.. plain[..33], .. PngFile.Chunk("eXIf", []), .. plain[33..]], 1);
        // Behind the pixels it would be found by decoding and not by reading the header: it counts for neither.
        Check([.. plain[..^12], .. exif, .. plain[^12..]], 1);
        exif[^1] ^= 1;
        Check([.. plain[..33], .. exif, .. plain[33..]], 1);
        Check(plain, 1);

        static void Check(byte[] file, int orientation)
        {
            using var folder = new TemporaryFolder();
            folder.File("a.png", file);
            Assert.Equal(orientation, ImageDecoder.Identify(file).Orientation);
            Assert.Equal(orientation, ImageDecoder.Identify(folder["a.png"]).Orientation);
            using Image image = ImageDecoder.Load(folder["a.png"]);
            Assert.Equal(orientation, image.Orientation);
            Assert.Equal((3, 2), (image.Width, image.Height));
            Assert.Equal([1, 2, 3, 4, 5, 6], image.Samples8!);
        }
    }

    [Fact]
    public void Messages_begin_with_the_path_and_missing_files_are_missing_files()
    {
        string path = Path.Combine(Path.GetTempPath(), $"gonogo-{Guid.NewGuid():N}.png");
        Assert.Throws<FileNotFoundException>(() => ImageDecoder.Load(path));
        try
        {
            File.WriteAllText(path, "not a picture");
            Assert.StartsWith($"{path}: this is no picture", Assert.Throws<ImageFormatException>(() => ImageDecoder.Load(path)).Message);
            PngEncoder.Save(new Image(1, 1, 1, [(byte)7]), path);
            using Image image = ImageDecoder.Load(path);
            Assert.Equal([7], image.Samples8!);
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Theory]
    [InlineData("GIF89a", "GIF")]
    [InlineData("RIFF....WEBPVP8 ", "WebP")]
    [InlineData("....ftypavif", "AVIF")]
    [InlineData("%PDF-1.7", "PDF")]
    [InlineData("8BPS", "PSD")]
    public void Known_kinds_that_are_not_read_are_named(string text, string expected) =>
        Refused($"{expected}", Encoding.Latin1.GetBytes(text));

    [Fact]
    public void Steady_decoding_of_equal_pictures_allocates_little()
    {
        byte[] file = PngEncoder.Encode(new Image(300, 200, 3, new byte[180_000]));
        var preprocessing = new Preprocessing { Width = 64, Height = 64 };
        var values = new float[preprocessing.ValueCount];
        void Once()
        {
            using Image image = ImageDecoder.Decode(file);
            preprocessing.Run(image, values);
        }

        using (GoNoGo.Tensors.Parallel.Workers.RunSerially())
        {
            Once();
            Once();
            long before = GC.GetAllocatedBytesForCurrentThread();
            for (int i = 0; i < 10; i++)
            {
                Once();
            }

            long each = (GC.GetAllocatedBytesForCurrentThread() - before) / 10;
            Assert.True(each < 16_384, $"{each} bytes");
        }
    }

    [Fact]
    public void A_disposed_picture_cannot_be_read()
    {
        Image image = Image.Rent(3, 2, 3);
        image.Dispose();
        image.Dispose();
        Assert.Throws<ObjectDisposedException>(() => image.Samples8);
        Assert.Throws<ArgumentException>(() => Image.Rent(0, 1, 1));
        Assert.Throws<ArgumentException>(() => new Image(2, 2, 3, new byte[11]));
    }

    private static void Refused(string expected, byte[] content) =>
        Assert.Contains(expected, Assert.Throws<ImageFormatException>(() => ImageDecoder.Decode(content)).Message);

    private static byte[] Changed(byte[] content, int at, byte change)
    {
        byte[] copy = [.. content];
        copy[at] ^= change;
        return copy;
    }

    /// <summary>Puts other chunks in the place of IHDR.</summary>
    private static byte[] Splice(byte[] content, byte[] first, byte[] second) => [.. content.Take(8), .. first, .. second, .. content.Skip(33)];

    /// <summary>The same RGB header, possibly with another size, and other pixel data.</summary>
    private static byte[] Replaced(byte[] content, byte[] raw, int width = 20, int height = 10)
    {
        byte[] header = content[16..29];
        System.Buffers.Binary.BinaryPrimitives.WriteInt32BigEndian(header, width);
        System.Buffers.Binary.BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4), height);
        byte[] data = raw.Length == 0 ? [1, 2, 3, 4, 5] : PngFile.Compress(raw);
        return [.. content.Take(8), .. PngFile.Chunk("IHDR", header), .. PngFile.Chunk("IDAT", data), .. PngFile.Chunk("IEND", [])];
    }
}

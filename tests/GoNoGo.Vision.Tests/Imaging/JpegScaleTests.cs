using GoNoGo.Testing.SyntheticData;
using GoNoGo.Vision.Datasets;
using GoNoGo.Vision.Datasets.Loading;
using GoNoGo.Vision.Imaging;
using GoNoGo.Vision.Imaging.Png;
using GoNoGo.Vision.Imaging.Regions;

namespace GoNoGo.Vision.Tests.Imaging;

/// <summary>JPEG pictures that a network sees decoded smaller.</summary>
public sealed class JpegScaleTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(4)]
    [InlineData(8)]
    public void A_loader_decodes_jpeg_smaller_and_all_else_whole(int scale)
    {
        var random = new Random(scale);
        _folder.File("good/a.jpg", JpegFile.Textured(45, 30, random));
        _folder.File("good/b.jpg", JpegFile.Textured(24, 16, random));
        using (Image whole = ImageDecoder.Load(_folder["good/a.jpg"]))
        {
            PngEncoder.Save(whole, _folder["good/c.png"]);
        }

        var preprocessing = new Preprocessing { Width = 9, Height = 7, Channels = 1, JpegScale = scale };
        IReadOnlyList<DatasetItem> items = Dataset.Open(_folder.Root).Load(null).Train;
        items = [.. items.OrderBy(item => item.RelativePath, StringComparer.Ordinal)];
        using var loader = new BatchLoader(items, preprocessing, new BatchLoaderOptions { Decoding = new ImageDecoderOptions { MaxPixels = 45 * 30 } });
        using BatchRun run = loader.Begin(Enumerable.Range(0, items.Count).ToArray(), items.Count);
        Assert.True(run.TryNext(out Batch batch));
        for (int i = 0; i < items.Count; i++)
        {
            bool isJpeg = items[i].RelativePath.EndsWith(".jpg", StringComparison.Ordinal);
            using Image image = ImageDecoder.Load(items[i].FilePath!, new ImageDecoderOptions { JpegScale = isJpeg ? scale : 1 });
            PictureFormat format = items[i].Identify();
            Assert.Equal((format.Width, format.Height), (image.FullWidth, image.FullHeight));
            Assert.Equal(isJpeg ? (format.Width + scale - 1) / scale : format.Width, image.Width);
            var expected = new float[preprocessing.ValueCount];
            preprocessing.Run(image, expected);
            Assert.Equal(expected, batch.Images[i].ToArray());
            using Image whole = ImageDecoder.Load(items[i].FilePath!);
            var other = new float[preprocessing.ValueCount];
            preprocessing.Run(whole, other);
            Assert.Equal(isJpeg && scale > 1, !expected.AsSpan().SequenceEqual(other));
        }
    }

    [Fact]
    public void A_region_in_a_smaller_picture_has_the_pixels_and_the_box_that_it_stands_for()
    {
        var random = new Random(5);
        for (int round = 0; round < 200; round++)
        {
            int step = 1 << random.Next(4);
            int width = random.Next(1, 50);
            int height = random.Next(1, 50);
            var judged = new byte[width * height];
            int x0 = random.Next(width);
            int y0 = random.Next(height);
            for (int y = y0; y < random.Next(y0, height) + 1; y++)
            {
                judged.AsSpan((y * width) + x0, random.Next(1, width - x0 + 1)).Fill(1);
            }

            if (JudgedRegion.Of(width, height, judged) is not { } region)
            {
                continue;
            }

            JudgedRegion aligned = region.AlignedTo(step);
            Assert.Equal(region.Judged, aligned.Judged);
            Assert.Equal(region.Count, aligned.Count);
            (PixelRectangle inner, PixelRectangle box) = (region.Box, aligned.Box);
            Assert.Equal((0, 0), (box.X % step, box.Y % step));
            Assert.InRange(inner.X - box.X, 0, step - 1);
            Assert.InRange(inner.Y - box.Y, 0, step - 1);
            Assert.InRange(box.X + box.Width - inner.X - inner.Width, 0, step - 1);
            Assert.InRange(box.Y + box.Height - inner.Y - inner.Height, 0, step - 1);
            Assert.True((box.X + box.Width) % step == 0 || box.X + box.Width == width);
            Assert.True((box.Y + box.Height) % step == 0 || box.Y + box.Height == height);

            if (region.ReducedBy(step) is not { } small)
            {
                Assert.True(step > 1);
                continue;
            }

            Assert.Equal(((width + step - 1) / step, (height + step - 1) / step), (small.Width, small.Height));
            Assert.Equal((box.X, box.Y), (small.Box.X * step, small.Box.Y * step));
            Assert.Equal((box.Width + step - 1) / step, small.Box.Width);
            Assert.Equal((box.Height + step - 1) / step, small.Box.Height);
            int count = 0;
            for (int i = 0; i < small.Judged.Length; i++)
            {
                int x = Math.Min((i % small.Width * step) + (step / 2), width - 1);
                int y = Math.Min((i / small.Width * step) + (step / 2), height - 1);
                Assert.Equal(judged[(y * width) + x], small.Judged[i]);
                count += small.Judged[i];
            }

            Assert.Equal(count, small.Count);
        }
    }

    [Fact]
    public void What_does_not_go_with_a_scale_is_refused()
    {
        Assert.Throws<ArgumentException>(() => new Preprocessing { Width = 8, Height = 8, JpegScale = 3 }.Validate());
        Assert.Throws<ArgumentException>(() => new Preprocessing { Width = 8, Height = 8, JpegScale = 2, Framing = Framing.Pad }.Validate());
        new Preprocessing { Width = 8, Height = 8, JpegScale = 8 }.Validate();
    }

    [Fact]
    public void A_model_that_does_not_know_the_option_decodes_whole()
    {
        Preprocessing old = System.Text.Json.JsonSerializer.Deserialize("""{"width":8,"height":8,"channels":1}""", PreprocessingJson.Default.Preprocessing)!;
        Assert.Equal(1, old.JpegScale);
        Assert.Equal(4, System.Text.Json.JsonSerializer.Deserialize("""{"width":8,"height":8,"channels":1,"jpegScale":4}""", PreprocessingJson.Default.Preprocessing)!.JpegScale);
    }
}

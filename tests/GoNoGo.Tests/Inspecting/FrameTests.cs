using GoNoGo.Inspecting;
using GoNoGo.Testing.SyntheticData;
using GoNoGo.Training;
using GoNoGo.Vision.Imaging;
using GoNoGo.Vision.Imaging.Png;

namespace GoNoGo.Tests.Inspecting;

/// <summary>Raw frames are judged as the same pictures in files.</summary>
public sealed class FrameTests : IDisposable
{
    private const int Width = 21;
    private const int Height = 17;

    private readonly TemporaryFolder _folder = new();
    private readonly Inspector _inspector;

    public FrameTests()
    {
        for (int i = 0; i < 6; i++)
        {
            _folder.File($"data/good/{i}.png", TestPictures.Png(Width, Height, 3, i));
        }

        string model = _folder["model.gonogo"];
        Trainer.Run(new TrainRequest(_folder["data"], model) { Detector = "autoencoder", Settings = ["size=32", "latent=4", "max-epochs=1"] });
        _inspector = Inspector.Load(model, threshold: 1);
    }

    public void Dispose()
    {
        _inspector.Dispose();
        _folder.Dispose();
    }

    [Theory]
    [InlineData(PixelLayout.Gray8, new[] { 0 })]
    [InlineData(PixelLayout.Rgb24, new[] { 0, 1, 2 })]
    [InlineData(PixelLayout.Bgr24, new[] { 2, 1, 0 })]
    [InlineData(PixelLayout.Rgba32, new[] { 0, 1, 2, 3 })]
    [InlineData(PixelLayout.Bgra32, new[] { 2, 1, 0, 3 })]
    public void Layouts_of_8_bits(PixelLayout layout, int[] order)
    {
        Image picture = TestPictures.Make(Width, Height, order.Length, 3);
        Inspection expected = _inspector.Inspect(PngEncoder.Encode(picture), "file");
        foreach (int gap in new[] { 0, 1, 5 })
        {
            int stride = (Width * order.Length) + gap;
            var frame = new byte[(stride * Height) - gap];
            Array.Fill(frame, (byte)0xEE);
            for (int i = 0; i < picture.Samples8!.Length; i++)
            {
                int pixel = i / order.Length;
                frame[(pixel / Width * stride) + (pixel % Width * order.Length) + order[i % order.Length]] = picture.Samples8[i];
            }

            Same(expected, _inspector.Inspect(frame, Width, Height, layout, gap == 0 ? 0 : stride, "camera 1"));
        }
    }

    [Theory]
    [InlineData(PixelLayout.Gray16, 1)]
    [InlineData(PixelLayout.Rgb48, 3)]
    public void Layouts_of_16_bits_as_words_and_as_bytes(PixelLayout layout, int channels)
    {
        ushort[] samples = [.. Enumerable.Range(0, Width * Height * channels).Select(i => (ushort)(i * 613))];
        Inspection expected = _inspector.Inspect(PngEncoder.Encode(new Image(Width, Height, channels, samples)), "file");
        foreach (int gap in new[] { 0, 3 })
        {
            int stride = (Width * channels) + gap;
            var words = new ushort[(stride * Height) - gap];
            for (int y = 0; y < Height; y++)
            {
                samples.AsSpan(y * Width * channels, Width * channels).CopyTo(words.AsSpan(y * stride));
            }

            // The lower byte first, whatever the machine.
            byte[] bytes = [.. words.SelectMany(word => new[] { (byte)word, (byte)(word >> 8) })];
            Same(expected, _inspector.Inspect(words, Width, Height, layout, 2 * stride, "camera 1"));
            Same(expected, _inspector.Inspect(bytes, Width, Height, layout, 2 * stride, "camera 1"));
        }
    }

    [Fact]
    public void Wrong_sizes_are_named()
    {
        var bytes = new byte[600];
        Refused("samples hold 600 bytes, expected 1071 for 21 x 17 Rgb24 pixels with stride 63", () => _inspector.Inspect(bytes, 21, 17, PixelLayout.Rgb24));
        Refused("stride 62, expected at least the 63 bytes", () => _inspector.Inspect(bytes, 21, 2, PixelLayout.Bgr24, 62));
        Refused("stride -63", () => _inspector.Inspect(bytes, 21, 2, PixelLayout.Bgr24, -63));
        Refused("size 0 x 2", () => _inspector.Inspect(bytes, 0, 2, PixelLayout.Gray8));
        Refused("size 50000 x 50000", () => _inspector.Inspect(bytes, 50000, 50000, PixelLayout.Gray8));
        Refused("expected 42949672", () => _inspector.Inspect(bytes, 1, 3, PixelLayout.Gray8, int.MaxValue));
        Refused("no layout 77", () => _inspector.Inspect(bytes, 2, 2, (PixelLayout)77));
        Refused("Rgb24 has 8-bit samples", () => _inspector.Inspect(new ushort[12], 2, 2, PixelLayout.Rgb24));
        Refused("stride 5, expected an even number", () => _inspector.Inspect(new ushort[12], 2, 2, PixelLayout.Gray16, 5));

        static void Refused(string expected, Action act) => Assert.Contains(expected, Assert.Throws<ArgumentException>(act).Message, StringComparison.Ordinal);
    }

    private static void Same(Inspection expected, Inspection actual)
    {
        Assert.Equal(expected.Score, actual.Score);
        Assert.Equal(expected.Map.Values, actual.Map.Values);
        Assert.Equal(expected.Map.Region, actual.Map.Region);
        Assert.Equal("camera 1", actual.Name);
    }
}

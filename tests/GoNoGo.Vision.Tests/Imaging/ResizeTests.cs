using GoNoGo.Tensors.Simd;
using GoNoGo.Testing;
using GoNoGo.Vision.Imaging;
using GoNoGo.Vision.Imaging.Resizing;
using Xunit;

namespace GoNoGo.Vision.Tests.Imaging;

[Collection(VectorWidthCollection.Name)]
public class ResizeTests
{
    [Fact]
    public void Eight_bits_equal_the_textbook_at_all_shapes_widths_and_thread_counts()
    {
        var random = new Random(1);
        for (int round = 0; round < 150; round++)
        {
            Image source = RandomImage(random, random.Next(1, 90), random.Next(1, 60), 8);
            int width = random.Next(1, 70);
            int height = random.Next(1, 50);
            ResizeFilter filter = random.Next(2) == 0 ? ResizeFilter.Bilinear : ResizeFilter.Bicubic;
            byte[] expected = Textbook(source, width, height, filter);
            ProcessSettings.ForEachWidth(vectors =>
            {
                using IDisposable threads = ProcessSettings.Threads((round % 3) + 1);
                using Image result = ImageResize.Resize(source, width, height, filter);
                Assert.True(expected.AsSpan().SequenceEqual(result.Samples8), $"{source.Width} x {source.Height} x {source.Channels} to {width} x {height}, {filter}, {vectors}");
            });
        }
    }

    [Fact]
    public void Every_kernel_variant_gives_the_same_bytes_in_software_where_the_processor_lacks_it()
    {
        var random = new Random(5);
        for (int round = 0; round < 60; round++)
        {
            Image source = RandomImage(random, random.Next(1, 120), random.Next(1, 40), 8);
            int channels = Math.Min(source.Channels, 3);
            var columns = new ResizeSpan(source.Width, random.Next(1, 90));
            var rows = new ResizeSpan(source.Height, random.Next(1, 30));
            ResizeFilter filter = round % 2 == 0 ? ResizeFilter.Bilinear : ResizeFilter.Bicubic;
            var expected = new byte[columns.Count * rows.Count * channels];
            Resample8.Run(source.Samples8, source.Channels, channels, columns, rows, filter, expected, VectorWidth.Scalar);
            foreach (VectorWidth variant in Enum.GetValues<VectorWidth>())
            {
                var result = new byte[expected.Length];
                Resample8.Run(source.Samples8, source.Channels, channels, columns, rows, filter, result, variant);
                Assert.True(expected.AsSpan().SequenceEqual(result), $"{columns}, {rows}, {source.Channels} channels, {filter}, {variant}");
            }
        }
    }

    [Fact]
    public void Float_follows_the_textbook_within_single_precision()
    {
        var random = new Random(2);
        for (int round = 0; round < 60; round++)
        {
            Image source = RandomImage(random, random.Next(1, 90), random.Next(1, 60), round % 2 == 0 ? 8 : 16);
            int width = random.Next(1, 70);
            int height = random.Next(1, 50);
            ResizeFilter filter = random.Next(2) == 0 ? ResizeFilter.Bilinear : ResizeFilter.Bicubic;
            int channels = Math.Min(source.Channels, 3);
            double[] expected = TextbookFloat(source, width, height, filter);
            double largest = source.BitDepth == 8 ? 255 : 65535;
            var result = new float[channels * width * height];
            ProcessSettings.ForEachWidth(vectors =>
            {
                ImageResize.ToFloat(source, width, height, filter, result);
                for (int i = 0; i < result.Length; i++)
                {
                    int pixel = i % (width * height);
                    double difference = Math.Abs(result[i] - expected[(pixel * channels) + (i / (width * height))]);
                    Assert.True(difference < 1e-6 * largest, $"{source.Width} x {source.Height} to {width} x {height}, {vectors}: {difference}");
                }
            });
        }
    }

    [Fact]
    public void The_same_size_changes_nothing()
    {
        var random = new Random(3);
        Image eight = RandomImage(random, 37, 21, 8, 3);
        Assert.Equal(eight.Samples8, ImageResize.Resize(eight, 37, 21, ResizeFilter.Bicubic).Samples8);
        Image sixteen = RandomImage(random, 37, 21, 16, 3);
        Assert.Equal(sixteen.Samples16, ImageResize.Resize(sixteen, 37, 21, ResizeFilter.Bicubic).Samples16);
    }

    [Fact]
    public void A_plane_of_floats_is_resized_like_a_picture()
    {
        var random = new Random(4);
        Image source = RandomImage(random, 31, 17, 16, 1);
        float[] plane = [.. source.Samples16!.Select(value => (float)value)];
        var expected = new float[12 * 9];
        var result = new float[12 * 9];
        ImageResize.ToFloat(source, 12, 9, ResizeFilter.Bilinear, expected);
        ImageResize.Plane(plane, 31, 17, 12, 9, ResizeFilter.Bilinear, result);
        Assert.Equal(expected, result);
        Assert.Throws<ArgumentException>(() => ImageResize.Plane(plane, 30, 17, 12, 9, ResizeFilter.Bilinear, result));
    }

    internal static Image RandomImage(Random random, int width, int height, int depth, int channels = 0)
    {
        channels = channels == 0 ? new[] { 1, 3, 4 }[random.Next(3)] : channels;
        int count = width * height * channels;
        bool extremes = random.Next(2) == 0;
        int Sample(int largest) => extremes ? random.Next(2) * largest : random.Next(largest + 1);
        return depth == 8
            ? new Image(width, height, channels, [.. Enumerable.Range(0, count).Select(_ => (byte)Sample(255))])
            : new Image(width, height, channels, [.. Enumerable.Range(0, count).Select(_ => (ushort)Sample(65535))]);
    }

    private static byte[] Textbook(Image source, int width, int height, ResizeFilter filter)
    {
        int channels = Math.Min(source.Channels, 3);
        double[] samples = Samples(source);
        double[] middle = Pass(samples, source.Height, source.Width, channels, width, filter, horizontal: true, Fixed);
        return [.. Pass(middle, source.Height, width, channels, height, filter, horizontal: false, Fixed).Select(value => (byte)value)];
    }

    private static double[] TextbookFloat(Image source, int width, int height, ResizeFilter filter)
    {
        int channels = Math.Min(source.Channels, 3);
        double[] middle = Pass(Samples(source), source.Height, source.Width, channels, width, filter, horizontal: true, Exact);
        return Pass(middle, source.Height, width, channels, height, filter, horizontal: false, Exact);
    }

    private static double[] Samples(Image source)
    {
        double[] all = source.Samples8 is { } samples8 ? [.. samples8.Select(value => (double)value)] : [.. source.Samples16!.Select(value => (double)value)];
        return [.. all.Where((_, i) => source.Channels < 4 || i % 4 < 3)];
    }

    private static double[] Pass(
        double[] source, int height, int width, int channels, int target, ResizeFilter filter, bool horizontal, Func<double[], double[], double> dot)
    {
        int length = horizontal ? width : height;
        double scale = (double)length / target;
        double stretch = Math.Max(scale, 1);
        double support = (filter == ResizeFilter.Bilinear ? 1 : 2) * stretch;
        int outWidth = horizontal ? target : width;
        int outHeight = horizontal ? height : target;
        var result = new double[outWidth * outHeight * channels];
        for (int i = 0; i < target; i++)
        {
            double centre = (i + 0.5) * scale;
            int begin = Math.Max((int)(centre - support + 0.5), 0);
            int end = Math.Min((int)(centre + support + 0.5), length);
            double[] weights = [.. Enumerable.Range(begin, end - begin).Select(j => Kernel(filter, (j - centre + 0.5) * (1 / stretch)))];
            double sum = weights.Sum();
            weights = [.. weights.Select(weight => weight / sum)];
            for (int line = 0; line < (horizontal ? height : width); line++)
            {
                for (int c = 0; c < channels; c++)
                {
                    int At(int j) => ((horizontal ? (line * width) + j : (j * width) + line) * channels) + c;
                    double[] values = [.. Enumerable.Range(begin, end - begin).Select(j => source[At(j)])];
                    result[((horizontal ? (line * outWidth) + i : (i * outWidth) + line) * channels) + c] = dot(weights, values);
                }
            }
        }

        return result;
    }

    private static double Exact(double[] weights, double[] values) => weights.Zip(values, (weight, value) => weight * value).Sum();

    private static double Fixed(double[] weights, double[] values)
    {
        long sum = 1 << 21;
        for (int i = 0; i < weights.Length; i++)
        {
            sum += (long)Math.Round(weights[i] * (1 << 22), MidpointRounding.AwayFromZero) * (long)values[i];
        }

        return Math.Clamp(sum >> 22, 0, 255);
    }

    private static double Kernel(ResizeFilter filter, double x)
    {
        x = Math.Abs(x);
        return filter == ResizeFilter.Bilinear ? Math.Max(1 - x, 0)
            : x < 1 ? (1.5 * x * x * x) - (2.5 * x * x) + 1
            : x < 2 ? (-0.5 * x * x * x) + (2.5 * x * x) - (4 * x) + 2
            : 0;
    }
}

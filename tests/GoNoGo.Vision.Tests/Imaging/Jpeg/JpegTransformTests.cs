using GoNoGo.Testing;
using GoNoGo.Vision.Imaging.Jpeg;
using Xunit;

namespace GoNoGo.Vision.Tests.Imaging.Jpeg;

/// <summary>The parts of the decoder that have variants, against each other and against the formula.</summary>
[Collection(VectorWidthCollection.Name)]
public unsafe class JpegTransformTests
{
    [Fact]
    public void Every_variant_gives_the_same_samples_near_the_true_ones()
    {
        var random = new Random(4);
        var coefficients = new short[64];
        var steps = new int[64];
        for (int round = 0; round < 500; round++)
        {
            Array.Clear(coefficients);
            for (int i = 0; i < random.Next(1, 20); i++)
            {
                coefficients[random.Next(64)] = (short)random.Next(-60, 61);
            }

            for (int i = 0; i < 64; i++)
            {
                steps[i] = random.Next(1, 30);
            }

            byte[]? first = null;
            ProcessSettings.ForEachWidth(width =>
            {
                var samples = new byte[8 * 11];
                fixed (short* from = coefficients)
                fixed (int* by = steps)
                fixed (byte* to = samples)
                {
                    JpegTransform.Of(8)(from, by, to, 11);
                }

                first ??= samples;
                Assert.Equal(first, samples);
            });

            for (int y = 0; y < 8; y++)
            {
                for (int x = 0; x < 8; x++)
                {
                    Assert.True(Math.Abs(Math.Clamp(True(coefficients, steps, y, x) + 128, 0, 255) - first![(11 * y) + x]) <= 1.0, $"round {round}, {y}, {x}");
                }
            }
        }
    }

    [Fact]
    public void Colours_are_the_same_for_every_vector_width()
    {
        const int Width = 259;
        var luma = new byte[Width];
        var blueness = new byte[Width];
        var redness = new byte[Width];
        for (int round = 0; round < 256; round++)
        {
            for (int i = 0; i < Width; i++)
            {
                luma[i] = (byte)((i * 37) + round);
                blueness[i] = (byte)i;
                redness[i] = (byte)((i * 5) + round);
            }

            byte[]? first = null;
            ProcessSettings.ForEachWidth(width =>
            {
                var pixels = new byte[3 * Width];
                fixed (byte* y = luma)
                fixed (byte* cb = blueness)
                fixed (byte* cr = redness)
                fixed (byte* to = pixels)
                {
                    JpegColor.FromYCbCr(y, cb, cr, Width, to);
                }

                first ??= pixels;
                Assert.Equal(first, pixels);
                for (int i = 0; i < Width; i++)
                {
                    AssertRounds(luma[i] + (1.402 * (redness[i] - 128)), pixels[3 * i]);
                    AssertRounds(luma[i] - (0.34414 * (blueness[i] - 128)) - (0.71414 * (redness[i] - 128)), pixels[(3 * i) + 1]);
                    AssertRounds(luma[i] + (1.772 * (blueness[i] - 128)), pixels[(3 * i) + 2]);
                }
            });
        }
    }

    /// <summary>To the nearest; the fixed-point constants may tip a half to either side.</summary>
    private static void AssertRounds(double value, byte rounded) => Assert.InRange(Math.Abs(Math.Clamp(value, 0, 255) - rounded), 0, 0.502);

    /// <summary>T.81, annex A.3.3.</summary>
    private static double True(short[] coefficients, int[] steps, int y, int x)
    {
        double sum = 0;
        for (int v = 0; v < 8; v++)
        {
            for (int u = 0; u < 8; u++)
            {
                double scale = (u == 0 ? Math.Sqrt(0.5) : 1) * (v == 0 ? Math.Sqrt(0.5) : 1) / 4;
                sum += scale * coefficients[(8 * v) + u] * steps[(8 * v) + u]
                    * Math.Cos(((2 * x) + 1) * u * Math.PI / 16) * Math.Cos(((2 * y) + 1) * v * Math.PI / 16);
            }
        }

        return sum;
    }
}

using GoNoGo.Vision.Imaging;

namespace GoNoGo.Benchmarks.Pictures;

/// <summary>A bright round part with rings on a dark ground, under sensor noise: it compresses about as photographs of parts do.</summary>
internal static class NoisyPart
{
    public static Image Draw(int side, int channels, int seed)
    {
        var random = new Random(seed);
        double radiusOfPart = side * 380 / 900.0;
        double ring = 24 + seed;
        var samples = new byte[side * side * channels];
        for (int i = 0; i < samples.Length; i++)
        {
            int pixel = i / channels;
            double x = (pixel % side) - (side / 2.0);
            double y = (pixel / side) - (side / 2.0);
            double radius = Math.Sqrt((x * x) + (y * y));
            double value = radius < radiusOfPart ? 120 + (60 * Math.Cos(radius / ring)) + (10 * (i % channels)) : 25;
            samples[i] = (byte)Math.Clamp(value + random.Next(-4, 5), 0, 255);
        }

        return new Image(side, side, channels, samples);
    }
}

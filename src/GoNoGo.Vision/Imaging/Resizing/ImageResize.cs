using System.Runtime.InteropServices;

namespace GoNoGo.Vision.Imaging.Resizing;

/// <summary>Resizes pictures with antialiasing. Alpha is dropped: the result has 1 or 3 channels.</summary>
public static class ImageResize
{
    /// <summary>
    /// Resizes to exactly <paramref name="width"/> x <paramref name="height"/>. An 8-bit picture becomes what Pillow makes of it, bit
    /// for bit; a 16-bit one is computed in float and rounded, a float one not rounded.
    /// </summary>
    /// <exception cref="ArgumentException">A size below 1.</exception>
    public static Image Resize(Image source, int width, int height, ResizeFilter filter = ResizeFilter.Bilinear)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
        int channels = Math.Min(source.Channels, 3);
        Image result = Image.Rent(width, height, channels, source.BitDepth);
        var columns = new ResizeSpan(source.Width, width);
        var rows = new ResizeSpan(source.Height, height);
        if (source.Samples8 is { } samples8)
        {
            Resample8.Run(samples8, source.Channels, channels, columns, rows, filter, result.Samples8);
            return result;
        }

        using var scratch = new Scratch(sizeof(float) * (long)width * height * channels);
        Span<float> planes = MemoryMarshal.Cast<byte, float>(scratch.Span);
        ToFloat(source, columns, rows, filter, planes);
        int plane = width * height;
        if (result.SamplesFloat is { } samplesFloat)
        {
            for (int i = 0; i < samplesFloat.Length; i++)
            {
                samplesFloat[i] = planes[(i % channels * plane) + (i / channels)];
            }

            return result;
        }

        ushort[] samples16 = result.Samples16!;
        for (int i = 0; i < plane; i++)
        {
            for (int channel = 0; channel < channels; channel++)
            {
                samples16[(i * channels) + channel] = (ushort)Math.Clamp(MathF.Round(planes[(channel * plane) + i]), 0, ushort.MaxValue);
            }
        }

        return result;
    }

    /// <summary>
    /// Resizes in float, without rounding to the depth of the picture: <c>torch.nn.functional.interpolate(antialias=True)</c>.
    /// </summary>
    /// <param name="source">The picture.</param>
    /// <param name="width">Target width.</param>
    /// <param name="height">Target height.</param>
    /// <param name="filter">The kernel.</param>
    /// <param name="destination">Receives <c>[C, height, width]</c> with C = 1 or 3, in the units of the samples; bicubic values may leave their range.</param>
    /// <exception cref="ArgumentException">A size below 1, or a destination of another length.</exception>
    public static void ToFloat(Image source, int width, int height, ResizeFilter filter, Span<float> destination)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
        int channels = Math.Min(source.Channels, 3);
        if (destination.Length != (long)channels * width * height)
        {
            throw new ArgumentException($"ImageResize.ToFloat: destination has {destination.Length} values, expected [{channels}, {height}, {width}].", nameof(destination));
        }

        ToFloat(source, new ResizeSpan(source.Width, width), new ResizeSpan(source.Height, height), filter, destination);
    }

    /// <summary>Resizes one plane of floats, as <see cref="ToFloat(Image, int, int, ResizeFilter, Span{float})"/> does.</summary>
    /// <param name="source">Values <c>[sourceHeight, sourceWidth]</c>.</param>
    /// <param name="sourceWidth">Source width.</param>
    /// <param name="sourceHeight">Source height.</param>
    /// <param name="width">Target width.</param>
    /// <param name="height">Target height.</param>
    /// <param name="filter">The kernel.</param>
    /// <param name="destination">Receives <c>[height, width]</c>.</param>
    /// <exception cref="ArgumentException">A size below 1, or spans of other lengths.</exception>
    public static unsafe void Plane(
        ReadOnlySpan<float> source, int sourceWidth, int sourceHeight, int width, int height, ResizeFilter filter, Span<float> destination)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(Math.Min(sourceWidth, sourceHeight), 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(Math.Min(width, height), 1);
        if (source.Length != (long)sourceWidth * sourceHeight || destination.Length != (long)width * height)
        {
            throw new ArgumentException(
                $"ImageResize.Plane: source has {source.Length} values, expected [{sourceHeight}, {sourceWidth}]; destination {destination.Length}, expected [{height}, {width}].");
        }

        fixed (float* samples = source)
        {
            ResampleFloat.Run(new FloatSamples(samples), 1, 1, new ResizeSpan(sourceWidth, width), new ResizeSpan(sourceHeight, height), filter, destination);
        }
    }

    internal static unsafe void ToFloat(Image source, ResizeSpan columns, ResizeSpan rows, ResizeFilter filter, Span<float> destination)
    {
        int channels = Math.Min(source.Channels, 3);
        fixed (byte* bytes = source.Samples8)
        fixed (ushort* words = source.Samples16)
        fixed (float* floats = source.SamplesFloat)
        {
            if (bytes is not null)
            {
                ResampleFloat.Run(new ByteSamples(bytes), source.Channels, channels, columns, rows, filter, destination);
            }
            else if (floats is not null)
            {
                ResampleFloat.Run(new FloatSamples(floats), source.Channels, channels, columns, rows, filter, destination);
            }
            else
            {
                ResampleFloat.Run(new UshortSamples(words), source.Channels, channels, columns, rows, filter, destination);
            }
        }
    }
}

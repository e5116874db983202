using System.Globalization;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using GoNoGo.Vision.Imaging.Resizing;

namespace GoNoGo.Vision.Imaging;

/// <summary>The work of <see cref="Preprocessing"/>.</summary>
public sealed partial record Preprocessing
{
    /// <summary>Turns a picture into network input.</summary>
    /// <param name="image">The picture, of any size, channels and depth.</param>
    /// <param name="destination">Receives <c>[Channels, Height, Width]</c>.</param>
    /// <exception cref="ArgumentException">The destination has another length, or <see cref="Validate"/> fails.</exception>
    /// <exception cref="ImageFormatException">A float picture has infinities or values that are no number where the network looks; or the samples have another depth than those that <see cref="Intensity"/> counts.</exception>
    public void Run(Image image, Span<float> destination)
    {
        Validate();
        if (destination.Length != ValueCount)
        {
            throw new ArgumentException($"Preprocessing.Run: destination has {destination.Length} values, expected [{Channels}, {Height}, {Width}].", nameof(destination));
        }

        Intensity?.Require(image.BitDepth);
        if (Channels == 3 || image.Channels == 1)
        {
            RunColors(image, destination);
            return;
        }

        using Image gray = Image.Rent(image.Width, image.Height, 1, image.BitDepth);
        if (image.Samples8 is { } samples8)
        {
            GrayConversion.Run(samples8, image.Channels, gray.Samples8);
        }
        else if (image.SamplesFloat is { } samplesFloat)
        {
            GrayConversion.Run(samplesFloat, image.Channels, gray.SamplesFloat.AsSpan());
        }
        else
        {
            GrayConversion.Run(image.Samples16.AsSpan(), image.Channels, gray.Samples16);
        }

        RunColors(gray, destination);
    }

    /// <summary>Brings a ground-truth mask into the frame of the network's input.</summary>
    /// <param name="mask">The mask, of any size, channels and depth: non-zero colour samples are defect.</param>
    /// <param name="destination">Receives <c>[Height, Width]</c>: 1 for defect, 0 elsewhere.</param>
    /// <param name="rule">How it is resized.</param>
    /// <exception cref="ArgumentException">The destination has another length, or <see cref="Validate"/> fails.</exception>
    public void RunMask(Image mask, Span<byte> destination, MaskRule rule = MaskRule.Nearest)
    {
        Validate();
        if (destination.Length != Width * Height)
        {
            throw new ArgumentException($"Preprocessing.RunMask: destination has {destination.Length} values, expected [{Height}, {Width}].", nameof(destination));
        }

        if (Framing != Framing.Pad)
        {
            (ResizeSpan columns, ResizeSpan rows) = Spans(mask.Width, mask.Height);
            MaskResize.Run(mask, columns, rows, rule, destination);
            return;
        }

        using var full = new Scratch((long)mask.Width * mask.Height);
        MaskResize.Run(mask, mask.Width, mask.Height, MaskRule.Nearest, full.Span);
        Place<byte>(full.Span, mask.Width, mask.Height, 1, destination);
    }

    private void RunColors(Image image, Span<float> destination)
    {
        int channels = Math.Min(image.Channels, 3);
        (ResizeSpan columns, ResizeSpan rows) = Spans(image.Width, image.Height);
        float black = Intensity?.Black ?? 0;
        float white = Intensity?.White ?? IntensityRange.FullScale(image.BitDepth);
        if (image.Samples8 is { } samples8)
        {
            using var resized = new Scratch((long)Width * Height * (Framing == Framing.Pad ? image.Channels : channels));
            if (Framing == Framing.Pad)
            {
                Place<byte>(samples8, image.Width, image.Height, image.Channels, resized.Span);
                ScaleBytes(resized.Span, image.Channels, black, white, destination);
            }
            else
            {
                Resample8.Run(samples8, image.Channels, channels, columns, rows, Filter, resized.Span);
                ScaleBytes(resized.Span, channels, black, white, destination);
            }

            return;
        }

        int plane = Width * Height;
        Span<float> planes = destination[..(channels * plane)];
        if (Framing != Framing.Pad)
        {
            ImageResize.ToFloat(image, columns, rows, Filter, planes);
        }
        else if (image.SamplesFloat is { } samplesFloat)
        {
            PlaceInPlanes<float>(samplesFloat, image, planes);
        }
        else
        {
            PlaceInPlanes<ushort>(image.Samples16, image, planes);
        }

        if (image.SamplesFloat is not null && Intensity is not null)
        {
            // Clamping would make a white of an infinity.
            RequireFinite(image, planes);
        }

        if (image.SamplesFloat is null || Intensity is not null)
        {
            ApplyRange(black, white, planes);
        }

        ScaleFloats(channels, destination);
        if (image.SamplesFloat is not null)
        {
            RequireFinite(image, destination);
        }
    }

    /// <summary>A value that is no number would make every score of the picture one.</summary>
    private static void RequireFinite(Image image, ReadOnlySpan<float> input)
    {
        if (NonFinite.IndexOf(input) < 0)
        {
            return;
        }

        ReadOnlySpan<float> samples = image.SamplesFloat;
        int first = NonFinite.IndexOf(samples);
        string place = first < 0
            ? "values so large that they overflow"
            : string.Create(
                CultureInfo.InvariantCulture,
                $"the value {samples[first]} at column {first / image.Channels % image.Width}, row {first / image.Channels / image.Width}");
        throw new ImageFormatException($"the float picture has {place}, which cannot become network input; replace such values by finite numbers (full scale is 1).");
    }

    /// <summary>Copies interleaved pixels to the middle of planes of zeros.</summary>
    private void PlaceInPlanes<T>(ReadOnlySpan<T> samples, Image image, Span<float> planes) where T : unmanaged, INumberBase<T>
    {
        int plane = Width * Height;
        using var placed = new Scratch(Unsafe.SizeOf<T>() * (long)plane * image.Channels);
        Span<T> pixels = MemoryMarshal.Cast<byte, T>(placed.Span);
        Place(samples, image.Width, image.Height, image.Channels, pixels);
        int channels = planes.Length / plane;
        for (int i = 0; i < plane; i++)
        {
            for (int channel = 0; channel < channels; channel++)
            {
                planes[(channel * plane) + i] = float.CreateTruncating(pixels[(i * image.Channels) + channel]);
            }
        }
    }

    /// <summary>Brings values to unit scale in place; what the filter made of edges stays within it.</summary>
    private static void ApplyRange(float black, float white, Span<float> planes)
    {
        foreach (ref float value in planes)
        {
            value = (Math.Clamp(value, black, white) - black) / (white - black);
        }
    }

    /// <summary>Scales interleaved bytes into planes by a table of the 256 values of each channel.</summary>
    private void ScaleBytes(ReadOnlySpan<byte> pixels, int channels, float black, float white, Span<float> destination)
    {
        Span<float> table = stackalloc float[256];
        int plane = Width * Height;
        for (int channel = 0; channel < Channels; channel++)
        {
            for (int value = 0; value < 256; value++)
            {
                table[value] = Scale((Math.Clamp(value, black, white) - black) / (white - black), channel);
            }

            Span<float> target = destination.Slice(channel * plane, plane);
            int at = channels == 1 ? 0 : channel;
            for (int i = 0; i < target.Length; i++, at += channels)
            {
                target[i] = table[pixels[at]];
            }
        }
    }

    /// <summary>Scales planes of values at unit scale in place and replicates gray.</summary>
    private void ScaleFloats(int channels, Span<float> planes)
    {
        int plane = Width * Height;
        for (int channel = Channels - 1; channel >= 0; channel--)
        {
            Span<float> target = planes.Slice(channel * plane, plane);
            ReadOnlySpan<float> source = channels == 1 ? planes[..plane] : target;
            for (int i = 0; i < target.Length; i++)
            {
                target[i] = Scale(source[i], channel);
            }
        }
    }

    private float Scale(float value, int channel) =>
        (value - (Mean.Count == 0 ? 0 : Mean[channel])) / (Deviation.Count == 0 ? 1 : Deviation[channel]);

    /// <summary>Copies pixels to the middle of a canvas of the input's size; the rest is zero.</summary>
    private void Place<T>(ReadOnlySpan<T> source, int width, int height, int channels, Span<T> destination) where T : unmanaged
    {
        destination.Clear();
        int left = PadBefore(width, Width);
        int top = PadBefore(height, Height);
        int count = Math.Min(width, Width) * channels;
        for (int y = Math.Max(top, 0); y < Math.Min(top + height, Height); y++)
        {
            int from = ((((y - top) * width) + Math.Max(-left, 0)) * channels);
            int to = ((y * Width) + Math.Max(left, 0)) * channels;
            source.Slice(from, count).CopyTo(destination[to..]);
        }
    }
}

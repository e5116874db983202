using System.Text.Json.Serialization;

namespace GoNoGo.Vision.Imaging.Resizing;

/// <summary>How a ground-truth mask is brought to the size of an anomaly map.</summary>
public enum MaskRule
{
    /// <summary>The source pixel floor((i + 0.5) source/target): Pillow's nearest, torch's <c>nearest-exact</c>. Our default.</summary>
    [JsonStringEnumMemberName("nearest")]
    Nearest,

    /// <summary>The source pixel floor(i source/target): torch's <c>nearest</c>.</summary>
    [JsonStringEnumMemberName("nearest-floor")]
    NearestFloor,

    /// <summary>Pillow's antialiased bilinear resize of the mask as 0/255, of which every non-zero pixel counts: the published code of Alber et al. 2024. Defects grow by up to a pixel.</summary>
    [JsonStringEnumMemberName("bilinear-nonzero")]
    BilinearNonzero,
}

/// <summary>Resizes masks: any non-zero colour sample is defect (alpha is not looked at).</summary>
public static class MaskResize
{
    /// <summary>Resizes to exactly <paramref name="width"/> x <paramref name="height"/>.</summary>
    /// <param name="mask">The mask as a picture of any channels and depth.</param>
    /// <param name="width">Target width.</param>
    /// <param name="height">Target height.</param>
    /// <param name="rule">How.</param>
    /// <param name="destination">Receives <c>[height, width]</c>: 1 for defect, 0 elsewhere.</param>
    /// <exception cref="ArgumentException">A size below 1, or a destination of another length.</exception>
    public static void Run(Image mask, int width, int height, MaskRule rule, Span<byte> destination)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
        if (destination.Length != (long)width * height)
        {
            throw new ArgumentException($"MaskResize.Run: destination has {destination.Length} values, expected [{height}, {width}].", nameof(destination));
        }

        Run(mask, new ResizeSpan(mask.Width, width), new ResizeSpan(mask.Height, height), rule, destination);
    }

    internal static void Run(Image mask, ResizeSpan columns, ResizeSpan rows, MaskRule rule, Span<byte> destination)
    {
        if (rule == MaskRule.BilinearNonzero)
        {
            using var full = new Scratch((long)mask.Width * mask.Height);
            Binarise(mask, full.Span);
            Resample8.Run(full.Span, 1, 1, columns, rows, ResizeFilter.Bilinear, destination);
            foreach (ref byte value in destination)
            {
                value = value == 0 ? (byte)0 : (byte)1;
            }

            return;
        }

        for (int y = 0; y < rows.Count; y++)
        {
            long row = Nearest(rows, y, rule) * mask.Width;
            for (int x = 0; x < columns.Count; x++)
            {
                destination[(y * columns.Count) + x] = IsDefect(mask, row + Nearest(columns, x, rule)) ? (byte)1 : (byte)0;
            }
        }
    }

    private static long Nearest(ResizeSpan span, int index, MaskRule rule)
    {
        long target = span.Offset + (long)index;
        return rule == MaskRule.Nearest ? ((2 * target) + 1) * span.Source / (2L * span.Target) : target * span.Source / span.Target;
    }

    private static void Binarise(Image mask, Span<byte> destination)
    {
        if (mask.Channels == 1 && mask.Samples8 is { } samples8)
        {
            for (int i = 0; i < destination.Length; i++)
            {
                destination[i] = samples8[i] != 0 ? (byte)255 : (byte)0;
            }

            return;
        }

        for (int i = 0; i < destination.Length; i++)
        {
            destination[i] = IsDefect(mask, i) ? (byte)255 : (byte)0;
        }
    }

    private static bool IsDefect(Image mask, long pixel)
    {
        int colors = Math.Min(mask.Channels, 3);
        int at = (int)(pixel * mask.Channels);
        return mask.Samples8 is { } samples8 ? samples8.AsSpan(at, colors).IndexOfAnyExcept((byte)0) >= 0
            : mask.SamplesFloat is { } samplesFloat ? samplesFloat.AsSpan(at, colors).IndexOfAnyExcept(0f) >= 0
            : mask.Samples16.AsSpan(at, colors).IndexOfAnyExcept((ushort)0) >= 0;
    }
}

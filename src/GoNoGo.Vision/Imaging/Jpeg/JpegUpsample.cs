using System.Runtime.Intrinsics;
using GoNoGo.Tensors.Simd;

namespace GoNoGo.Vision.Imaging.Jpeg;

/// <summary>
/// Brings rows of samples to the width of the picture. The triangle filter puts the nearer sample at 3/4 and the farther one at
/// 1/4, with the roundings of libjpeg, which alternate so that no error builds up. Beyond the ends the outermost sample counts.
/// </summary>
internal static unsafe class JpegUpsample
{
    /// <summary>Room that a row needs behind its end, and a row of sums before its beginning too.</summary>
    public const int Padding = 64;

    private static bool UseVectors => VectorWidths.Current != VectorWidth.Scalar && Vector128.IsHardwareAccelerated;

    /// <summary>Doubles a row by the triangle filter: (3 near + far + 1 or 2) / 4.</summary>
    /// <param name="source">The samples.</param>
    /// <param name="width">Their number, at least 1.</param>
    /// <param name="sums">Workspace of <paramref name="width"/> values with <see cref="Padding"/> bytes on both sides.</param>
    /// <param name="destination">Receives twice as many, and may be written up to <see cref="Padding"/> bytes beyond.</param>
    public static void Across(byte* source, int width, ushort* sums, byte* destination)
    {
        int x = 0;
        if (UseVectors)
        {
            for (; x <= width - 16; x += 16)
            {
                (Vector128<ushort> low, Vector128<ushort> high) = Vector128.Widen(Vector128.Load(source + x));
                low.Store(sums + x);
                high.Store(sums + x + 8);
            }
        }

        for (; x < width; x++)
        {
            sums[x] = source[x];
        }

        Spread(sums, width, 1, 2, 2, destination);
    }

    /// <summary>Doubles a row between two in both directions: first (3 near + far) down, then the same across, / 16.</summary>
    /// <param name="near">The row that the wanted one is nearer to.</param>
    /// <param name="far">The other row.</param>
    /// <param name="width">Their samples.</param>
    /// <param name="sums">As with <see cref="Across"/>.</param>
    /// <param name="destination">As with <see cref="Across"/>.</param>
    public static void Both(byte* near, byte* far, int width, ushort* sums, byte* destination)
    {
        int x = 0;
        if (UseVectors)
        {
            Vector128<ushort> three = Vector128.Create((ushort)3);
            for (; x <= width - 16; x += 16)
            {
                (Vector128<ushort> nearLow, Vector128<ushort> nearHigh) = Vector128.Widen(Vector128.Load(near + x));
                (Vector128<ushort> farLow, Vector128<ushort> farHigh) = Vector128.Widen(Vector128.Load(far + x));
                ((nearLow * three) + farLow).Store(sums + x);
                ((nearHigh * three) + farHigh).Store(sums + x + 8);
            }
        }

        for (; x < width; x++)
        {
            sums[x] = (ushort)((3 * near[x]) + far[x]);
        }

        Spread(sums, width, 8, 7, 4, destination);
    }

    /// <summary>A row between two: (3 near + far + bias) / 4.</summary>
    public static void Down(byte* near, byte* far, int width, int bias, byte* destination)
    {
        int x = 0;
        if (UseVectors)
        {
            Vector128<ushort> three = Vector128.Create((ushort)3);
            Vector128<ushort> biases = Vector128.Create((ushort)bias);
            for (; x <= width - 16; x += 16)
            {
                (Vector128<ushort> nearLow, Vector128<ushort> nearHigh) = Vector128.Widen(Vector128.Load(near + x));
                (Vector128<ushort> farLow, Vector128<ushort> farHigh) = Vector128.Widen(Vector128.Load(far + x));
                Vector128<ushort> low = ((nearLow * three) + farLow + biases) >>> 2;
                Vector128<ushort> high = ((nearHigh * three) + farHigh + biases) >>> 2;
                Vector128.Narrow(low, high).Store(destination + x);
            }
        }

        for (; x < width; x++)
        {
            destination[x] = (byte)(((3 * near[x]) + far[x] + bias) >> 2);
        }
    }

    /// <summary>Repeats samples: sample floor(x * <paramref name="samples"/> / <paramref name="pixels"/>) at pixel x.</summary>
    public static void Repeat(byte* source, int samples, int pixels, int width, byte* destination)
    {
        if (pixels % samples == 0)
        {
            int times = pixels / samples;
            for (int x = 0; x < width; x += times)
            {
                byte sample = *source++;
                for (int i = 0; i < times; i++)
                {
                    destination[x + i] = sample;
                }
            }

            return;
        }

        for (int x = 0; x < width; x++)
        {
            destination[x] = source[x * samples / pixels];
        }
    }

    /// <summary>The horizontal half: pixel 2x is (3 s[x] + s[x-1] + even) shifted, pixel 2x+1 is (3 s[x] + s[x+1] + odd) shifted.</summary>
    private static void Spread(ushort* sums, int width, int even, int odd, int shift, byte* destination)
    {
        // At the ends 3 s + s is exactly the 4 s that the outermost sample's own quarter stands for.
        sums[-1] = sums[0];
        sums[width] = sums[width - 1];
        int x = 0;
        if (UseVectors)
        {
            Vector128<ushort> three = Vector128.Create((ushort)3);
            Vector128<ushort> evens = Vector128.Create((ushort)even);
            Vector128<ushort> odds = Vector128.Create((ushort)odd);
            for (; x < width; x += 8)
            {
                // The last step may read and write beyond the row, which its padding allows.
                Vector128<ushort> triple = Vector128.Load(sums + x) * three;
                Vector128<ushort> left = (triple + Vector128.Load(sums + x - 1) + evens) >>> shift;
                Vector128<ushort> right = (triple + Vector128.Load(sums + x + 1) + odds) >>> shift;
                (left | (right << 8)).AsByte().Store(destination + (2 * x));
            }

            return;
        }

        for (; x < width; x++)
        {
            int triple = 3 * sums[x];
            destination[2 * x] = (byte)((triple + sums[x - 1] + even) >> shift);
            destination[(2 * x) + 1] = (byte)((triple + sums[x + 1] + odd) >> shift);
        }
    }
}

using System.Runtime.Intrinsics;
using GoNoGo.Tensors.Simd;

namespace GoNoGo.Vision.Imaging.Png;

/// <summary>
/// Applies the row filters of PNG and chooses among them: the one whose bytes, read as signed numbers, have the smallest sum of
/// absolute values. Rows lie behind <c>distance</c> zero bytes, so that the first pixel has a left neighbour.
/// </summary>
internal static unsafe class PngFilter
{
    /// <summary>Writes the filter type and the filtered bytes of the best filter.</summary>
    /// <param name="row">The row; the bytes before it are zero for a pixel's length.</param>
    /// <param name="above">The row above (zeros on the first row), zeros before it likewise.</param>
    /// <param name="length">Bytes a row.</param>
    /// <param name="distance">Bytes a pixel.</param>
    /// <param name="trial">Working space for <paramref name="length"/> bytes.</param>
    /// <param name="destination">Receives 1 + <paramref name="length"/> bytes.</param>
    public static void Best(byte* row, byte* above, int length, int distance, byte* trial, byte* destination)
    {
        long smallest = long.MaxValue;
        for (byte filter = 0; filter <= 4; filter++)
        {
            Apply(filter, row, above, length, distance, trial);
            long cost = Cost(trial, length);
            if (cost < smallest)
            {
                smallest = cost;
                *destination = filter;
                Buffer.MemoryCopy(trial, destination + 1, length, length);
            }
        }
    }

    private static void Apply(byte filter, byte* row, byte* above, int length, int distance, byte* destination)
    {
        int i = 0;
        if (UseVectors)
        {
            for (; i <= length - 16; i += 16)
            {
                Vector128<byte> value = Vector128.Load(row + i);
                Vector128<byte> left = Vector128.Load(row + i - distance);
                Vector128<byte> up = Vector128.Load(above + i);
                Vector128<byte> predicted = filter switch
                {
                    0 => Vector128<byte>.Zero,
                    1 => left,
                    2 => up,
                    3 => (left & up) + Vector128.ShiftRightLogical(left ^ up, 1),
                    _ => Paeth(left, up, Vector128.Load(above + i - distance)),
                };
                (value - predicted).Store(destination + i);
            }
        }

        for (; i < length; i++)
        {
            int left = row[i - distance];
            int predicted = filter switch
            {
                0 => 0,
                1 => left,
                2 => above[i],
                3 => (left + above[i]) >> 1,
                _ => PngUnfilter.Predict(left, above[i], above[i - distance]),
            };
            destination[i] = (byte)(row[i] - predicted);
        }
    }

    private static Vector128<byte> Paeth(Vector128<byte> left, Vector128<byte> up, Vector128<byte> corner) => Vector128.Narrow(
        Paeth(Vector128.WidenLower(left).AsInt16(), Vector128.WidenLower(up).AsInt16(), Vector128.WidenLower(corner).AsInt16()),
        Paeth(Vector128.WidenUpper(left).AsInt16(), Vector128.WidenUpper(up).AsInt16(), Vector128.WidenUpper(corner).AsInt16()));

    private static Vector128<ushort> Paeth(Vector128<short> left, Vector128<short> up, Vector128<short> corner)
    {
        Vector128<short> byLeft = Vector128.Abs(up - corner);
        Vector128<short> byUp = Vector128.Abs(left - corner);
        Vector128<short> byCorner = Vector128.Abs(up - corner + left - corner);
        Vector128<short> nearest = Vector128.Min(byCorner, Vector128.Min(byLeft, byUp));
        return Vector128.ConditionalSelect(
            Vector128.Equals(nearest, byLeft),
            left,
            Vector128.ConditionalSelect(Vector128.Equals(nearest, byUp), up, corner)).AsUInt16();
    }

    private static long Cost(byte* data, int length)
    {
        long sum = 0;
        int i = 0;
        if (UseVectors)
        {
            while (i <= length - 16)
            {
                // A lane gains at most 256 a step: 64-bit sums are due every 128 steps.
                Vector128<ushort> part = default;
                for (int step = 0; step < 128 && i <= length - 16; step++, i += 16)
                {
                    Vector128<byte> value = Vector128.Load(data + i);
                    value = Vector128.Min(value, Vector128<byte>.Zero - value);
                    part += Vector128.WidenLower(value) + Vector128.WidenUpper(value);
                }

                sum += Vector128.Sum(Vector128.WidenLower(part) + Vector128.WidenUpper(part));
            }
        }

        for (; i < length; i++)
        {
            sum += Math.Abs((int)(sbyte)data[i]);
        }

        return sum;
    }

    private static bool UseVectors => VectorWidths.Current != VectorWidth.Scalar && Vector128.IsHardwareAccelerated;
}

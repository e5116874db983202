using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using GoNoGo.Tensors.Simd;

namespace GoNoGo.Vision.Imaging.Png;

/// <summary>
/// Undoes the row filters of PNG. <c>left</c> is the byte one pixel before, <c>up</c> the byte in the row above; both are 0
/// outside the picture. Arithmetic is modulo 256.
/// </summary>
internal static unsafe class PngUnfilter
{
    /// <summary>Reconstructs one row.</summary>
    /// <param name="filter">0 none, 1 sub (+ left), 2 up (+ up), 3 average (+ floor((left + up) / 2)), 4 Paeth.</param>
    /// <param name="source">The filtered bytes.</param>
    /// <param name="above">The reconstructed row above, null on a first row.</param>
    /// <param name="length">Bytes a row.</param>
    /// <param name="distance">Bytes from a byte to its left neighbour: 1, 2, 3, 4, 6 or 8.</param>
    /// <param name="destination">Receives the row; must not overlap the source.</param>
    public static void Row(int filter, byte* source, byte* above, int length, int distance, byte* destination)
    {
        if (filter > 4)
        {
            throw new ImageFormatException($"a PNG row has filter type {filter}, but only 0 to 4 exist; the pixel data are damaged.");
        }

        if (above is null)
        {
            // Up adds nothing, and Paeth's predictor is then always the left byte.
            filter = filter switch { 2 => 0, 4 => 1, _ => filter };
        }

        bool vectors = VectorWidths.Current != VectorWidth.Scalar && Vector128.IsHardwareAccelerated;
        switch (filter)
        {
            case 0:
                Buffer.MemoryCopy(source, destination, length, length);
                break;
            case 1:
                Sub(source, length, distance, vectors, destination);
                break;
            case 2:
                Up(source, above, length, vectors, destination);
                break;
            case 3 when above is null:
                AverageFirst(source, length, distance, destination);
                break;
            case 3:
                Average(source, above, length, distance, vectors, destination);
                break;
            default:
                Paeth(source, above, length, distance, vectors, destination);
                break;
        }
    }

    private static void Sub(byte* source, int length, int distance, bool vectors, byte* destination)
    {
        int done = !vectors ? 0 : distance switch
        {
            3 => SubPixels<Pixel3>(source, length, destination),
            6 => SubPixels<Pixel6>(source, length, destination),
            _ => SubPrefix(source, length, distance, destination),
        };
        for (int i = done; i < length; i++)
        {
            destination[i] = (byte)(source[i] + (i >= distance ? destination[i - distance] : 0));
        }
    }

    /// <summary>Running sums within a vector of 16 bytes by doubling steps, plus the last pixel of the vector before.</summary>
    private static int SubPrefix(byte* source, int length, int distance, byte* destination)
    {
        Vector128<byte> lastPixel = Vector128.Create((byte)(16 - distance)) + (Vector128<byte>.Indices & Vector128.Create((byte)(distance - 1)));
        Vector128<byte> carry = default;
        int i = 0;
        for (; i <= length - 16; i += 16)
        {
            Vector128<byte> sum = Vector128.Load(source + i);
            for (int step = distance; step < 16; step *= 2)
            {
                // Indices below zero wrap to 240 and above, which select zero.
                sum += Vector128.ShuffleNative(sum, Vector128<byte>.Indices - Vector128.Create((byte)step));
            }

            sum += carry;
            sum.Store(destination + i);
            carry = Vector128.ShuffleNative(sum, lastPixel);
        }

        return i;
    }

    private static int SubPixels<TPixel>(byte* source, int length, byte* destination) where TPixel : struct, IPixel
    {
        Vector128<byte> left = default;
        int i = 0;
        for (; i < length - TPixel.Size; i += TPixel.Size)
        {
            left += TPixel.Load(source + i);
            TPixel.Store(left, destination + i);
        }

        return i;
    }

    private static void Up(byte* source, byte* above, int length, bool vectors, byte* destination)
    {
        int i = 0;
        if (vectors)
        {
            for (; i <= length - Vector256<byte>.Count; i += Vector256<byte>.Count)
            {
                (Vector256.Load(source + i) + Vector256.Load(above + i)).Store(destination + i);
            }
        }

        for (; i < length; i++)
        {
            destination[i] = (byte)(source[i] + above[i]);
        }
    }

    private static void AverageFirst(byte* source, int length, int distance, byte* destination)
    {
        for (int i = 0; i < length; i++)
        {
            destination[i] = (byte)(source[i] + (i >= distance ? destination[i - distance] >> 1 : 0));
        }
    }

    private static void Average(byte* source, byte* above, int length, int distance, bool vectors, byte* destination)
    {
        int done = !vectors ? 0 : distance switch
        {
            3 => AveragePixels<Pixel3>(source, above, length, destination),
            4 => AveragePixels<Pixel4>(source, above, length, destination),
            6 => AveragePixels<Pixel6>(source, above, length, destination),
            8 => AveragePixels<Pixel8>(source, above, length, destination),
            _ => 0,
        };
        for (int i = done; i < length; i++)
        {
            int left = i >= distance ? destination[i - distance] : 0;
            destination[i] = (byte)(source[i] + ((left + above[i]) >> 1));
        }
    }

    private static int AveragePixels<TPixel>(byte* source, byte* above, int length, byte* destination) where TPixel : struct, IPixel
    {
        Vector128<byte> left = default;
        int i = 0;
        for (; i < length - TPixel.Size; i += TPixel.Size)
        {
            Vector128<byte> up = TPixel.Load(above + i);
            left = TPixel.Load(source + i) + HalfSum(left, up);
            TPixel.Store(left, destination + i);
        }

        return i;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<byte> HalfSum(Vector128<byte> left, Vector128<byte> up)
    {
        Vector128<byte> odd = (left ^ up) & Vector128<byte>.One;
        return Sse2.IsSupported
            ? Sse2.Average(left, up) - odd
            : (left & up) + Vector128.ShiftRightLogical(left ^ up, 1);
    }

    private static void Paeth(byte* source, byte* above, int length, int distance, bool vectors, byte* destination)
    {
        int done = !vectors ? 0 : distance switch
        {
            3 => PaethPixels<Pixel3>(source, above, length, destination),
            4 => PaethPixels<Pixel4>(source, above, length, destination),
            6 => PaethPixels<Pixel6>(source, above, length, destination),
            8 => PaethPixels<Pixel8>(source, above, length, destination),
            _ => 0,
        };
        for (int i = done; i < length; i++)
        {
            int left = 0;
            int corner = 0;
            if (i >= distance)
            {
                left = destination[i - distance];
                corner = above[i - distance];
            }

            destination[i] = (byte)(source[i] + Predict(left, above[i], corner));
        }
    }

    /// <summary>Of left, up and corner the one nearest to left + up - corner; ties in this order.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static int Predict(int left, int up, int corner)
    {
        int byLeft = Math.Abs(up - corner);
        int byUp = Math.Abs(left - corner);
        int byCorner = Math.Abs(left + up - (2 * corner));
        return byLeft <= byUp && byLeft <= byCorner ? left : byUp <= byCorner ? up : corner;
    }

    private static int PaethPixels<TPixel>(byte* source, byte* above, int length, byte* destination) where TPixel : struct, IPixel
    {
        Vector128<short> left = default;
        Vector128<short> corner = default;
        int i = 0;
        for (; i < length - TPixel.Size; i += TPixel.Size)
        {
            Vector128<short> up = Vector128.WidenLower(TPixel.Load(above + i)).AsInt16();
            Vector128<short> fromCorner = up - corner;
            Vector128<short> leftFromCorner = left - corner;
            Vector128<short> byLeft = Vector128.Abs(fromCorner);
            Vector128<short> byUp = Vector128.Abs(leftFromCorner);
            Vector128<short> byCorner = Vector128.Abs(fromCorner + leftFromCorner);
            Vector128<short> nearest = Vector128.Min(byCorner, Vector128.Min(byLeft, byUp));
            Vector128<short> predicted = Vector128.ConditionalSelect(
                Vector128.Equals(nearest, byLeft),
                left,
                Vector128.ConditionalSelect(Vector128.Equals(nearest, byUp), up, corner));
            Vector128<short> current = (predicted + Vector128.WidenLower(TPixel.Load(source + i)).AsInt16()) & Vector128.Create((short)0xFF);
            TPixel.Store(Vector128.Narrow(current.AsUInt16(), current.AsUInt16()), destination + i);
            left = current;
            corner = up;
        }

        return i;
    }

    /// <summary>
    /// A pixel of 3 to 8 bytes in the low lanes of a vector. Loads and stores of 3 and 6 bytes touch the bytes that follow,
    /// so the callers leave a row's last pixel to scalar code and go from left to right.
    /// </summary>
    private interface IPixel
    {
        static abstract int Size { get; }

        static abstract Vector128<byte> Load(byte* source);

        static abstract void Store(Vector128<byte> value, byte* destination);
    }

    private readonly struct Pixel3 : IPixel
    {
        public static int Size => 3;

        public static Vector128<byte> Load(byte* source) => Four.Load(source);

        public static void Store(Vector128<byte> value, byte* destination) => Four.Store(value, destination);
    }

    private readonly struct Pixel4 : IPixel
    {
        public static int Size => 4;

        public static Vector128<byte> Load(byte* source) => Four.Load(source);

        public static void Store(Vector128<byte> value, byte* destination) => Four.Store(value, destination);
    }

    private readonly struct Pixel6 : IPixel
    {
        public static int Size => 6;

        public static Vector128<byte> Load(byte* source) => Eight.Load(source);

        public static void Store(Vector128<byte> value, byte* destination) => Eight.Store(value, destination);
    }

    private readonly struct Pixel8 : IPixel
    {
        public static int Size => 8;

        public static Vector128<byte> Load(byte* source) => Eight.Load(source);

        public static void Store(Vector128<byte> value, byte* destination) => Eight.Store(value, destination);
    }

    private static class Four
    {
        public static Vector128<byte> Load(byte* source) => Vector128.CreateScalarUnsafe(Unsafe.ReadUnaligned<uint>(source)).AsByte();

        public static void Store(Vector128<byte> value, byte* destination) => Unsafe.WriteUnaligned(destination, value.AsUInt32().ToScalar());
    }

    private static class Eight
    {
        public static Vector128<byte> Load(byte* source) => Vector128.CreateScalarUnsafe(Unsafe.ReadUnaligned<ulong>(source)).AsByte();

        public static void Store(Vector128<byte> value, byte* destination) => Unsafe.WriteUnaligned(destination, value.AsUInt64().ToScalar());
    }
}

using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using GoNoGo.Tensors.Simd;

namespace GoNoGo.Vision.Imaging.Jpeg;

/// <summary>
/// Rows of components to rows of RGB pixels. YCbCr as JFIF defines it, with 16 fraction bits and the roundings of libjpeg:
/// R = Y + 1.402 Cr, G = Y - 0.34414 Cb - 0.71414 Cr, B = Y + 1.772 Cb, where Cb and Cr are centred at 128.
/// </summary>
internal static unsafe class JpegColor
{
    private const int Bits = 16;
    private const int Half = 1 << (Bits - 1);
    private const int RedOfCr = 91881;
    private const int GreenOfCb = -22554;
    private const int GreenOfCr = -46802;
    private const int BlueOfCb = 116130;

    /// <summary>Converts a row of YCbCr.</summary>
    public static void FromYCbCr(byte* luma, byte* blueness, byte* redness, int width, byte* destination)
    {
        int x = 0;
        VectorWidth vectors = VectorWidths.Current;
        if (vectors >= VectorWidth.Bits256 && Avx2.IsSupported)
        {
            // The store of 16 pixels writes 48 bytes exactly.
            for (; x <= width - 16; x += 16)
            {
                Convert256(luma + x, blueness + x, redness + x, out Vector256<int> r0, out Vector256<int> g0, out Vector256<int> b0);
                Convert256(luma + x + 8, blueness + x + 8, redness + x + 8, out Vector256<int> r1, out Vector256<int> g1, out Vector256<int> b1);
                Store(Narrow(r0, r1), Narrow(g0, g1), Narrow(b0, b1), destination + (3 * x));
            }
        }
        else if (vectors != VectorWidth.Scalar && Vector128.IsHardwareAccelerated)
        {
            for (; x <= width - 16; x += 16)
            {
                Convert128(Vector128.Load(luma + x), Vector128.Load(blueness + x), Vector128.Load(redness + x), destination + (3 * x));
            }
        }

        for (; x < width; x++)
        {
            int y = luma[x];
            int cb = blueness[x] - 128;
            int cr = redness[x] - 128;
            destination[3 * x] = Limit(y + (((RedOfCr * cr) + Half) >> Bits));
            destination[(3 * x) + 1] = Limit(y + (((GreenOfCb * cb) + (GreenOfCr * cr) + Half) >> Bits));
            destination[(3 * x) + 2] = Limit(y + (((BlueOfCb * cb) + Half) >> Bits));
        }
    }

    /// <summary>Interleaves a row of RGB.</summary>
    public static void FromRgb(byte* red, byte* green, byte* blue, int width, byte* destination)
    {
        int x = 0;
        if (VectorWidths.Current != VectorWidth.Scalar && Vector128.IsHardwareAccelerated)
        {
            for (; x <= width - 16; x += 16)
            {
                Store(Vector128.Load(red + x), Vector128.Load(green + x), Vector128.Load(blue + x), destination + (3 * x));
            }
        }

        for (; x < width; x++)
        {
            destination[3 * x] = red[x];
            destination[(3 * x) + 1] = green[x];
            destination[(3 * x) + 2] = blue[x];
        }
    }

    private static byte Limit(int value) => (byte)Math.Clamp(value, 0, 255);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Convert256(byte* luma, byte* blueness, byte* redness, out Vector256<int> red, out Vector256<int> green, out Vector256<int> blue)
    {
        Vector256<int> y = Avx2.ConvertToVector256Int32(luma);
        Vector256<int> cb = Avx2.ConvertToVector256Int32(blueness) - Vector256.Create(128);
        Vector256<int> cr = Avx2.ConvertToVector256Int32(redness) - Vector256.Create(128);
        Vector256<int> half = Vector256.Create(Half);
        red = y + (((cr * Vector256.Create(RedOfCr)) + half) >> Bits);
        green = y + (((cb * Vector256.Create(GreenOfCb)) + (cr * Vector256.Create(GreenOfCr)) + half) >> Bits);
        blue = y + (((cb * Vector256.Create(BlueOfCb)) + half) >> Bits);
    }

    /// <summary>Sixteen values as bytes with saturation; packing works on halves, so that the order is mended in between.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<byte> Narrow(Vector256<int> first, Vector256<int> second)
    {
        Vector256<short> words = Avx2.Permute4x64(Avx2.PackSignedSaturate(first, second).AsInt64(), 0b11_01_10_00).AsInt16();
        return Sse2.PackUnsignedSaturate(words.GetLower(), words.GetUpper());
    }

    private static void Convert128(Vector128<byte> luma, Vector128<byte> blueness, Vector128<byte> redness, byte* destination)
    {
        Vector128<int> half = Vector128.Create(Half);
        Vector128<byte> red = Vector128<byte>.Zero;
        Vector128<byte> green = Vector128<byte>.Zero;
        Vector128<byte> blue = Vector128<byte>.Zero;
        for (int part = 0; part < 4; part++)
        {
            Vector128<int> y = Quarter(luma, part);
            Vector128<int> cb = Quarter(blueness, part) - Vector128.Create(128);
            Vector128<int> cr = Quarter(redness, part) - Vector128.Create(128);
            red = Append(red, y + (((cr * Vector128.Create(RedOfCr)) + half) >> Bits), part);
            green = Append(green, y + (((cb * Vector128.Create(GreenOfCb)) + (cr * Vector128.Create(GreenOfCr)) + half) >> Bits), part);
            blue = Append(blue, y + (((cb * Vector128.Create(BlueOfCb)) + half) >> Bits), part);
        }

        Store(red, green, blue, destination);
    }

    private static Vector128<int> Quarter(Vector128<byte> bytes, int part) =>
        Vector128.WidenLower(Vector128.WidenLower(Vector128.CreateScalarUnsafe(bytes.AsUInt32()[part]).AsByte())).AsInt32();

    private static Vector128<byte> Append(Vector128<byte> bytes, Vector128<int> values, int part)
    {
        Vector128<uint> limited = Vector128.Min(Vector128.Max(values, Vector128<int>.Zero), Vector128.Create(255)).AsUInt32();
        Vector128<ushort> words = Vector128.Narrow(limited, limited);
        return bytes.AsUInt32().WithElement(part, Vector128.Narrow(words, words).AsUInt32().ToScalar()).AsByte();
    }

    /// <summary>Writes 16 pixels, 48 bytes: each output vector takes five or six bytes of each colour.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(Vector128<byte> red, Vector128<byte> green, Vector128<byte> blue, byte* destination)
    {
        // An index of 255 gives 0.
        Vector128<byte> first =
            Vector128.Shuffle(red, Vector128.Create((byte)0, 255, 255, 1, 255, 255, 2, 255, 255, 3, 255, 255, 4, 255, 255, 5))
            | Vector128.Shuffle(green, Vector128.Create(255, (byte)0, 255, 255, 1, 255, 255, 2, 255, 255, 3, 255, 255, 4, 255, 255))
            | Vector128.Shuffle(blue, Vector128.Create(255, 255, (byte)0, 255, 255, 1, 255, 255, 2, 255, 255, 3, 255, 255, 4, 255));
        Vector128<byte> second =
            Vector128.Shuffle(red, Vector128.Create(255, 255, (byte)6, 255, 255, 7, 255, 255, 8, 255, 255, 9, 255, 255, 10, 255))
            | Vector128.Shuffle(green, Vector128.Create((byte)5, 255, 255, 6, 255, 255, 7, 255, 255, 8, 255, 255, 9, 255, 255, 10))
            | Vector128.Shuffle(blue, Vector128.Create(255, (byte)5, 255, 255, 6, 255, 255, 7, 255, 255, 8, 255, 255, 9, 255, 255));
        Vector128<byte> third =
            Vector128.Shuffle(red, Vector128.Create(255, (byte)11, 255, 255, 12, 255, 255, 13, 255, 255, 14, 255, 255, 15, 255, 255))
            | Vector128.Shuffle(green, Vector128.Create(255, 255, (byte)11, 255, 255, 12, 255, 255, 13, 255, 255, 14, 255, 255, 15, 255))
            | Vector128.Shuffle(blue, Vector128.Create((byte)10, 255, 255, 11, 255, 255, 12, 255, 255, 13, 255, 255, 14, 255, 255, 15));
        first.Store(destination);
        second.Store(destination + 16);
        third.Store(destination + 32);
    }
}

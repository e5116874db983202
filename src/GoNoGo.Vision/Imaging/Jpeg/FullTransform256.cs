using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace GoNoGo.Vision.Imaging.Jpeg;

/// <summary>The transform to 8 x 8 samples with 256-bit vectors (AVX2): a vector is a row of eight lanes, one for each column.</summary>
internal static unsafe class FullTransform256
{
    /// <summary>Transforms one block.</summary>
    public static void Run(short* coefficients, int* steps, byte* destination, nint stride)
    {
        Vector256<int> v0 = Load(coefficients, steps);
        Vector256<int> v1 = Load(coefficients + 8, steps + 8);
        Vector256<int> v2 = Load(coefficients + 16, steps + 16);
        Vector256<int> v3 = Load(coefficients + 24, steps + 24);
        Vector256<int> v4 = Load(coefficients + 32, steps + 32);
        Vector256<int> v5 = Load(coefficients + 40, steps + 40);
        Vector256<int> v6 = Load(coefficients + 48, steps + 48);
        Vector256<int> v7 = Load(coefficients + 56, steps + 56);
        CosineTransform.Run<Lanes, Vector256<int>>(ref v0, ref v1, ref v2, ref v3, ref v4, ref v5, ref v6, ref v7, CosineTransform.FirstShift);
        Transpose(ref v0, ref v1, ref v2, ref v3, ref v4, ref v5, ref v6, ref v7);
        CosineTransform.Run<Lanes, Vector256<int>>(ref v0, ref v1, ref v2, ref v3, ref v4, ref v5, ref v6, ref v7, CosineTransform.SecondShift);

        // Now a vector is a column, and a lane a row. To bytes with saturation: v0 and v1 etc. in the 16-bit lanes [v0 rows 0-3, v1 rows 0-3 | rows 4-7].
        Vector256<short> w01 = Avx2.PackSignedSaturate(v0, v1);
        Vector256<short> w23 = Avx2.PackSignedSaturate(v2, v3);
        Vector256<short> w45 = Avx2.PackSignedSaturate(v4, v5);
        Vector256<short> w67 = Avx2.PackSignedSaturate(v6, v7);
        Vector256<sbyte> level = Vector256.Create(unchecked((sbyte)0x80));
        Vector256<sbyte> b0123 = Avx2.PackSignedSaturate(w01, w23) ^ level;
        Vector256<sbyte> b4567 = Avx2.PackSignedSaturate(w45, w67) ^ level;

        // In each half: 4 columns of 4 rows, as bytes. Transposed, each 32 bits are 4 columns of one row.
        Vector256<byte> order = Vector256.Create(
            (byte)0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15,
            0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15);
        Vector256<int> left = Avx2.Shuffle(b0123.AsByte(), order).AsInt32();
        Vector256<int> right = Avx2.Shuffle(b4567.AsByte(), order).AsInt32();
        Vector256<ulong> low = Avx2.UnpackLow(left, right).AsUInt64();
        Vector256<ulong> high = Avx2.UnpackHigh(left, right).AsUInt64();
        *(ulong*)destination = low.GetElement(0);
        *(ulong*)(destination + stride) = low.GetElement(1);
        *(ulong*)(destination + (2 * stride)) = high.GetElement(0);
        *(ulong*)(destination + (3 * stride)) = high.GetElement(1);
        *(ulong*)(destination + (4 * stride)) = low.GetElement(2);
        *(ulong*)(destination + (5 * stride)) = low.GetElement(3);
        *(ulong*)(destination + (6 * stride)) = high.GetElement(2);
        *(ulong*)(destination + (7 * stride)) = high.GetElement(3);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<int> Load(short* coefficients, int* steps) =>
        Avx2.ConvertToVector256Int32(Vector128.Load(coefficients)) * Vector256.Load(steps);

    /// <summary>Rows become columns: pairs, then pairs of pairs, then the halves of the vectors change places.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Transpose(
        ref Vector256<int> v0, ref Vector256<int> v1, ref Vector256<int> v2, ref Vector256<int> v3,
        ref Vector256<int> v4, ref Vector256<int> v5, ref Vector256<int> v6, ref Vector256<int> v7)
    {
        Vector256<long> a0 = Avx2.UnpackLow(v0, v1).AsInt64();
        Vector256<long> a1 = Avx2.UnpackHigh(v0, v1).AsInt64();
        Vector256<long> a2 = Avx2.UnpackLow(v2, v3).AsInt64();
        Vector256<long> a3 = Avx2.UnpackHigh(v2, v3).AsInt64();
        Vector256<long> a4 = Avx2.UnpackLow(v4, v5).AsInt64();
        Vector256<long> a5 = Avx2.UnpackHigh(v4, v5).AsInt64();
        Vector256<long> a6 = Avx2.UnpackLow(v6, v7).AsInt64();
        Vector256<long> a7 = Avx2.UnpackHigh(v6, v7).AsInt64();
        Vector256<int> b0 = Avx2.UnpackLow(a0, a2).AsInt32();
        Vector256<int> b1 = Avx2.UnpackHigh(a0, a2).AsInt32();
        Vector256<int> b2 = Avx2.UnpackLow(a1, a3).AsInt32();
        Vector256<int> b3 = Avx2.UnpackHigh(a1, a3).AsInt32();
        Vector256<int> b4 = Avx2.UnpackLow(a4, a6).AsInt32();
        Vector256<int> b5 = Avx2.UnpackHigh(a4, a6).AsInt32();
        Vector256<int> b6 = Avx2.UnpackLow(a5, a7).AsInt32();
        Vector256<int> b7 = Avx2.UnpackHigh(a5, a7).AsInt32();
        v0 = Avx2.Permute2x128(b0, b4, 0x20);
        v1 = Avx2.Permute2x128(b1, b5, 0x20);
        v2 = Avx2.Permute2x128(b2, b6, 0x20);
        v3 = Avx2.Permute2x128(b3, b7, 0x20);
        v4 = Avx2.Permute2x128(b0, b4, 0x31);
        v5 = Avx2.Permute2x128(b1, b5, 0x31);
        v6 = Avx2.Permute2x128(b2, b6, 0x31);
        v7 = Avx2.Permute2x128(b3, b7, 0x31);
    }

    private readonly struct Lanes : ITransformLanes<Vector256<int>>
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector256<int> Add(Vector256<int> left, Vector256<int> right) => left + right;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector256<int> Subtract(Vector256<int> left, Vector256<int> right) => left - right;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector256<int> Multiply(Vector256<int> value, int factor) => value * Vector256.Create(factor);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector256<int> ShiftLeft(Vector256<int> value, int bits) => Vector256.ShiftLeft(value, bits);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector256<int> Descale(Vector256<int> value, int bits) =>
            Vector256.ShiftRightArithmetic(value + Vector256.Create(1 << (bits - 1)), bits);
    }
}

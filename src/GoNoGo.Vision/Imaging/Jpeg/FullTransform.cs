using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace GoNoGo.Vision.Imaging.Jpeg;

/// <summary>The transform to 8 x 8 samples, column by column and row by row: one at a time, or four.</summary>
internal static unsafe class FullTransform
{
    /// <summary>One column or row at a time.</summary>
    public static void Scalar(short* coefficients, int* steps, byte* destination, nint stride)
    {
        int* work = stackalloc int[64];
        for (int i = 0; i < 64; i++)
        {
            work[i] = coefficients[i] * steps[i];
        }

        for (int i = 0; i < 8; i++)
        {
            int* c = work + i;
            CosineTransform.Run<ScalarLanes, int>(ref c[0], ref c[8], ref c[16], ref c[24], ref c[32], ref c[40], ref c[48], ref c[56], CosineTransform.FirstShift);
        }

        for (int row = 0; row < 8; row++)
        {
            int* r = work + (8 * row);
            CosineTransform.Run<ScalarLanes, int>(ref r[0], ref r[1], ref r[2], ref r[3], ref r[4], ref r[5], ref r[6], ref r[7], CosineTransform.SecondShift);
            byte* samples = destination + (row * stride);
            for (int i = 0; i < 8; i++)
            {
                samples[i] = JpegTransform.Limit(r[i]);
            }
        }
    }

    /// <summary>Four columns or rows at a time: lane = column in the first pass, lane = row in the second.</summary>
    public static void Vectors128(short* coefficients, int* steps, byte* destination, nint stride)
    {
        int* work = stackalloc int[64];
        for (int half = 0; half < 8; half += 4)
        {
            Vector128<int> v0 = Load(coefficients, steps, half);
            Vector128<int> v1 = Load(coefficients, steps, half + 8);
            Vector128<int> v2 = Load(coefficients, steps, half + 16);
            Vector128<int> v3 = Load(coefficients, steps, half + 24);
            Vector128<int> v4 = Load(coefficients, steps, half + 32);
            Vector128<int> v5 = Load(coefficients, steps, half + 40);
            Vector128<int> v6 = Load(coefficients, steps, half + 48);
            Vector128<int> v7 = Load(coefficients, steps, half + 56);
            CosineTransform.Run<Lanes128, Vector128<int>>(ref v0, ref v1, ref v2, ref v3, ref v4, ref v5, ref v6, ref v7, CosineTransform.FirstShift);
            v0.Store(work + half);
            v1.Store(work + half + 8);
            v2.Store(work + half + 16);
            v3.Store(work + half + 24);
            v4.Store(work + half + 32);
            v5.Store(work + half + 40);
            v6.Store(work + half + 48);
            v7.Store(work + half + 56);
        }

        int* across = stackalloc int[32];
        for (int half = 0; half < 8; half += 4)
        {
            int* r = work + (8 * half);
            Vector128<int> v0 = Gather(r, 0);
            Vector128<int> v1 = Gather(r, 1);
            Vector128<int> v2 = Gather(r, 2);
            Vector128<int> v3 = Gather(r, 3);
            Vector128<int> v4 = Gather(r, 4);
            Vector128<int> v5 = Gather(r, 5);
            Vector128<int> v6 = Gather(r, 6);
            Vector128<int> v7 = Gather(r, 7);
            CosineTransform.Run<Lanes128, Vector128<int>>(ref v0, ref v1, ref v2, ref v3, ref v4, ref v5, ref v6, ref v7, CosineTransform.SecondShift);
            Limit(v0).Store(across);
            Limit(v1).Store(across + 4);
            Limit(v2).Store(across + 8);
            Limit(v3).Store(across + 12);
            Limit(v4).Store(across + 16);
            Limit(v5).Store(across + 20);
            Limit(v6).Store(across + 24);
            Limit(v7).Store(across + 28);
            for (int row = 0; row < 4; row++)
            {
                byte* samples = destination + ((half + row) * stride);
                for (int i = 0; i < 8; i++)
                {
                    samples[i] = (byte)across[(4 * i) + row];
                }
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<int> Load(short* coefficients, int* steps, int at)
    {
        Vector128<short> four = Vector128.CreateScalarUnsafe(*(long*)(coefficients + at)).AsInt16();
        return Vector128.WidenLower(four) * Vector128.Load(steps + at);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<int> Gather(int* work, int column) =>
        Vector128.Create(work[column], work[column + 8], work[column + 16], work[column + 24]);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<int> Limit(Vector128<int> value) =>
        Vector128.Min(Vector128.Max(value + Vector128.Create(128), Vector128<int>.Zero), Vector128.Create(255));

    private readonly struct ScalarLanes : ITransformLanes<int>
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static int Add(int left, int right) => left + right;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static int Subtract(int left, int right) => left - right;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static int Multiply(int value, int factor) => value * factor;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static int ShiftLeft(int value, int bits) => value << bits;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static int Descale(int value, int bits) => (value + (1 << (bits - 1))) >> bits;
    }

    private readonly struct Lanes128 : ITransformLanes<Vector128<int>>
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector128<int> Add(Vector128<int> left, Vector128<int> right) => left + right;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector128<int> Subtract(Vector128<int> left, Vector128<int> right) => left - right;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector128<int> Multiply(Vector128<int> value, int factor) => value * Vector128.Create(factor);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector128<int> ShiftLeft(Vector128<int> value, int bits) => Vector128.ShiftLeft(value, bits);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector128<int> Descale(Vector128<int> value, int bits) =>
            Vector128.ShiftRightArithmetic(value + Vector128.Create(1 << (bits - 1)), bits);
    }
}

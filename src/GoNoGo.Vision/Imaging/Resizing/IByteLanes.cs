using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace GoNoGo.Vision.Imaging.Resizing;

/// <summary>
/// Vectors of 32-bit integers fed from bytes: what the 8-bit resize is written in, once for all widths. Sums have 22 fraction bits.
/// </summary>
internal unsafe interface IByteLanes<TInt> where TInt : struct
{
    /// <summary>Number of lanes.</summary>
    static abstract int Count { get; }

    /// <summary>The same integer in every lane.</summary>
    static abstract TInt Broadcast(int value);

    /// <summary>left * right + addend, wrapping.</summary>
    static abstract TInt MultiplyAdd(TInt left, TInt right, TInt addend);

    /// <summary>Reads one byte a lane.</summary>
    static abstract TInt LoadBytes(byte* source);

    /// <summary>Reads one integer a lane.</summary>
    static abstract TInt LoadInts(int* source);

    /// <summary>Reads one RGB pixel each four lanes (the fourth lane means nothing). Reads up to 4 bytes beyond the last pixel.</summary>
    static abstract TInt LoadPixels3(byte* source);

    /// <summary>Reads one integer each four lanes.</summary>
    static abstract TInt LoadPixelWeights(int* source);

    /// <summary>Adds up the groups of four lanes.</summary>
    static abstract Vector128<int> SumPixels(TInt value);

    /// <summary>Drops the fraction bits, limits to 0..255 and writes one byte a lane.</summary>
    static abstract void StoreBytes(TInt sum, byte* destination);
}

/// <summary>128-bit vectors.</summary>
internal readonly unsafe struct ByteLanes128 : IByteLanes<Vector128<int>>
{
    public static int Count => 4;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> Broadcast(int value) => Vector128.Create(value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> MultiplyAdd(Vector128<int> left, Vector128<int> right, Vector128<int> addend) => (left * right) + addend;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> LoadBytes(byte* source)
    {
        Vector128<byte> bytes = Vector128.CreateScalarUnsafe(Unsafe.ReadUnaligned<uint>(source)).AsByte();
        return Vector128.WidenLower(Vector128.WidenLower(bytes)).AsInt32();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> LoadInts(int* source) => Vector128.Load(source);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> LoadPixels3(byte* source) => LoadBytes(source);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> LoadPixelWeights(int* source) => Vector128.Create(*source);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> SumPixels(Vector128<int> value) => value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreBytes(Vector128<int> sum, byte* destination) => Unsafe.WriteUnaligned(destination, Narrow(sum));

    /// <summary>Four sums as four bytes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint Narrow(Vector128<int> sum)
    {
        Vector128<int> value = Vector128.ShiftRightArithmetic(sum, ResizeTaps<int>.Precision);
        value = Vector128.Min(Vector128.Max(value, Vector128<int>.Zero), Vector128.Create(255));
        Vector128<ushort> words = Vector128.Narrow(value.AsUInt32(), value.AsUInt32());
        return Vector128.Narrow(words, words).AsUInt32().ToScalar();
    }
}

/// <summary>256-bit vectors (AVX2).</summary>
internal readonly unsafe struct ByteLanes256 : IByteLanes<Vector256<int>>
{
    public static int Count => 8;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> Broadcast(int value) => Vector256.Create(value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> MultiplyAdd(Vector256<int> left, Vector256<int> right, Vector256<int> addend) => (left * right) + addend;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> LoadBytes(byte* source) => Widen(Eight(source));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> LoadInts(int* source) => Vector256.Load(source);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> LoadPixels3(byte* source) => Widen(
        Vector128.Shuffle(Eight(source), Vector128.Create((byte)0, 1, 2, 2, 3, 4, 5, 5, 0, 0, 0, 0, 0, 0, 0, 0)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> LoadPixelWeights(int* source) => Vector256.Shuffle(
        Vector256.Create(Unsafe.ReadUnaligned<ulong>(source)).AsInt32(),
        Vector256.Create(0, 0, 0, 0, 1, 1, 1, 1));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> SumPixels(Vector256<int> value) => value.GetLower() + value.GetUpper();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreBytes(Vector256<int> sum, byte* destination)
    {
        Vector256<int> value = Vector256.ShiftRightArithmetic(sum, ResizeTaps<int>.Precision);
        value = Vector256.Min(Vector256.Max(value, Vector256<int>.Zero), Vector256.Create(255));
        Vector128<ushort> words = Vector128.Narrow(value.GetLower().AsUInt32(), value.GetUpper().AsUInt32());
        Unsafe.WriteUnaligned(destination, Vector128.Narrow(words, words).AsUInt64().ToScalar());
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<int> Widen(Vector128<byte> bytes)
    {
        if (Avx2.IsSupported)
        {
            return Avx2.ConvertToVector256Int32(bytes);
        }

        Vector128<ushort> words = Vector128.WidenLower(bytes);
        return Vector256.Create(Vector128.WidenLower(words), Vector128.WidenUpper(words)).AsInt32();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<byte> Eight(byte* source) => Vector128.CreateScalarUnsafe(Unsafe.ReadUnaligned<ulong>(source)).AsByte();
}

/// <summary>512-bit vectors (AVX-512).</summary>
internal readonly unsafe struct ByteLanes512 : IByteLanes<Vector512<int>>
{
    public static int Count => 16;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<int> Broadcast(int value) => Vector512.Create(value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<int> MultiplyAdd(Vector512<int> left, Vector512<int> right, Vector512<int> addend) => (left * right) + addend;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<int> LoadBytes(byte* source) => Widen(Vector128.Load(source));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<int> LoadInts(int* source) => Vector512.Load(source);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<int> LoadPixels3(byte* source) => Widen(
        Vector128.Shuffle(Vector128.Load(source), Vector128.Create((byte)0, 1, 2, 2, 3, 4, 5, 5, 6, 7, 8, 8, 9, 10, 11, 11)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<int> LoadPixelWeights(int* source) => Vector512.Shuffle(
        Vector128.Load(source).ToVector256Unsafe().ToVector512Unsafe(),
        Vector512.Create(0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> SumPixels(Vector512<int> value)
    {
        Vector256<int> half = value.GetLower() + value.GetUpper();
        return half.GetLower() + half.GetUpper();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreBytes(Vector512<int> sum, byte* destination)
    {
        Vector512<int> value = Vector512.Max(Vector512.ShiftRightArithmetic(sum, ResizeTaps<int>.Precision), Vector512<int>.Zero);
        if (Avx512F.IsSupported)
        {
            Avx512F.ConvertToVector128ByteWithSaturation(value.AsUInt32()).Store(destination);
            return;
        }

        Vector512<uint> limited = Vector512.Min(value, Vector512.Create(255)).AsUInt32();
        Vector256<ushort> words = Vector256.Narrow(limited.GetLower(), limited.GetUpper());
        Vector128.Narrow(words.GetLower(), words.GetUpper()).Store(destination);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<int> Widen(Vector128<byte> bytes)
    {
        if (Avx512F.IsSupported)
        {
            return Avx512F.ConvertToVector512Int32(bytes);
        }

        Vector256<ushort> words = Vector256.Create(Vector128.WidenLower(bytes), Vector128.WidenUpper(bytes));
        return Vector512.Create(Vector256.WidenLower(words), Vector256.WidenUpper(words)).AsInt32();
    }
}

using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace GoNoGo.Tensors.Simd;

/// <summary>
/// The vector operations that kernels are written in, once for all widths: a kernel is generic over an implementation
/// (<see cref="Simd512"/>, <see cref="Simd256"/>, <see cref="Simd128"/>, <see cref="SimdScalar"/>) and its vector type,
/// and the JIT makes straight code of it. Everything is lane-wise unless said otherwise.
/// </summary>
/// <typeparam name="TVector">The raw vector type, for example <c>Vector512&lt;float&gt;</c>; <c>float</c> for scalar code.</typeparam>
/// <typeparam name="TInt">The vector of 32-bit integers with as many lanes.</typeparam>
public unsafe interface ISimd<TVector, TInt> where TVector : struct where TInt : struct
{
    /// <summary>Number of lanes.</summary>
    static abstract int Count { get; }

    /// <summary>The same value in every lane.</summary>
    static abstract TVector Broadcast(float value);

    /// <summary>All lanes zero.</summary>
    static abstract TVector Zero { get; }

    /// <summary>Reads <see cref="Count"/> floats from any address.</summary>
    static abstract TVector Load(float* source);

    /// <summary>Writes <see cref="Count"/> floats to any address.</summary>
    static abstract void Store(TVector value, float* destination);

    /// <summary>Reads the first <paramref name="count"/> lanes; the others are zero. Never reads beyond.</summary>
    static abstract TVector LoadPartial(float* source, int count);

    /// <summary>Writes the first <paramref name="count"/> lanes. Never writes beyond.</summary>
    static abstract void StorePartial(TVector value, float* destination, int count);

    /// <summary>left + right.</summary>
    static abstract TVector Add(TVector left, TVector right);

    /// <summary>left - right.</summary>
    static abstract TVector Subtract(TVector left, TVector right);

    /// <summary>left * right.</summary>
    static abstract TVector Multiply(TVector left, TVector right);

    /// <summary>left / right.</summary>
    static abstract TVector Divide(TVector left, TVector right);

    /// <summary>left * right + addend; one rounding where the processor has a fused form (all but scalar and 128-bit code without FMA).</summary>
    static abstract TVector MultiplyAdd(TVector left, TVector right, TVector addend);

    /// <summary>The larger of two values; if either is NaN the result is NaN.</summary>
    static abstract TVector Max(TVector left, TVector right);

    /// <summary>The smaller of two values; if either is NaN the result is NaN.</summary>
    static abstract TVector Min(TVector left, TVector right);

    /// <summary>Square root.</summary>
    static abstract TVector Sqrt(TVector value);

    /// <summary>Absolute value.</summary>
    static abstract TVector Abs(TVector value);

    /// <summary>-value.</summary>
    static abstract TVector Negate(TVector value);

    /// <summary>Rounds to the nearest integer, ties to even.</summary>
    static abstract TVector Round(TVector value);

    /// <summary>Where left &gt; right (false for NaN): <paramref name="whenTrue"/>, elsewhere <paramref name="whenFalse"/>.</summary>
    static abstract TVector SelectGreater(TVector left, TVector right, TVector whenTrue, TVector whenFalse);

    /// <summary>Where value is NaN: <paramref name="whenTrue"/>, elsewhere <paramref name="whenFalse"/>.</summary>
    static abstract TVector SelectNaN(TVector value, TVector whenTrue, TVector whenFalse);

    /// <summary>The sum over the lanes, in a fixed order.</summary>
    static abstract float Sum(TVector value);

    /// <summary>The largest lane.</summary>
    static abstract float MaxLane(TVector value);

    /// <summary>Converts to integers; the input must be whole and in range.</summary>
    static abstract TInt ToInt(TVector value);

    /// <summary>Converts integers to floats.</summary>
    static abstract TVector ToFloat(TInt value);

    /// <summary>The bits of the floats as integers.</summary>
    static abstract TInt Bits(TVector value);

    /// <summary>Integers as the bits of floats.</summary>
    static abstract TVector FromBits(TInt value);

    /// <summary>The same integer in every lane.</summary>
    static abstract TInt BroadcastInt(int value);

    /// <summary>left + right on integers, wrapping.</summary>
    static abstract TInt AddInt(TInt left, TInt right);

    /// <summary>left - right on integers, wrapping.</summary>
    static abstract TInt SubtractInt(TInt left, TInt right);

    /// <summary>Bitwise and.</summary>
    static abstract TInt And(TInt left, TInt right);

    /// <summary>Bitwise or.</summary>
    static abstract TInt Or(TInt left, TInt right);

    /// <summary>Shifts each integer left.</summary>
    static abstract TInt ShiftLeft(TInt value, int bits);

    /// <summary>Shifts each integer right, keeping the sign.</summary>
    static abstract TInt ShiftRightArithmetic(TInt value, int bits);
}

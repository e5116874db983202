using System.Runtime.CompilerServices;

namespace GoNoGo.Tensors.Simd;

/// <summary>Loads and stores that take whole vectors where there is room, and part of one at the end of a run.</summary>
public static unsafe class VectorTail<TSimd, TVector, TInt>
    where TSimd : struct, ISimd<TVector, TInt> where TVector : struct where TInt : struct
{
    /// <summary>Reads a vector of which at most <paramref name="rest"/> lanes exist; the others are zero.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Load(float* source, int rest) =>
        rest >= TSimd.Count ? TSimd.Load(source) : TSimd.LoadPartial(source, rest);

    /// <summary>Writes a vector of which at most <paramref name="rest"/> lanes exist.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(TVector value, float* destination, int rest)
    {
        if (rest >= TSimd.Count)
        {
            TSimd.Store(value, destination);
        }
        else
        {
            TSimd.StorePartial(value, destination, rest);
        }
    }

    /// <summary>Writes or adds a vector of which at most <paramref name="rest"/> lanes exist.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(TVector value, float* destination, int rest, bool accumulate) =>
        Store(accumulate ? TSimd.Add(value, Load(destination, rest)) : value, destination, rest);
}

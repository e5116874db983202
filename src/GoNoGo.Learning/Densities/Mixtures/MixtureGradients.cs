using System.Runtime.CompilerServices;
using GoNoGo.Tensors.Simd;

namespace GoNoGo.Learning.Densities.Mixtures;

/// <summary>Writes one block of gradients.</summary>
internal static unsafe class MixtureGradients
{
    /// <summary>
    /// Overwrites (the lanes that overlap get the same value again) or adds (they are weighted 0). Nothing for a null target.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Put<TSimd, TVector, TInt>(TVector value, TVector weight, float* target, long at, bool overwrite)
        where TSimd : struct, ISimd<TVector, TInt> where TVector : struct where TInt : struct
    {
        if (target == null)
        {
            return;
        }

        TSimd.Store(overwrite ? value : TSimd.MultiplyAdd(value, weight, TSimd.Load(target + at)), target + at);
    }
}

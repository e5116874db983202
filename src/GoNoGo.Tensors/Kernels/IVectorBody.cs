using System.Runtime.CompilerServices;
using GoNoGo.Tensors.Parallel;
using GoNoGo.Tensors.Simd;

namespace GoNoGo.Tensors.Kernels;

/// <summary>
/// The body of a parallel loop that is written once for all vector widths: a struct that carries its arguments.
/// </summary>
public interface IVectorBody
{
    /// <summary>Does item <paramref name="index"/> with the given vectors.</summary>
    void Invoke<TSimd, TVector, TInt>(int index)
        where TSimd : struct, ISimd<TVector, TInt> where TVector : struct where TInt : struct;
}

/// <summary>Runs <see cref="IVectorBody"/> loops at the current <see cref="VectorWidths"/>.</summary>
public static class VectorLoop
{
    /// <summary>Elements that one item of a memory-bound loop handles: enough to pay for the hand-over, small enough for the L2 cache.</summary>
    public const int ChunkElements = 32768;

    /// <summary>How many chunks hold so many elements.</summary>
    public static int ChunkCount(long elements) => checked((int)((elements + ChunkElements - 1) / ChunkElements));

    /// <summary>Runs items 0 .. <paramref name="count"/> - 1 on the engine's threads.</summary>
    public static void For<TBody>(int count, TBody body) where TBody : struct, IVectorBody
    {
        switch (VectorWidths.Current)
        {
            case VectorWidth.Bits512:
                Workers.For(count, new Widened<TBody, Simd512, System.Runtime.Intrinsics.Vector512<float>, System.Runtime.Intrinsics.Vector512<int>>(body));
                break;
            case VectorWidth.Bits256:
                Workers.For(count, new Widened<TBody, Simd256, System.Runtime.Intrinsics.Vector256<float>, System.Runtime.Intrinsics.Vector256<int>>(body));
                break;
            case VectorWidth.Bits128:
                Workers.For(count, new Widened<TBody, Simd128, System.Runtime.Intrinsics.Vector128<float>, System.Runtime.Intrinsics.Vector128<int>>(body));
                break;
            default:
                Workers.For(count, new Widened<TBody, SimdScalar, float, int>(body));
                break;
        }
    }

    private struct Widened<TBody, TSimd, TVector, TInt>(TBody body) : IParallelBody
        where TBody : struct, IVectorBody
        where TSimd : struct, ISimd<TVector, TInt> where TVector : struct where TInt : struct
    {
        private TBody _body = body;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Invoke(int index) => _body.Invoke<TSimd, TVector, TInt>(index);
    }
}

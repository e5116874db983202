using System.Runtime.CompilerServices;
using GoNoGo.Tensors.Kernels.Elementwise;
using GoNoGo.Tensors.Memory;
using GoNoGo.Tensors.Simd;

namespace GoNoGo.Tensors.Kernels.Reductions;

/// <summary>The sum of a function over all elements, without storing the function's values.</summary>
public static unsafe class TotalReduction
{
    /// <summary>The sum of f(left, right) over all elements of two tensors of one size, in double precision.</summary>
    /// <param name="left">First source.</param>
    /// <param name="right">Second source with as many elements.</param>
    /// <param name="function">What to sum.</param>
    /// <exception cref="ArgumentException">The numbers of elements differ.</exception>
    public static double Sum<TFunction>(Tensor left, Tensor right, TFunction function) where TFunction : struct, IBinaryFunction
    {
        ElementwiseKernel.RequireSize(typeof(TFunction).Name, nameof(right), left.ElementCount, right);
        int chunks = VectorLoop.ChunkCount(left.ElementCount);
        using Scratch partials = Scratch.OfDoubles(chunks);
        double* values = partials.Doubles;
        VectorLoop.For(chunks, new Body<TFunction>
        {
            Left = left.Pointer,
            Right = right.Pointer,
            Partials = values,
            Count = left.ElementCount,
            Function = function,
        });
        double sum = 0;
        for (int i = 0; i < chunks; i++)
        {
            sum += values[i];
        }

        return sum;
    }

    private struct Body<TFunction> : IVectorBody where TFunction : struct, IBinaryFunction
    {
        public float* Left;
        public float* Right;
        public double* Partials;
        public long Count;
        public TFunction Function;

        [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
        public void Invoke<TSimd, TVector, TInt>(int index)
            where TSimd : struct, ISimd<TVector, TInt> where TVector : struct where TInt : struct
        {
            long start = (long)index * VectorLoop.ChunkElements;
            long count = Math.Min(VectorLoop.ChunkElements, Count - start);
            Partials[index] = CompensatedSum<TSimd, TVector, TInt>.Run(Left + start, Right + start, count, Function);
        }
    }
}

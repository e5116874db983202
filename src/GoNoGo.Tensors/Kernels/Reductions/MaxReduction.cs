using System.Runtime.CompilerServices;
using GoNoGo.Tensors.Simd;

namespace GoNoGo.Tensors.Kernels.Reductions;

/// <summary>The largest element over any set of dimensions (NaN wins), and its gradient split evenly among ties.</summary>
public static unsafe class MaxReduction
{
    /// <summary>y = max of x over the marked axes.</summary>
    /// <param name="x">Source, any shape with at least one element.</param>
    /// <param name="axes">Bit i set: the maximum is taken over axis i.</param>
    /// <param name="y">Destination with as many elements as the kept axes have.</param>
    /// <exception cref="ArgumentException">The destination has another size, or there is nothing to take a maximum of.</exception>
    public static void Run(Tensor x, uint axes, Tensor y)
    {
        var plan = new ReductionPlan(x.Shape, axes);
        Elementwise.ElementwiseKernel.RequireSize("Amax", nameof(y), plan.OutputCount, y);
        if (plan.ReducedCount == 0)
        {
            throw new ArgumentException($"Amax: shape {x.Shape} has no elements to take a maximum of.", nameof(x));
        }

        VectorLoop.For(checked((int)plan.KeptOuter), new Forward { Plan = plan, X = x.Pointer, Y = y.Pointer });
    }

    /// <summary>dx = dy / ties at the elements equal to the maximum, 0 elsewhere.</summary>
    /// <param name="x">Source of the forward pass.</param>
    /// <param name="y">Its result.</param>
    /// <param name="gradY">The gradient of the result.</param>
    /// <param name="axes">As in the forward pass.</param>
    /// <param name="gradX">Destination in x's shape.</param>
    /// <param name="accumulate">Whether to add to the destination.</param>
    public static void Backward(Tensor x, Tensor y, Tensor gradY, uint axes, Tensor gradX, bool accumulate)
    {
        var plan = new ReductionPlan(x.Shape, axes);
        VectorLoop.For(checked((int)plan.KeptOuter), new Gradient
        {
            Plan = plan,
            X = x.Pointer,
            Y = y.Pointer,
            GradY = gradY.Pointer,
            GradX = gradX.Pointer,
            Accumulate = accumulate,
        });
    }

    private struct Forward : IVectorBody
    {
        public ReductionPlan Plan;
        public float* X;
        public float* Y;

        [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
        public void Invoke<TSimd, TVector, TInt>(int index)
            where TSimd : struct, ISimd<TVector, TInt> where TVector : struct where TInt : struct
        {
            float* x = X + Plan.KeptOffset(index);
            long inner = Plan.Inner;
            float* y = Plan.InnerIsReduced ? Y + index : Y + (index * inner);
            if (!Plan.InnerIsReduced)
            {
                for (long i = 0; i < inner; i++)
                {
                    y[i] = x[i];
                }

                for (long r = 1; r < Plan.ReducedOuter; r++)
                {
                    float* row = x + Plan.ReducedOffset(r);
                    long i = 0;
                    for (; i <= inner - TSimd.Count; i += TSimd.Count)
                    {
                        TSimd.Store(TSimd.Max(TSimd.Load(y + i), TSimd.Load(row + i)), y + i);
                    }

                    for (; i < inner; i++)
                    {
                        y[i] = MathF.Max(y[i], row[i]);
                    }
                }

                return;
            }

            float largest = x[0];
            for (long r = 0; r < Plan.ReducedOuter; r++)
            {
                largest = MathF.Max(largest, RowMax<TSimd, TVector, TInt>(x + Plan.ReducedOffset(r), inner));
            }

            *y = largest;
        }
    }

    /// <summary>The largest element of a run.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static float RowMax<TSimd, TVector, TInt>(float* x, long count)
        where TSimd : struct, ISimd<TVector, TInt> where TVector : struct where TInt : struct
    {
        TVector largest = TSimd.Broadcast(x[0]);
        long i = 0;
        for (; i <= count - TSimd.Count; i += TSimd.Count)
        {
            largest = TSimd.Max(largest, TSimd.Load(x + i));
        }

        float result = TSimd.MaxLane(largest);
        for (; i < count; i++)
        {
            result = MathF.Max(result, x[i]);
        }

        return result;
    }

    private struct Gradient : IVectorBody
    {
        public ReductionPlan Plan;
        public float* X;
        public float* Y;
        public float* GradY;
        public float* GradX;
        public bool Accumulate;

        public void Invoke<TSimd, TVector, TInt>(int index)
            where TSimd : struct, ISimd<TVector, TInt> where TVector : struct where TInt : struct
        {
            long start = Plan.KeptOffset(index);
            if (Plan.InnerIsReduced)
            {
                Spread(start, Plan.Inner, Y[index], GradY[index]);
                return;
            }

            for (long column = 0; column < Plan.Inner; column++)
            {
                long output = (index * Plan.Inner) + column;
                Spread(start + column, 1, Y[output], GradY[output]);
            }
        }

        private readonly void Spread(long start, long count, float largest, float gradient)
        {
            long ties = 0;
            for (long r = 0; r < Plan.ReducedOuter; r++)
            {
                float* row = X + start + Plan.ReducedOffset(r);
                for (long i = 0; i < count; i++)
                {
                    ties += row[i] == largest ? 1 : 0;
                }
            }

            float share = gradient / Math.Max(1, ties);
            for (long r = 0; r < Plan.ReducedOuter; r++)
            {
                long offset = start + Plan.ReducedOffset(r);
                for (long i = offset; i < offset + count; i++)
                {
                    float value = X[i] == largest ? share : 0f;
                    GradX[i] = Accumulate ? GradX[i] + value : value;
                }
            }
        }
    }
}

using System.Runtime.CompilerServices;
using GoNoGo.Tensors.Simd;

namespace GoNoGo.Tensors.Kernels.Elementwise;

/// <summary>
/// Applies a function to every element. The destination may be one of the sources (in place); otherwise they must not
/// overlap. Work is cut into chunks of fixed size, so results do not depend on the number of threads.
/// </summary>
public static unsafe class ElementwiseKernel
{
    /// <summary>y = f(x), or y += f(x) when accumulating.</summary>
    /// <param name="x">Source, any shape.</param>
    /// <param name="function">What to apply.</param>
    /// <param name="y">Destination with as many elements.</param>
    /// <param name="accumulate">Whether to add to the destination.</param>
    /// <exception cref="ArgumentException">The numbers of elements differ.</exception>
    public static void Run<TFunction>(Tensor x, TFunction function, Tensor y, bool accumulate = false)
        where TFunction : struct, IUnaryFunction
    {
        RequireSize(typeof(TFunction).Name, nameof(y), x.ElementCount, y);
        VectorLoop.For(VectorLoop.ChunkCount(x.ElementCount), new UnaryBody<TFunction>
        {
            X = x.Pointer,
            Y = y.Pointer,
            Count = x.ElementCount,
            Function = function,
            Accumulate = accumulate,
        });
    }

    /// <summary>
    /// y = f(left, right), or y += f(left, right) when accumulating; shapes that differ are broadcast (aligned at the
    /// innermost dimension, dimensions of 1 repeated).
    /// </summary>
    /// <param name="left">First source.</param>
    /// <param name="right">Second source.</param>
    /// <param name="function">What to apply.</param>
    /// <param name="y">Destination of the broadcast size.</param>
    /// <param name="accumulate">Whether to add to the destination.</param>
    /// <exception cref="ArgumentException">The shapes cannot be broadcast, or the destination has another size.</exception>
    public static void Run<TFunction>(Tensor left, Tensor right, TFunction function, Tensor y, bool accumulate = false)
        where TFunction : struct, IBinaryFunction
    {
        var body = new BinaryBody<TFunction>
        {
            Plan = BroadcastPlan.Of(typeof(TFunction).Name, left.Shape, right.Shape, Shape.Scalar),
            Left = left.Pointer,
            Right = right.Pointer,
            Y = y.Pointer,
            Function = function,
            Accumulate = accumulate,
        };
        RequireSize(typeof(TFunction).Name, nameof(y), body.Plan.ElementCount, y);
        VectorLoop.For(body.Plan.ItemCount, body);
    }

    /// <summary>As <see cref="Run{TFunction}(Tensor, Tensor, TFunction, Tensor, bool)"/> with three sources.</summary>
    public static void Run<TFunction>(Tensor first, Tensor second, Tensor third, TFunction function, Tensor y, bool accumulate = false)
        where TFunction : struct, ITernaryFunction
    {
        var body = new TernaryBody<TFunction>
        {
            Plan = BroadcastPlan.Of(typeof(TFunction).Name, first.Shape, second.Shape, third.Shape),
            First = first.Pointer,
            Second = second.Pointer,
            Third = third.Pointer,
            Y = y.Pointer,
            Function = function,
            Accumulate = accumulate,
        };
        RequireSize(typeof(TFunction).Name, nameof(y), body.Plan.ElementCount, y);
        VectorLoop.For(body.Plan.ItemCount, body);
    }

    /// <summary>y = f(x), or y += f(x), with x broadcast to y's shape.</summary>
    /// <param name="x">Source of a shape that can be broadcast to y's.</param>
    /// <param name="function">What to apply.</param>
    /// <param name="y">Destination.</param>
    /// <param name="accumulate">Whether to add to the destination.</param>
    /// <exception cref="ArgumentException">x cannot be broadcast to y's shape.</exception>
    public static void Expand<TFunction>(Tensor x, TFunction function, Tensor y, bool accumulate = false)
        where TFunction : struct, IUnaryFunction =>
        Run(y, x, new OfSecond<TFunction>(function), y, accumulate);

    /// <summary>The shape of left and right broadcast together.</summary>
    /// <exception cref="ArgumentException">Two dimensions differ and neither is 1.</exception>
    public static Shape BroadcastShape(string operation, Shape left, Shape right)
    {
        Span<int> dimensions = stackalloc int[Shape.MaxRank];
        int rank = Math.Max(left.Rank, right.Rank);
        for (int i = 1; i <= rank; i++)
        {
            int a = i <= left.Rank ? left[-i] : 1;
            int b = i <= right.Rank ? right[-i] : 1;
            if (a != b && a != 1 && b != 1)
            {
                throw new ArgumentException($"{operation}: shapes {left} and {right} cannot be broadcast together.");
            }

            dimensions[rank - i] = a == 1 ? b : a;
        }

        return new Shape(dimensions[..rank]);
    }

    internal static void RequireSize(string operation, string argument, long expected, Tensor actual)
    {
        if (actual.ElementCount != expected)
        {
            throw new ArgumentException($"{operation}: {argument} must have {expected} elements, got shape {actual.Shape}.", argument);
        }
    }

    /// <summary>Ignores the first argument.</summary>
    private readonly struct OfSecond<TFunction>(TFunction function) : IBinaryFunction where TFunction : struct, IUnaryFunction
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TVector Invoke<TSimd, TVector, TInt>(TVector left, TVector right)
            where TSimd : struct, ISimd<TVector, TInt> where TVector : struct where TInt : struct =>
            function.Invoke<TSimd, TVector, TInt>(right);
    }

    private struct UnaryBody<TFunction> : IVectorBody where TFunction : struct, IUnaryFunction
    {
        public float* X;
        public float* Y;
        public long Count;
        public TFunction Function;
        public bool Accumulate;

        [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
        public void Invoke<TSimd, TVector, TInt>(int index)
            where TSimd : struct, ISimd<TVector, TInt> where TVector : struct where TInt : struct
        {
            TFunction function = Function;
            bool accumulate = Accumulate;
            long start = (long)index * VectorLoop.ChunkElements;
            int count = (int)Math.Min(VectorLoop.ChunkElements, Count - start);
            float* x = X + start;
            float* y = Y + start;
            int i = 0;
            for (; i <= count - TSimd.Count; i += TSimd.Count)
            {
                TVector value = function.Invoke<TSimd, TVector, TInt>(TSimd.Load(x + i));
                TSimd.Store(accumulate ? TSimd.Add(value, TSimd.Load(y + i)) : value, y + i);
            }

            if (i < count)
            {
                int rest = count - i;
                TVector value = function.Invoke<TSimd, TVector, TInt>(TSimd.LoadPartial(x + i, rest));
                TSimd.StorePartial(accumulate ? TSimd.Add(value, TSimd.LoadPartial(y + i, rest)) : value, y + i, rest);
            }
        }
    }

    private struct BinaryBody<TFunction> : IVectorBody where TFunction : struct, IBinaryFunction
    {
        public BroadcastPlan Plan;
        public float* Left;
        public float* Right;
        public float* Y;
        public TFunction Function;
        public bool Accumulate;

        [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
        public void Invoke<TSimd, TVector, TInt>(int index)
            where TSimd : struct, ISimd<TVector, TInt> where TVector : struct where TInt : struct
        {
            TFunction function = Function;
            bool accumulate = Accumulate;
            var run = new BroadcastRuns(in Plan, index);
            while (run.Next(in Plan))
            {
                float* left = Left + run.First;
                float* right = Right + run.Second;
                float* y = Y + run.Output;
                int count = run.Length;
                bool leftRepeats = Plan.FirstRepeats;
                bool rightRepeats = Plan.SecondRepeats;
                TVector leftValue = TSimd.Broadcast(*left);
                TVector rightValue = TSimd.Broadcast(*right);
                int i = 0;
                for (; i <= count - TSimd.Count; i += TSimd.Count)
                {
                    TVector value = function.Invoke<TSimd, TVector, TInt>(
                        leftRepeats ? leftValue : TSimd.Load(left + i),
                        rightRepeats ? rightValue : TSimd.Load(right + i));
                    TSimd.Store(accumulate ? TSimd.Add(value, TSimd.Load(y + i)) : value, y + i);
                }

                if (i < count)
                {
                    int rest = count - i;
                    TVector value = function.Invoke<TSimd, TVector, TInt>(
                        leftRepeats ? leftValue : TSimd.LoadPartial(left + i, rest),
                        rightRepeats ? rightValue : TSimd.LoadPartial(right + i, rest));
                    TSimd.StorePartial(accumulate ? TSimd.Add(value, TSimd.LoadPartial(y + i, rest)) : value, y + i, rest);
                }
            }
        }
    }

    private struct TernaryBody<TFunction> : IVectorBody where TFunction : struct, ITernaryFunction
    {
        public BroadcastPlan Plan;
        public float* First;
        public float* Second;
        public float* Third;
        public float* Y;
        public TFunction Function;
        public bool Accumulate;

        [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
        public void Invoke<TSimd, TVector, TInt>(int index)
            where TSimd : struct, ISimd<TVector, TInt> where TVector : struct where TInt : struct
        {
            TFunction function = Function;
            bool accumulate = Accumulate;
            var run = new BroadcastRuns(in Plan, index);
            while (run.Next(in Plan))
            {
                float* first = First + run.First;
                float* second = Second + run.Second;
                float* third = Third + run.Third;
                float* y = Y + run.Output;
                TVector firstValue = TSimd.Broadcast(*first);
                TVector secondValue = TSimd.Broadcast(*second);
                TVector thirdValue = TSimd.Broadcast(*third);
                for (int i = 0; i < run.Length; i += TSimd.Count)
                {
                    int rest = run.Length - i;
                    TVector value = function.Invoke<TSimd, TVector, TInt>(
                        Plan.FirstRepeats ? firstValue : VectorTail<TSimd, TVector, TInt>.Load(first + i, rest),
                        Plan.SecondRepeats ? secondValue : VectorTail<TSimd, TVector, TInt>.Load(second + i, rest),
                        Plan.ThirdRepeats ? thirdValue : VectorTail<TSimd, TVector, TInt>.Load(third + i, rest));
                    VectorTail<TSimd, TVector, TInt>.Store(value, y + i, rest, accumulate);
                }
            }
        }
    }
}

using GoNoGo.Tensors.Simd;

namespace GoNoGo.Tensors.Kernels;

/// <summary>The numbers of one Adam step.</summary>
public readonly record struct AdamUpdateArguments
{
    /// <summary>Decay of the first moment.</summary>
    public required float Beta1 { get; init; }

    /// <summary>1 - <see cref="Beta1"/>, rounded from double.</summary>
    public required float OneMinusBeta1 { get; init; }

    /// <summary>Decay of the second moment.</summary>
    public required float Beta2 { get; init; }

    /// <summary>1 - <see cref="Beta2"/>, rounded from double.</summary>
    public required float OneMinusBeta2 { get; init; }

    /// <summary>Added to the root of the second moment.</summary>
    public required float Epsilon { get; init; }

    /// <summary>Learning rate / (1 - beta1^t).</summary>
    public required float StepSize { get; init; }

    /// <summary>1 / sqrt(1 - beta2^t).</summary>
    public required float InverseRootCorrection { get; init; }

    /// <summary>Weight decay that is added to the gradient.</summary>
    public required float GradientDecay { get; init; }

    /// <summary>What the parameter is multiplied by before the step (decoupled decay); otherwise 1.</summary>
    public required float ValueScale { get; init; }
}

/// <summary>
/// One Adam step on one parameter in a single pass: 4 floats read and 3 written per element (5 and 4 with AMSGrad),
/// bound by memory bandwidth.
/// </summary>
public static unsafe class AdamUpdate
{
    /// <summary>Updates a parameter and its moments in place.</summary>
    /// <param name="gradient">The gradient, any shape.</param>
    /// <param name="arguments">The numbers of the step.</param>
    /// <param name="value">The parameter.</param>
    /// <param name="firstMoment">Decaying mean of the gradient.</param>
    /// <param name="secondMoment">Decaying mean of the squared gradient.</param>
    /// <param name="largestSecondMoment">Its running maximum, or no tensor.</param>
    /// <exception cref="ArgumentException">The shapes differ.</exception>
    public static void Run(
        Tensor gradient, in AdamUpdateArguments arguments, Tensor value, Tensor firstMoment, Tensor secondMoment, Tensor largestSecondMoment)
    {
        if (value.Shape != gradient.Shape || firstMoment.Shape != gradient.Shape || secondMoment.Shape != gradient.Shape
            || (!largestSecondMoment.IsEmpty && largestSecondMoment.Shape != gradient.Shape))
        {
            throw new ArgumentException($"AdamUpdate: parameter {value.Shape} and moments {firstMoment.Shape}, {secondMoment.Shape} must have the gradient's shape {gradient.Shape}.");
        }

        VectorLoop.For(VectorLoop.ChunkCount(gradient.ElementCount), new Body
        {
            Arguments = arguments,
            Gradient = gradient.Pointer,
            Value = value.Pointer,
            First = firstMoment.Pointer,
            Second = secondMoment.Pointer,
            Largest = largestSecondMoment.IsEmpty ? null : largestSecondMoment.Pointer,
            Count = gradient.ElementCount,
        });
    }

    private struct Body : IVectorBody
    {
        public AdamUpdateArguments Arguments;
        public float* Gradient;
        public float* Value;
        public float* First;
        public float* Second;
        public float* Largest;
        public long Count;

        public readonly void Invoke<TSimd, TVector, TInt>(int index)
            where TSimd : struct, ISimd<TVector, TInt> where TVector : struct where TInt : struct
        {
            long start = (long)index * VectorLoop.ChunkElements;
            long end = Math.Min(start + VectorLoop.ChunkElements, Count);
            var step = new Lanes<TSimd, TVector, TInt>(Arguments);
            long i = start;
            for (; i <= end - TSimd.Count; i += TSimd.Count)
            {
                TVector first = TSimd.Load(First + i);
                TVector second = TSimd.Load(Second + i);
                TVector largest = Largest is null ? second : TSimd.Load(Largest + i);
                TVector value = step.Apply(TSimd.Load(Gradient + i), TSimd.Load(Value + i), ref first, ref second, Largest is not null, ref largest);
                TSimd.Store(value, Value + i);
                TSimd.Store(first, First + i);
                TSimd.Store(second, Second + i);
                if (Largest is not null)
                {
                    TSimd.Store(largest, Largest + i);
                }
            }

            int rest = (int)(end - i);
            if (rest > 0)
            {
                TVector first = TSimd.LoadPartial(First + i, rest);
                TVector second = TSimd.LoadPartial(Second + i, rest);
                TVector largest = Largest is null ? second : TSimd.LoadPartial(Largest + i, rest);
                TVector value = step.Apply(
                    TSimd.LoadPartial(Gradient + i, rest), TSimd.LoadPartial(Value + i, rest), ref first, ref second, Largest is not null, ref largest);
                TSimd.StorePartial(value, Value + i, rest);
                TSimd.StorePartial(first, First + i, rest);
                TSimd.StorePartial(second, Second + i, rest);
                if (Largest is not null)
                {
                    TSimd.StorePartial(largest, Largest + i, rest);
                }
            }
        }
    }

    /// <summary>The step's numbers in every lane.</summary>
    private readonly struct Lanes<TSimd, TVector, TInt>(in AdamUpdateArguments arguments)
        where TSimd : struct, ISimd<TVector, TInt> where TVector : struct where TInt : struct
    {
        private readonly TVector _beta1 = TSimd.Broadcast(arguments.Beta1);
        private readonly TVector _oneMinusBeta1 = TSimd.Broadcast(arguments.OneMinusBeta1);
        private readonly TVector _beta2 = TSimd.Broadcast(arguments.Beta2);
        private readonly TVector _oneMinusBeta2 = TSimd.Broadcast(arguments.OneMinusBeta2);
        private readonly TVector _epsilon = TSimd.Broadcast(arguments.Epsilon);
        private readonly TVector _minusStepSize = TSimd.Broadcast(-arguments.StepSize);
        private readonly TVector _inverseRootCorrection = TSimd.Broadcast(arguments.InverseRootCorrection);
        private readonly TVector _gradientDecay = TSimd.Broadcast(arguments.GradientDecay);
        private readonly TVector _valueScale = TSimd.Broadcast(arguments.ValueScale);

        [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.AggressiveInlining)]
        public TVector Apply(TVector gradient, TVector value, ref TVector first, ref TVector second, bool takesLargest, ref TVector largest)
        {
            TVector g = TSimd.MultiplyAdd(_gradientDecay, value, gradient);
            first = TSimd.MultiplyAdd(_beta1, first, TSimd.Multiply(_oneMinusBeta1, g));
            second = TSimd.MultiplyAdd(_beta2, second, TSimd.Multiply(TSimd.Multiply(_oneMinusBeta2, g), g));
            largest = takesLargest ? TSimd.Max(largest, second) : second;
            TVector denominator = TSimd.MultiplyAdd(TSimd.Sqrt(largest), _inverseRootCorrection, _epsilon);
            TVector change = TSimd.Divide(TSimd.Multiply(_minusStepSize, first), denominator);
            return TSimd.MultiplyAdd(value, _valueScale, change);
        }
    }
}

using GoNoGo.Tensors.Simd;

namespace GoNoGo.Tensors.Kernels;

/// <summary>One step of gradient descent on one parameter in a single pass.</summary>
public static unsafe class SgdUpdate
{
    /// <summary>Updates a parameter and its momentum buffer in place.</summary>
    /// <param name="gradient">The gradient, any shape.</param>
    /// <param name="learningRate">The learning rate.</param>
    /// <param name="momentum">buffer = momentum * buffer + gradient.</param>
    /// <param name="nesterov">Step along gradient + momentum * buffer instead of the buffer.</param>
    /// <param name="weightDecay">gradient += decay * value, before all else.</param>
    /// <param name="value">The parameter.</param>
    /// <param name="buffer">The momentum buffer, or no tensor: the step is along the gradient.</param>
    /// <exception cref="ArgumentException">The shapes differ.</exception>
    public static void Run(Tensor gradient, float learningRate, float momentum, bool nesterov, float weightDecay, Tensor value, Tensor buffer)
    {
        if (value.Shape != gradient.Shape || (!buffer.IsEmpty && buffer.Shape != gradient.Shape))
        {
            throw new ArgumentException($"SgdUpdate: parameter {value.Shape} and buffer {buffer.Shape} must have the gradient's shape {gradient.Shape}.");
        }

        VectorLoop.For(VectorLoop.ChunkCount(gradient.ElementCount), new Body
        {
            Gradient = gradient.Pointer,
            LearningRate = learningRate,
            Momentum = momentum,
            IsNesterov = nesterov,
            WeightDecay = weightDecay,
            Value = value.Pointer,
            Buffer = buffer.IsEmpty ? null : buffer.Pointer,
            Count = gradient.ElementCount,
        });
    }

    private struct Body : IVectorBody
    {
        public float* Gradient;
        public float* Value;
        public float* Buffer;
        public float LearningRate;
        public float Momentum;
        public float WeightDecay;
        public bool IsNesterov;
        public long Count;

        public readonly void Invoke<TSimd, TVector, TInt>(int index)
            where TSimd : struct, ISimd<TVector, TInt> where TVector : struct where TInt : struct
        {
            long start = (long)index * VectorLoop.ChunkElements;
            long end = Math.Min(start + VectorLoop.ChunkElements, Count);
            long i = start;
            for (; i <= end - TSimd.Count; i += TSimd.Count)
            {
                TVector buffer = Buffer is null ? TSimd.Zero : TSimd.Load(Buffer + i);
                TVector value = Apply<TSimd, TVector, TInt>(TSimd.Load(Gradient + i), TSimd.Load(Value + i), ref buffer);
                TSimd.Store(value, Value + i);
                if (Buffer is not null)
                {
                    TSimd.Store(buffer, Buffer + i);
                }
            }

            int rest = (int)(end - i);
            if (rest > 0)
            {
                TVector buffer = Buffer is null ? TSimd.Zero : TSimd.LoadPartial(Buffer + i, rest);
                TVector value = Apply<TSimd, TVector, TInt>(TSimd.LoadPartial(Gradient + i, rest), TSimd.LoadPartial(Value + i, rest), ref buffer);
                TSimd.StorePartial(value, Value + i, rest);
                if (Buffer is not null)
                {
                    TSimd.StorePartial(buffer, Buffer + i, rest);
                }
            }
        }

        [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.AggressiveInlining)]
        private readonly TVector Apply<TSimd, TVector, TInt>(TVector gradient, TVector value, ref TVector buffer)
            where TSimd : struct, ISimd<TVector, TInt> where TVector : struct where TInt : struct
        {
            TVector momentum = TSimd.Broadcast(Momentum);
            TVector g = TSimd.MultiplyAdd(TSimd.Broadcast(WeightDecay), value, gradient);
            buffer = TSimd.MultiplyAdd(momentum, buffer, g);
            TVector direction = IsNesterov ? TSimd.MultiplyAdd(momentum, buffer, g) : buffer;
            return TSimd.MultiplyAdd(TSimd.Broadcast(-LearningRate), direction, value);
        }
    }
}

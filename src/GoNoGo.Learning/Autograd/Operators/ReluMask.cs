using GoNoGo.Tensors;
using GoNoGo.Tensors.Parallel;

namespace GoNoGo.Learning.Autograd.Operators;

/// <summary>The gradient through a ReLU that a kernel did in its own epilogue.</summary>
internal static unsafe class ReluMask
{
    private const int Block = 1 << 16;

    /// <summary>gradY where y is positive, 0 elsewhere, in new memory of the tape.</summary>
    public static Tensor Apply(Tape tape, Tensor y, Tensor gradient)
    {
        Tensor masked = tape.New(gradient.Shape);
        long count = gradient.ElementCount;
        Workers.For((int)((count + Block - 1) / Block), new Body(y.Pointer, gradient.Pointer, count, masked.Pointer));
        return masked;
    }

    private readonly struct Body(float* y, float* gradient, long count, float* masked) : IParallelBody
    {
        public void Invoke(int index)
        {
            long end = Math.Min(count, (index + 1L) * Block);
            for (long i = (long)index * Block; i < end; i++)
            {
                masked[i] = y[i] > 0f ? gradient[i] : 0f;
            }
        }
    }
}

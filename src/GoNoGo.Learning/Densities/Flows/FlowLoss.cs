using GoNoGo.Learning.Autograd;
using GoNoGo.Tensors;
using GoNoGo.Tensors.Kernels;
using GoNoGo.Tensors.Simd;

namespace GoNoGo.Learning.Densities.Flows;

/// <summary>The negative log-likelihood of a flow with a standard normal target, without the constant C H W ln(2 pi) / 2.</summary>
public static unsafe class FlowLoss
{
    /// <summary>Mean over the pictures of (sum z^2 / 2 - log-determinant), summed in double and rounded once.</summary>
    /// <param name="z"><c>[B, ...]</c>.</param>
    /// <param name="logDeterminant"><c>[B]</c>.</param>
    /// <returns>One number.</returns>
    /// <exception cref="ArgumentException">Shapes that do not fit.</exception>
    public static Variable Compute(Variable z, Variable logDeterminant)
    {
        if (z.Shape.Rank < 1 || logDeterminant.Shape != new Shape(z.Shape[0]) || z.Value.ElementCount == 0)
        {
            throw new ArgumentException($"FlowLoss: expected z [B, ...] and log-determinants [B], got {z.Shape} and {logDeterminant.Shape}.");
        }

        Tape tape = z.Tape;
        int images = z.Shape[0];
        long count = z.Value.ElementCount / images;
        int chunks = VectorLoop.ChunkCount(count);
        Tensor sums = tape.New(new Shape(images, chunks, 2));
        var partial = (double*)sums.Pointer;
        VectorLoop.For(images * chunks, new SumOfSquares(z.Value.Pointer, count, chunks, partial));
        double total = 0;
        for (int image = 0; image < images; image++)
        {
            double squares = 0;
            for (int chunk = 0; chunk < chunks; chunk++)
            {
                squares += partial[(image * chunks) + chunk];
            }

            total += (0.5 * squares) - logDeterminant.Value.Span[image];
        }

        tape.Scope.Release(sums);
        Tensor loss = tape.New(new Shape(1));
        loss.Span[0] = (float)(total / images);
        if (!tape.Tracks(z, logDeterminant))
        {
            return tape.Constant(loss);
        }

        Node node = tape.Rent<Node>();
        node.Z = z;
        node.LogDeterminant = logDeterminant;
        return tape.Emit(loss, node);
    }

    private sealed class Node : TapeNode
    {
        public Variable Z { get; set; }

        public Variable LogDeterminant { get; set; }

        public override void Backward(Tape tape, Tensor gradient)
        {
            float share = gradient.Span[0] / Z.Shape[0];
            if (Z.NeedsGradient)
            {
                Tensor target = tape.Accumulate(Z, out bool overwrite);
                VectorLoop.For(
                    VectorLoop.ChunkCount(target.ElementCount), new Scaled(Z.Value.Pointer, share, target.ElementCount, !overwrite, target.Pointer));
            }

            if (LogDeterminant.NeedsGradient)
            {
                foreach (ref float target in tape.Accumulate(LogDeterminant).Span)
                {
                    target -= share;
                }
            }
        }
    }

    /// <summary>Sums of squares of a chunk of one picture: 64 vectors at a time in float, those in double.</summary>
    private readonly struct SumOfSquares(float* z, long count, int chunks, double* partial) : IVectorBody
    {
        private const int VectorsPerFlush = 64;

        public void Invoke<TSimd, TVector, TInt>(int index)
            where TSimd : struct, ISimd<TVector, TInt> where TVector : struct where TInt : struct
        {
            long start = (long)(index % chunks) * VectorLoop.ChunkElements;
            float* values = z + (index / chunks * count) + start;
            int length = (int)Math.Min(VectorLoop.ChunkElements, count - start);
            double total = 0;
            for (int i = 0; i < length;)
            {
                TVector sum = TSimd.Zero;
                for (int end = Math.Min(length, i + (VectorsPerFlush * TSimd.Count)); i < end; i += TSimd.Count)
                {
                    TVector value = VectorTail<TSimd, TVector, TInt>.Load(values + i, length - i);
                    sum = TSimd.MultiplyAdd(value, value, sum);
                }

                total += TSimd.Sum(sum);
            }

            partial[index] = total;
        }
    }

    private readonly struct Scaled(float* z, float factor, long count, bool accumulate, float* target) : IVectorBody
    {
        public void Invoke<TSimd, TVector, TInt>(int index)
            where TSimd : struct, ISimd<TVector, TInt> where TVector : struct where TInt : struct
        {
            long end = Math.Min(count, (index + 1L) * VectorLoop.ChunkElements);
            TVector factors = TSimd.Broadcast(factor);
            for (long i = (long)index * VectorLoop.ChunkElements; i < end; i += TSimd.Count)
            {
                int rest = (int)(end - i);
                VectorTail<TSimd, TVector, TInt>.Store(
                    TSimd.Multiply(VectorTail<TSimd, TVector, TInt>.Load(z + i, rest), factors), target + i, rest, accumulate);
            }
        }
    }
}

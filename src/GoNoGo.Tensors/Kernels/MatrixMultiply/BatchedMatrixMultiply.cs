using GoNoGo.Tensors.Parallel;

namespace GoNoGo.Tensors.Kernels;

/// <summary>A stack of independent products, C[i] = A[i] B[i]: attention, per-group layers. Summation order as <see cref="MatrixMultiply"/>.</summary>
public static unsafe class BatchedMatrixMultiply
{
    /// <summary>Multiplies matrices in the last two dimensions; the leading ones are the batch, where a size of 1 is repeated.</summary>
    /// <param name="a"><c>[..., M, K]</c>, or <c>[..., K, M]</c> if <paramref name="transposeA"/>.</param>
    /// <param name="transposeA">Whether each A is stored transposed.</param>
    /// <param name="b"><c>[..., K, N]</c>, or <c>[..., N, K]</c> if <paramref name="transposeB"/>.</param>
    /// <param name="transposeB">Whether each B is stored transposed.</param>
    /// <param name="c">Destination <c>[..., M, N]</c>; must not overlap A or B.</param>
    /// <param name="accumulate">Adds to the destination instead of overwriting it.</param>
    /// <exception cref="ArgumentException">A shape does not fit.</exception>
    public static void Run(Tensor a, bool transposeA, Tensor b, bool transposeB, Tensor c, bool accumulate = false)
    {
        if (a.Rank < 2 || b.Rank != a.Rank || c.Rank != a.Rank)
        {
            throw new ArgumentException($"BatchedMatrixMultiply: a, b and c must have the same number of dimensions, at least 2, got {a.Shape}, {b.Shape} and {c.Shape}.", nameof(b));
        }

        int m = a.Shape[transposeA ? -1 : -2];
        int k = a.Shape[transposeA ? -2 : -1];
        int n = b.Shape[transposeB ? -2 : -1];
        if (b.Shape[transposeB ? -1 : -2] != k)
        {
            throw new ArgumentException(
                $"BatchedMatrixMultiply: a {a.Shape}{(transposeA ? " transposed" : "")} has depth {k}, b {b.Shape}{(transposeB ? " transposed" : "")} has {b.Shape[transposeB ? -1 : -2]}.",
                nameof(b));
        }

        if (c.Shape[-2] != m || c.Shape[-1] != n)
        {
            throw new ArgumentException($"BatchedMatrixMultiply: the last two dimensions of c must be [{m}, {n}], got {c.Shape}.", nameof(c));
        }

        var body = new Body
        {
            M = m,
            N = n,
            K = k,
            A = a.Pointer,
            TransposeA = transposeA,
            AStride = a.Shape[-1],
            B = b.Pointer,
            TransposeB = transposeB,
            BStride = b.Shape[-1],
            C = c.Pointer,
            CStride = n,
            Accumulate = accumulate,
        };
        int batch = 1;
        long stepA = 0;
        long stepB = 0;
        // Up to three batch dimensions: each gets its size and what it moves A and B by (0 where repeated).
        for (int axis = 0; axis < a.Rank - 2; axis++)
        {
            int size = c.Shape[axis];
            if ((a.Shape[axis] != size && a.Shape[axis] != 1) || (b.Shape[axis] != size && b.Shape[axis] != 1))
            {
                throw new ArgumentException($"BatchedMatrixMultiply: batch dimension {axis} of a {a.Shape} and b {b.Shape} must be that of c {c.Shape}, or 1.", nameof(c));
            }

            batch = checked(batch * size);
            stepA = a.Shape[axis] == 1 ? 0 : a.Shape.Product(axis + 1, a.Rank);
            stepB = b.Shape[axis] == 1 ? 0 : b.Shape.Product(axis + 1, b.Rank);
            (body.Size0, body.StepA0, body.StepB0, body.Size1, body.StepA1, body.StepB1, body.Size2, body.StepA2, body.StepB2) =
                (body.Size1, body.StepA1, body.StepB1, body.Size2, body.StepA2, body.StepB2, size, stepA, stepB);
        }

        body.Size1 = Math.Max(body.Size1, 1);
        body.Size2 = Math.Max(body.Size2, 1);
        RunAll(batch, body);
    }

    /// <summary>
    /// The pointer form for kernels: product i uses a + i * aBatchStride and so on. All strides in floats; row strides are those of the matrices as stored.
    /// </summary>
    internal static void Run(
        int batch, int m, int n, int k,
        float* a, nint aStride, long aBatchStride, bool transposeA,
        float* b, nint bStride, long bBatchStride, bool transposeB,
        bool accumulate,
        float* c, nint cStride, long cBatchStride)
    {
        var body = new Body
        {
            M = m,
            N = n,
            K = k,
            A = a,
            TransposeA = transposeA,
            AStride = aStride,
            B = b,
            TransposeB = transposeB,
            BStride = bStride,
            C = c,
            CStride = cStride,
            Accumulate = accumulate,
            Size1 = 1,
            Size2 = batch,
            StepA2 = aBatchStride,
            StepB2 = bBatchStride,
            StepC = cBatchStride,
        };
        RunAll(batch, body);
    }

    private static void RunAll(int batch, Body body)
    {
        if (body.StepC == 0)
        {
            body.StepC = (long)body.M * body.N;
        }

        // Few large products are split inside, many are split among the threads; by shape only.
        if (batch < 4)
        {
            for (int index = 0; index < batch; index++)
            {
                body.Invoke(index);
            }
        }
        else
        {
            Workers.For(batch, body);
        }
    }

    private struct Body : IParallelBody
    {
        public int M;
        public int N;
        public int K;
        public float* A;
        public nint AStride;
        public bool TransposeA;
        public float* B;
        public nint BStride;
        public bool TransposeB;
        public float* C;
        public nint CStride;
        public bool Accumulate;
        public int Size0;
        public int Size1;
        public int Size2;
        public long StepA0;
        public long StepA1;
        public long StepA2;
        public long StepB0;
        public long StepB1;
        public long StepB2;
        public long StepC;

        public readonly void Invoke(int index)
        {
            int i2 = index % Size2;
            int i1 = index / Size2 % Size1;
            int i0 = index / Size2 / Size1;
            MatrixMultiply.Run(
                M, N, K,
                A + (i0 * StepA0) + (i1 * StepA1) + (i2 * StepA2), AStride, TransposeA,
                B + (i0 * StepB0) + (i1 * StepB1) + (i2 * StepB2), BStride, TransposeB,
                Accumulate,
                C + (index * StepC), CStride);
        }
    }
}

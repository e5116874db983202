using GoNoGo.Tensors.Simd;

namespace GoNoGo.Tensors.Kernels;

/// <summary>
/// C = A B in float32, with an epilogue: see <see cref="MatrixEpilogue"/>. Each element is summed over K in a fixed order
/// that depends neither on M and N nor on the number of threads: a row of the result is the same, bit for bit,
/// whatever other rows are computed with it.
/// </summary>
public static unsafe class MatrixMultiply
{
    /// <summary>Multiplies two matrices.</summary>
    /// <param name="a"><c>[M, K]</c>, or <c>[K, M]</c> if <paramref name="transposeA"/>.</param>
    /// <param name="transposeA">Whether A is stored transposed.</param>
    /// <param name="b"><c>[K, N]</c>, or <c>[N, K]</c> if <paramref name="transposeB"/> (the layout of a linear layer's weight).</param>
    /// <param name="transposeB">Whether B is stored transposed.</param>
    /// <param name="c">Destination <c>[M, N]</c>; must not overlap A or B.</param>
    /// <param name="epilogue">Accumulation, biases, activation, residual.</param>
    /// <exception cref="ArgumentException">A shape does not fit.</exception>
    public static void Run(Tensor a, bool transposeA, Tensor b, bool transposeB, Tensor c, MatrixEpilogue epilogue = default)
    {
        Check.Rank(a, nameof(a));
        Check.Rank(b, nameof(b));
        int m = a.Shape[transposeA ? 1 : 0];
        int k = a.Shape[transposeA ? 0 : 1];
        int n = b.Shape[transposeB ? 0 : 1];
        if (b.Shape[transposeB ? 1 : 0] != k)
        {
            throw new ArgumentException(
                $"MatrixMultiply: a {a.Shape}{(transposeA ? " transposed" : "")} has depth {k}, b {b.Shape}{(transposeB ? " transposed" : "")} has {b.Shape[transposeB ? 1 : 0]}.",
                nameof(b));
        }

        Run(m, n, k, Left(a.Pointer, a.Shape[1], transposeA), Right(b.Pointer, b.Shape[1], transposeB), epilogue.Accumulate, Store(c, m, n, epilogue));
    }

    /// <summary>Multiplies with a right operand that was packed before.</summary>
    /// <param name="a"><c>[M, K]</c>, or <c>[K, M]</c> if <paramref name="transposeA"/>.</param>
    /// <param name="transposeA">Whether A is stored transposed.</param>
    /// <param name="b">K x N, packed.</param>
    /// <param name="c">Destination <c>[M, N]</c>; must not overlap A.</param>
    /// <param name="epilogue">Accumulation, biases, activation, residual.</param>
    /// <exception cref="ArgumentException">A shape does not fit.</exception>
    public static void Run(Tensor a, bool transposeA, PackedMatrix b, Tensor c, MatrixEpilogue epilogue = default)
    {
        ArgumentNullException.ThrowIfNull(b);
        Check.Rank(a, nameof(a));
        int m = a.Shape[transposeA ? 1 : 0];
        int k = a.Shape[transposeA ? 0 : 1];
        if (b.Depth != k)
        {
            throw new ArgumentException($"MatrixMultiply: a {a.Shape}{(transposeA ? " transposed" : "")} has depth {k}, the packed b has {b.Depth}.", nameof(b));
        }

        Gemm.Run(b.Width, m, b.Columns, k, Left(a.Pointer, a.Shape[1], transposeA), new PackedPanelSource(b), epilogue.Accumulate, Store(c, m, b.Columns, epilogue));
    }

    /// <summary>
    /// Multiplies the first columns of a matrix, as many as a packed right operand is deep, on the calling thread alone and in room that it lends: for small products
    /// inside a parallel loop, whose threads would ask the pool for now one and now another number of blocks.
    /// </summary>
    /// <param name="a"><c>[M, K or more]</c>.</param>
    /// <param name="b">K x N, packed.</param>
    /// <param name="room">At least <see cref="RoomFloats"/> floats, overwritten.</param>
    /// <param name="c">Destination <c>[M, N]</c>; must not overlap A.</param>
    /// <param name="epilogue">Accumulation, biases, activation, residual.</param>
    /// <exception cref="ArgumentException">A shape does not fit.</exception>
    public static void RunAlone(Tensor a, PackedMatrix b, Tensor room, Tensor c, MatrixEpilogue epilogue = default)
    {
        ArgumentNullException.ThrowIfNull(b);
        Check.Rank(a, nameof(a));
        if (b.Depth > a.Shape[1])
        {
            throw new ArgumentException($"MatrixMultiply: a {a.Shape} has fewer columns than the packed b is deep, {b.Depth}.", nameof(b));
        }

        if (room.ElementCount < RoomFloats(b.Depth, b.Columns))
        {
            throw new ArgumentException($"MatrixMultiply: room {room.Shape} is less than {RoomFloats(b.Depth, b.Columns)} floats.", nameof(room));
        }

        int m = a.Shape[0];
        Gemm.Run(b.Width, m, b.Columns, b.Depth, Left(a.Pointer, a.Shape[1], false), new PackedPanelSource(b), epilogue.Accumulate, Store(c, m, b.Columns, epilogue), room.Pointer);
    }

    /// <summary>Floats that <see cref="RunAlone"/> works in, however many rows there are: as many as the product has columns are packed at a time, or as an item takes.</summary>
    /// <param name="depth">K.</param>
    /// <param name="columns">N.</param>
    public static int RoomFloats(int depth, int columns) => checked((columns + GemmPlan.MostChunkRows) * depth);

    /// <summary>The product of a left operand that packs itself with a packed right one.</summary>
    internal static void Run<TA>(int m, TA a, PackedMatrix b, Tensor c, in MatrixEpilogue epilogue) where TA : struct, IPanelSource
    {
        Gemm.Run(b.Width, m, b.Columns, b.Depth, a, new PackedPanelSource(b), epilogue.Accumulate, Store(c, m, b.Columns, epilogue));
    }

    /// <summary>
    /// The pointer form for kernels: A with row stride <paramref name="aStride"/> and so on (strides in floats, of the matrices as stored).
    /// </summary>
    internal static void Run(
        int m, int n, int k, float* a, nint aStride, bool transposeA, float* b, nint bStride, bool transposeB, bool accumulate, float* c, nint cStride) =>
        Run(m, n, k, Left(a, aStride, transposeA), Right(b, bStride, transposeB), accumulate, new MatrixStore(c, cStride));

    /// <summary>A stored matrix as the left operand.</summary>
    internal static MatrixPanelSource Left(float* a, nint stride, bool transposed) => transposed ? new(a, 1, stride) : new(a, stride, 1);

    /// <summary>A stored matrix as the right operand.</summary>
    internal static MatrixPanelSource Right(float* b, nint stride, bool transposed) => transposed ? new(b, stride, 1) : new(b, 1, stride);

    /// <summary>A destination <c>[m, n]</c> with its epilogue.</summary>
    /// <exception cref="ArgumentException">A shape does not fit.</exception>
    internal static MatrixStore Store(Tensor c, int m, int n, in MatrixEpilogue epilogue)
    {
        Check.Destination(c, m, n, epilogue);
        return new MatrixStore(c.Pointer, n)
        {
            ColumnBias = epilogue.ColumnBias.IsEmpty ? null : epilogue.ColumnBias.Pointer,
            RowBias = epilogue.RowBias.IsEmpty ? null : epilogue.RowBias.Pointer,
            Residual = epilogue.Residual.IsEmpty ? null : epilogue.Residual.Pointer,
            ResidualStride = n,
            Activation = epilogue.Activation,
            FinalActivation = epilogue.FinalActivation,
        };
    }

    /// <summary>
    /// The product, or its transpose where that wastes clearly less of the tiles: a panel is as wide as two vectors, but may have
    /// any number of rows. Both form the same sums.
    /// </summary>
    private static void Run(int m, int n, int k, MatrixPanelSource left, MatrixPanelSource right, bool accumulate, MatrixStore store)
    {
        long columns = Gemm.TileColumns(VectorWidths.Current);
        long direct = m * ((n + columns - 1) / columns * columns);
        long transposed = n * ((m + columns - 1) / columns * columns);
        if (transposed < 0.7 * direct)
        {
            Gemm.Run(n, m, k, right, left, accumulate, new TransposedMatrixStore(store));
        }
        else
        {
            Gemm.Run(m, n, k, left, right, accumulate, store);
        }
    }

    private static class Check
    {
        public static void Rank(Tensor tensor, string name)
        {
            if (tensor.Rank != 2)
            {
                throw new ArgumentException($"MatrixMultiply: {name} must have 2 dimensions, got {tensor.Shape}.", name);
            }
        }

        public static void Destination(Tensor c, int m, int n, MatrixEpilogue epilogue)
        {
            if (c.Shape != new Shape(m, n))
            {
                throw new ArgumentException($"MatrixMultiply: c must be [{m}, {n}], got {c.Shape}.", nameof(c));
            }

            Optional(epilogue.ColumnBias, nameof(epilogue.ColumnBias), new Shape(n));
            Optional(epilogue.RowBias, nameof(epilogue.RowBias), new Shape(m));
            Optional(epilogue.Residual, nameof(epilogue.Residual), new Shape(m, n));
        }

        private static void Optional(Tensor tensor, string name, Shape expected)
        {
            if (!tensor.IsEmpty && tensor.Shape != expected)
            {
                throw new ArgumentException($"MatrixMultiply: epilogue.{name} must be {expected}, got {tensor.Shape}.", name);
            }
        }
    }
}

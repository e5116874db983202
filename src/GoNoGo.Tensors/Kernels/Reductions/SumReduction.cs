using System.Runtime.CompilerServices;
using GoNoGo.Tensors.Memory;
using GoNoGo.Tensors.Simd;

namespace GoNoGo.Tensors.Kernels.Reductions;

/// <summary>
/// Sums over any set of dimensions, as accurate as accumulation in double precision. Large sums are cut into pieces of
/// fixed size whose partial sums are added in order: the result does not depend on the number of threads.
/// </summary>
public static unsafe class SumReduction
{
    private const int TileColumns = 512;

    /// <summary>y = scale * sum of x over the marked axes (or += when accumulating).</summary>
    /// <param name="x">Source, any shape.</param>
    /// <param name="axes">Bit i set: axis i is summed over.</param>
    /// <param name="scale">Factor on the sums (1 / count gives the mean).</param>
    /// <param name="y">Destination with as many elements as the kept axes have.</param>
    /// <param name="accumulate">Whether to add to the destination.</param>
    /// <exception cref="ArgumentException">The destination has another size.</exception>
    public static void Run(Tensor x, uint axes, float scale, Tensor y, bool accumulate = false) =>
        Run(x.Pointer, x.Shape, axes, scale, y, accumulate);

    internal static void Run(float* x, Shape shape, uint axes, float scale, Tensor y, bool accumulate)
    {
        var plan = new ReductionPlan(shape, axes);
        Elementwise.ElementwiseKernel.RequireSize("Sum", nameof(y), plan.OutputCount, y);
        long pieceLength = PieceLength(plan);
        long pieces = plan.ReducedCount == 0 ? 1 : PieceCount(plan, pieceLength);
        if (plan.ReducedCount == 0)
        {
            if (!accumulate)
            {
                y.Clear();
            }

            return;
        }

        using Scratch partials = Scratch.OfDoubles(pieces > 1 ? plan.OutputCount * pieces : 0);
        var body = new Body
        {
            Plan = plan,
            X = x,
            Y = y.Pointer,
            Partials = pieces > 1 ? partials.Doubles : null,
            Scale = scale,
            Accumulate = accumulate,
            Pieces = pieces,
            PieceLength = pieceLength,
            Tiles = plan.InnerIsReduced ? 1 : (plan.Inner + TileColumns - 1) / TileColumns,
        };
        body.Units = plan.KeptOuter * body.Tiles * pieces;
        long unitElements = Math.Max(1, plan.KeptOuter * plan.ReducedOuter * plan.Inner / Math.Max(1, body.Units));
        body.UnitsPerItem = Math.Max(1, VectorLoop.ChunkElements / unitElements);
        VectorLoop.For(checked((int)((body.Units + body.UnitsPerItem - 1) / body.UnitsPerItem)), body);
        if (pieces > 1)
        {
            body.Combine();
        }
    }

    /// <summary>Sums x over the axes along which <paramref name="y"/> was broadcast: the gradient of broadcasting.</summary>
    /// <param name="x">Source of the broadcast shape.</param>
    /// <param name="scale">Factor on the sums.</param>
    /// <param name="y">Destination of the shape before broadcasting.</param>
    /// <param name="accumulate">Whether to add to the destination.</param>
    public static void ToShape(Tensor x, float scale, Tensor y, bool accumulate = false)
    {
        uint axes = 0;
        for (int fromEnd = 1; fromEnd <= x.Rank; fromEnd++)
        {
            if (fromEnd > y.Rank || (y.Shape[-fromEnd] == 1 && x.Shape[-fromEnd] != 1))
            {
                axes |= 1u << (x.Rank - fromEnd);
            }
        }

        Run(x, axes, scale, y, accumulate);
    }

    /// <summary>Rows: elements of a piece; columns: reduced positions of a piece.</summary>
    private static long PieceLength(in ReductionPlan plan) => plan.InnerIsReduced
        ? plan.Inner >= VectorLoop.ChunkElements ? VectorLoop.ChunkElements : VectorLoop.ChunkElements / Math.Max(1, plan.Inner) * plan.Inner
        : Math.Max(64, VectorLoop.ChunkElements / Math.Clamp(plan.Inner, 1, TileColumns));

    private static long PieceCount(in ReductionPlan plan, long pieceLength)
    {
        if (!plan.InnerIsReduced)
        {
            return (plan.ReducedOuter + pieceLength - 1) / pieceLength;
        }

        return plan.Inner >= VectorLoop.ChunkElements
            ? plan.ReducedOuter * ((plan.Inner + pieceLength - 1) / pieceLength)
            : (plan.ReducedCount + pieceLength - 1) / pieceLength;
    }

    private struct Body : IVectorBody
    {
        public ReductionPlan Plan;
        public float* X;
        public float* Y;
        public double* Partials;
        public float Scale;
        public bool Accumulate;
        public long Pieces;
        public long PieceLength;
        public long Tiles;
        public long Units;
        public long UnitsPerItem;

        public void Invoke<TSimd, TVector, TInt>(int index)
            where TSimd : struct, ISimd<TVector, TInt> where TVector : struct where TInt : struct
        {
            long end = Math.Min((index + 1L) * UnitsPerItem, Units);
            for (long unit = index * UnitsPerItem; unit < end; unit++)
            {
                long piece = unit % Pieces;
                long tile = unit / Pieces % Tiles;
                long kept = unit / Pieces / Tiles;
                if (Plan.InnerIsReduced)
                {
                    Write(kept, piece, Rows<TSimd, TVector, TInt>(kept, piece));
                }
                else
                {
                    Columns<TSimd, TVector, TInt>(kept, tile, piece);
                }
            }
        }

        public readonly void Combine()
        {
            for (long output = 0; output < Plan.OutputCount; output++)
            {
                double sum = 0;
                for (long piece = 0; piece < Pieces; piece++)
                {
                    sum += Partials[(piece * Plan.OutputCount) + output];
                }

                Finish(output, sum);
            }
        }

        private readonly void Write(long output, long piece, double sum)
        {
            if (Partials != null)
            {
                Partials[(piece * Plan.OutputCount) + output] = sum;
            }
            else
            {
                Finish(output, sum);
            }
        }

        private readonly void Finish(long output, double sum) =>
            Y[output] = (float)(Accumulate ? Y[output] + (sum * Scale) : sum * Scale);

        [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
        private readonly double Rows<TSimd, TVector, TInt>(long kept, long piece)
            where TSimd : struct, ISimd<TVector, TInt> where TVector : struct where TInt : struct
        {
            float* x = X + Plan.KeptOffset(kept);
            long inner = Plan.Inner;
            long row;
            long endRow;
            long start = 0;
            if (inner >= VectorLoop.ChunkElements)
            {
                long perRow = (inner + PieceLength - 1) / PieceLength;
                row = piece / perRow;
                endRow = row + 1;
                start = piece % perRow * PieceLength;
                inner = Math.Min(PieceLength, inner - start);
            }
            else
            {
                long rows = PieceLength / inner;
                row = piece * rows;
                endRow = Math.Min(row + rows, Plan.ReducedOuter);
            }

            double sum = 0;
            for (; row < endRow; row++)
            {
                sum += CompensatedSum<TSimd, TVector, TInt>.Run(x + Plan.ReducedOffset(row) + start, inner, default(IdentityFunction));
            }

            return sum;
        }

        [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
        private readonly void Columns<TSimd, TVector, TInt>(long kept, long tile, long piece)
            where TSimd : struct, ISimd<TVector, TInt> where TVector : struct where TInt : struct
        {
            long column = tile * TileColumns;
            int width = (int)Math.Min(TileColumns, Plan.Inner - column);
            float* x = X + Plan.KeptOffset(kept) + column;
            float* total = stackalloc float[TileColumns];
            float* lost = stackalloc float[TileColumns];
            new Span<float>(total, width).Clear();
            new Span<float>(lost, width).Clear();
            float** rows = stackalloc float*[8];
            long end = Math.Min((piece + 1) * PieceLength, Plan.ReducedOuter);
            for (long row = piece * PieceLength; row < end; row += 8)
            {
                int count = (int)Math.Min(8, end - row);
                for (int i = 0; i < count; i++)
                {
                    rows[i] = x + Plan.ReducedOffset(row + i);
                }

                AddRows<TSimd, TVector, TInt>(rows, count, width, total, lost);
            }

            long output = (kept * Plan.Inner) + column;
            for (int i = 0; i < width; i++)
            {
                Write(output + i, piece, CompensatedSum<TSimd, TVector, TInt>.Combine(total[i], lost[i]));
            }
        }

        [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
        private static void AddRows<TSimd, TVector, TInt>(float** rows, int count, int width, float* total, float* lost)
            where TSimd : struct, ISimd<TVector, TInt> where TVector : struct where TInt : struct
        {
            int i = 0;
            for (; i <= width - TSimd.Count; i += TSimd.Count)
            {
                TVector sum = TSimd.Load(total + i);
                TVector rest = TSimd.Load(lost + i);
                for (int r = 0; r < count; r++)
                {
                    CompensatedSum<TSimd, TVector, TInt>.Add(ref sum, ref rest, TSimd.Load(rows[r] + i));
                }

                TSimd.Store(sum, total + i);
                TSimd.Store(rest, lost + i);
            }

            for (; i < width; i++)
            {
                for (int r = 0; r < count; r++)
                {
                    float value = rows[r][i];
                    float sum = total[i] + value;
                    float part = sum - total[i];
                    lost[i] += (total[i] - (sum - part)) + (value - part);
                    total[i] = sum;
                }
            }
        }
    }
}

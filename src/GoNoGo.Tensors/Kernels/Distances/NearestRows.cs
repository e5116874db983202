using GoNoGo.Tensors.Memory;
using GoNoGo.Tensors.Parallel;
using GoNoGo.Tensors.Simd;

namespace GoNoGo.Tensors.Kernels.Distances;

/// <summary>
/// The nearest of many stored vectors, exactly: products with the packed vectors in blocks find those that may be nearest, and
/// their distances are then computed from the differences, which does not cancel. Of equally near ones the first is taken.
/// </summary>
public sealed unsafe class NearestRows : IDisposable
{
    /// <summary>Queries whose products are looked at before the next are computed: they stay in the cache.</summary>
    private const int BlockRows = 64;

    private readonly Tensor _rows;
    private readonly TensorScope _scope = new();
    private readonly PackedMatrix _packed;
    private readonly Tensor _bias;
    private readonly double _longest;

    /// <summary>Packs the vectors.</summary>
    /// <param name="rows"><c>[n, D]</c>, n above 0; must live as long as this.</param>
    /// <exception cref="ArgumentException">Another rank, or no vectors.</exception>
    public NearestRows(Tensor rows)
    {
        if (rows.Rank != 2 || rows.ElementCount == 0)
        {
            throw new ArgumentException($"NearestRows: rows have shape {rows.Shape}, expected [n, D] without a zero.", nameof(rows));
        }

        _rows = rows;
        _packed = PackedMatrix.Pack(rows, transposeB: true);
        _bias = _scope.New(new Shape(rows.Shape[0]));
        for (int i = 0; i < rows.Shape[0]; i++)
        {
            double square = SquaredLength(rows.Pointer + ((long)i * rows.Shape[1]), rows.Shape[1]);
            _bias.Pointer[i] = (float)(-0.5 * square);
            _longest = Math.Max(_longest, Math.Sqrt(square));
        }
    }

    /// <summary>n: stored vectors.</summary>
    public int Count => _rows.Shape[0];

    /// <summary>D: numbers of a vector.</summary>
    public int Width => _rows.Shape[1];

    /// <summary>Finds for every query the nearest vector.</summary>
    /// <param name="queries"><c>[m, D]</c>.</param>
    /// <param name="distances">Receives m Euclidean distances; NaN where there is none: a query or a stored vector with NaN or infinity, or squares beyond a float.</param>
    /// <param name="indices">Receives the m places of the nearest vectors; -1 where there is none.</param>
    /// <exception cref="ArgumentException">A shape does not fit.</exception>
    public void Find(Tensor queries, Tensor distances, Span<int> indices)
    {
        if (queries.Rank != 2 || queries.Shape[1] != Width || distances.ElementCount != queries.Shape[0] || indices.Length != queries.Shape[0])
        {
            throw new ArgumentException($"NearestRows: queries {queries.Shape}, {distances.ElementCount} distances and {indices.Length} indices, expected [m, {Width}] and m each.");
        }

        using Scratch products = Scratch.OfFloats((long)Math.Min(BlockRows, queries.Shape[0]) * Count);
        fixed (int* places = indices)
        {
            for (int first = 0; first < queries.Shape[0]; first += BlockRows)
            {
                int count = Math.Min(BlockRows, queries.Shape[0] - first);
                Tensor block = queries.Slice(first, count);
                // The largest of q m - |m|^2 / 2 belongs to the smallest |q - m|.
                Gemm.Run(
                    _packed.Width, count, Count, Width, MatrixMultiply.Left(block.Pointer, Width, false), new PackedPanelSource(_packed), false,
                    new MatrixStore(products.Floats, Count) { ColumnBias = _bias.Pointer });
                VectorLoop.For(count, new Body
                {
                    Products = products.Floats,
                    Queries = block.Pointer,
                    Rows = _rows.Pointer,
                    Count = Count,
                    Width = Width,
                    Longest = _longest,
                    Distances = distances.Pointer + first,
                    Indices = places + first,
                });
            }
        }
    }

    /// <summary>Gives the packed vectors back.</summary>
    public void Dispose()
    {
        _packed.Dispose();
        _scope.Dispose();
    }

    private static double SquaredLength(float* values, int count)
    {
        double sum = 0;
        for (int i = 0; i < count; i++)
        {
            sum += (double)values[i] * values[i];
        }

        return sum;
    }

    private struct Body : IVectorBody
    {
        public float* Products;
        public float* Queries;
        public float* Rows;
        public int Count;
        public int Width;
        public double Longest;
        public float* Distances;
        public int* Indices;

        public readonly void Invoke<TSimd, TVector, TInt>(int index)
            where TSimd : struct, ISimd<TVector, TInt> where TVector : struct where TInt : struct
        {
            float* products = Products + ((long)index * Count);
            float* query = Queries + ((long)index * Width);
            float largest = Largest<TSimd, TVector, TInt>(products);
            double length = Math.Sqrt(SquaredLength(query, Width));

            // Each product is wrong by at most (D + 2) u |q| |m| and the bias by u |m|^2 / 2, u = 2^-24, and a squared distance from the
            // differences by (D + 2) u (|q| + |m|)^2: whatever is further below the largest than twice the former and once the latter is not
            // the nearest, nor made so by rounding.
            double slack = (Width + 2) * (1.0 / (1 << 24)) * (length + Longest) * ((2 * Longest) + length + Longest);
            float least = (float)(largest - slack);
            float best = float.PositiveInfinity;
            int place = -1;
            for (int i = 0; i < Count; i++)
            {
                if (products[i] >= least)
                {
                    float square = SquaredDistance.Of<TSimd, TVector, TInt>(query, Rows + ((long)i * Width), Width);
                    if (square < best)
                    {
                        (best, place) = (square, i);
                    }
                }
            }

            Indices[index] = place;
            Distances[index] = place < 0 ? float.NaN : MathF.Sqrt(best);
        }

        private readonly float Largest<TSimd, TVector, TInt>(float* values)
            where TSimd : struct, ISimd<TVector, TInt> where TVector : struct where TInt : struct
        {
            TVector largest = TSimd.Broadcast(float.NegativeInfinity);
            int i = 0;
            for (; i <= Count - TSimd.Count; i += TSimd.Count)
            {
                largest = TSimd.Max(largest, TSimd.Load(values + i));
            }

            float all = TSimd.MaxLane(largest);
            for (; i < Count; i++)
            {
                all = MathF.Max(all, values[i]);
            }

            return all;
        }
    }
}

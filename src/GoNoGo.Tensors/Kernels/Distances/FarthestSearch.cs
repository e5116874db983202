using GoNoGo.Tensors.Memory;

namespace GoNoGo.Tensors.Kernels.Distances;

/// <summary>
/// Finds the vector farthest from a growing number of centres. The distance to the nearest of the centres a vector was compared with so
/// far is never below that to the nearest of all, and it is not brought up to date while it is below what some other vector still has:
/// most vectors lie near an early centre and are never looked at again, and the others wait until many centres have gathered, whose
/// products with them are computed in blocks.
/// </summary>
internal sealed unsafe class FarthestSearch : IDisposable
{
    /// <summary>Centres that are packed together once they are so many.</summary>
    private const int ChunkCentres = 256;

    /// <summary>Vectors brought up to date at once.</summary>
    private const int BlockRows = 2048;

    private const int ItemRows = 64;
    private const int Bins = 1024;

    private readonly TensorScope _scope = new();
    private readonly Tensor _rows;
    private readonly Tensor _bounds;
    private readonly Tensor _centres;
    private readonly Tensor _block;
    private readonly Tensor _distances;
    private readonly List<NearestRows> _chunks = [];
    private readonly int[] _nearest = new int[BlockRows];
    private readonly int[] _histogram = new int[Bins];

    /// <summary>Per vector: the centres that its bound counts.</summary>
    private readonly int[] _seen;

    /// <summary>Vectors that may be the farthest: their bounds are up to date and not below the threshold. All others are below it.</summary>
    private readonly int[] _active;

    private readonly int[] _order;
    private int _activeCount;
    private int _centreCount;

    /// <summary>Before the first choice all vectors are active and none is kept.</summary>
    private float _threshold = float.PositiveInfinity;

    /// <summary>A search without centres.</summary>
    /// <param name="rows"><c>[n, D]</c>.</param>
    /// <param name="most">How many centres there can be.</param>
    public FarthestSearch(Tensor rows, int most)
    {
        int n = rows.Shape[0];
        _rows = rows;
        _bounds = _scope.New(new Shape(n));
        _bounds.Span.Fill(float.PositiveInfinity);
        _centres = _scope.New(new Shape(most, rows.Shape[1]));
        _block = _scope.New(new Shape(Math.Min(n, BlockRows), rows.Shape[1]));
        _distances = _scope.New(new Shape(_block.Shape[0]));
        _seen = new int[n];
        _active = new int[n];
        _order = new int[n];
        _activeCount = n;
        for (int i = 0; i < n; i++)
        {
            _active[i] = i;
        }
    }

    private int Width => _rows.Shape[1];

    /// <summary>Adds a centre.</summary>
    /// <param name="place">Its row.</param>
    public void Add(int place)
    {
        _rows[place].CopyTo(_centres[_centreCount]);
        _centreCount++;
        if (_centreCount % ChunkCentres == 0)
        {
            _chunks.Add(new NearestRows(_centres.Slice(_centreCount - ChunkCentres, ChunkCentres)));
        }

        Compare(_active.AsSpan(0, _activeCount), _centreCount - 1);
    }

    /// <summary>The vector farthest from all centres, the first of equals; null where all equal a centre.</summary>
    public int? Farthest()
    {
        int best = KeepActive();
        while (best < 0)
        {
            Activate();
            best = KeepActive();
        }

        return _bounds.Pointer[best] > 0 ? best : null;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (NearestRows chunk in _chunks)
        {
            chunk.Dispose();
        }

        _scope.Dispose();
    }

    /// <summary>Lets vectors go that have come below the threshold; the farthest of the others, or -1.</summary>
    private int KeepActive()
    {
        float* bounds = _bounds.Pointer;
        int best = -1;
        int kept = 0;
        for (int i = 0; i < _activeCount; i++)
        {
            int row = _active[i];
            float bound = bounds[row];
            if (bound < _threshold)
            {
                _seen[row] = _centreCount;
                continue;
            }

            _active[kept++] = row;
            if (best < 0 || bound > bounds[best] || (bound == bounds[best] && row < best))
            {
                best = row;
            }
        }

        _activeCount = kept;
        return best;
    }

    /// <summary>Where none is active: chooses a lower threshold, and brings all vectors up to date that are not below it.</summary>
    private void Activate()
    {
        ReadOnlySpan<float> bounds = _bounds.Span;
        _threshold = Threshold(bounds, Math.Max(1024, bounds.Length / 64));
        for (int i = 0; i < bounds.Length; i++)
        {
            if (bounds[i] >= _threshold)
            {
                _active[_activeCount++] = i;
            }
        }

        BringUpToDate();
    }

    /// <summary>A threshold that about so many bounds reach, at least one, and as few as can be told apart where most are near 0.</summary>
    private float Threshold(ReadOnlySpan<float> bounds, int wanted)
    {
        float largest = 0;
        foreach (float bound in bounds)
        {
            largest = bound > largest ? bound : largest;
        }

        float scale = Bins / largest;
        Array.Clear(_histogram);
        foreach (float bound in bounds)
        {
            _histogram[Math.Clamp((int)(bound * scale), 0, Bins - 1)]++;
        }

        int bin = Bins - 1;
        for (int reached = _histogram[bin]; reached < wanted && bin > 1; reached += _histogram[bin])
        {
            bin--;
        }

        // In double: a subnormal quotient could round to a threshold above the largest, which nothing reaches.
        return (float)((double)largest * bin / Bins);
    }

    private void BringUpToDate()
    {
        Span<int> active = _active.AsSpan(0, _activeCount);
        Span<int> order = _order.AsSpan(0, _activeCount);
        for (int i = 0; i < active.Length; i++)
        {
            order[i] = _seen[active[i]] / ChunkCentres;
        }

        // Those that lack a chunk are then the first rows of a block.
        order.Sort(active);
        for (int first = 0; first < active.Length; first += BlockRows)
        {
            int count = Math.Min(BlockRows, active.Length - first);
            Span<int> rows = active.Slice(first, count);
            Span<int> lacks = order.Slice(first, count);
            if (lacks[0] < _chunks.Count)
            {
                CompareWithChunks(rows, lacks);
            }

            Compare(rows, _chunks.Count * ChunkCentres);
        }
    }

    private void CompareWithChunks(ReadOnlySpan<int> rows, ReadOnlySpan<int> lacks)
    {
        for (int i = 0; i < rows.Length; i++)
        {
            _rows[rows[i]].CopyTo(_block[i]);
        }

        int count = 0;
        for (int chunk = lacks[0]; chunk < _chunks.Count; chunk++)
        {
            while (count < rows.Length && lacks[count] <= chunk)
            {
                count++;
            }

            _chunks[chunk].Find(_block.Slice(0, count), _distances.Slice(0, count), _nearest.AsSpan(0, count));
            fixed (int* places = rows, nearest = _nearest)
            {
                VectorLoop.For((count + ItemRows - 1) / ItemRows, new NearestBody
                {
                    Rows = _rows.Pointer,
                    Width = Width,
                    Places = places,
                    Count = count,
                    Centres = _centres.Pointer + ((long)chunk * ChunkCentres * Width),
                    Nearest = nearest,
                    Bounds = _bounds.Pointer,
                });
            }
        }
    }

    /// <summary>Compares vectors with the centres from one on, one by one.</summary>
    private void Compare(ReadOnlySpan<int> rows, int from)
    {
        fixed (int* places = rows)
        {
            VectorLoop.For((rows.Length + ItemRows - 1) / ItemRows, new CompareBody
            {
                Rows = _rows.Pointer,
                Width = Width,
                Places = places,
                Count = rows.Length,
                Centres = _centres.Pointer,
                From = from,
                To = _centreCount,
                Bounds = _bounds.Pointer,
            });
        }
    }

    /// <summary>The distance to the nearest centre of a chunk, from the differences.</summary>
    private struct NearestBody : IVectorBody
    {
        public float* Rows;
        public int Width;
        public int* Places;
        public int Count;
        public float* Centres;
        public int* Nearest;
        public float* Bounds;

        public readonly void Invoke<TSimd, TVector, TInt>(int index)
            where TSimd : struct, Simd.ISimd<TVector, TInt> where TVector : struct where TInt : struct
        {
            for (int i = index * ItemRows; i < Math.Min((index + 1) * ItemRows, Count); i++)
            {
                if (Nearest[i] < 0)
                {
                    continue;
                }

                int row = Places[i];
                float distance = SquaredDistance.Of<TSimd, TVector, TInt>(Rows + ((long)row * Width), Centres + ((long)Nearest[i] * Width), Width);
                Bounds[row] = distance < Bounds[row] ? distance : Bounds[row];
            }
        }
    }

    private struct CompareBody : IVectorBody
    {
        public float* Rows;
        public int Width;
        public int* Places;
        public int Count;
        public float* Centres;
        public int From;
        public int To;
        public float* Bounds;

        public readonly void Invoke<TSimd, TVector, TInt>(int index)
            where TSimd : struct, Simd.ISimd<TVector, TInt> where TVector : struct where TInt : struct
        {
            for (int i = index * ItemRows; i < Math.Min((index + 1) * ItemRows, Count); i++)
            {
                int row = Places[i];
                float least = Bounds[row];
                for (int centre = From; centre < To; centre++)
                {
                    float distance = SquaredDistance.Of<TSimd, TVector, TInt>(Rows + ((long)row * Width), Centres + ((long)centre * Width), Width);
                    least = distance < least ? distance : least;
                }

                Bounds[row] = least;
            }
        }
    }
}

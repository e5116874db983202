using GoNoGo.Tensors.Simd;

namespace GoNoGo.Tensors.Kernels;

/// <summary>The sum over the rows of a matrix: the gradient of a bias.</summary>
public static unsafe class ColumnSum
{
    /// <summary>Columns of one parallel item.</summary>
    private const int ItemColumns = 128;

    /// <summary>Rows that are summed before they join the total: rounding errors grow with the blocks and rows in one, not with all rows.</summary>
    private const int BlockRows = 64;

    /// <summary>destination[j] (+)= sum over i of source[i, j].</summary>
    /// <param name="source"><c>[.., N]</c>; all dimensions but the last are rows.</param>
    /// <param name="add">Add to the destination instead of overwriting it.</param>
    /// <param name="destination"><c>[N]</c>.</param>
    /// <exception cref="ArgumentException">The destination does not have the length of the source's last dimension.</exception>
    public static void Run(Tensor source, bool add, Tensor destination)
    {
        if (source.Rank == 0 || destination.Shape != new Shape(source.Shape[-1]))
        {
            throw new ArgumentException($"ColumnSum: source {source.Shape} needs a destination of its last dimension, got {destination.Shape}.", nameof(destination));
        }

        int columns = source.Shape[-1];
        VectorLoop.For((columns + ItemColumns - 1) / ItemColumns, new Body
        {
            Source = source.Pointer,
            Destination = destination.Pointer,
            Rows = source.Shape.Product(0, source.Rank - 1),
            Columns = columns,
            IsAdd = add,
        });
    }

    private struct Body : IVectorBody
    {
        public float* Source;
        public float* Destination;
        public long Rows;
        public int Columns;
        public bool IsAdd;

        public readonly void Invoke<TSimd, TVector, TInt>(int index)
            where TSimd : struct, ISimd<TVector, TInt> where TVector : struct where TInt : struct
        {
            int start = index * ItemColumns;
            int width = Math.Min(ItemColumns, Columns - start);
            float* total = stackalloc float[ItemColumns];
            float* block = stackalloc float[ItemColumns];
            new Span<float>(total, width).Clear();
            for (long first = 0; first < Rows; first += BlockRows)
            {
                new Span<float>(block, width).Clear();
                long end = Math.Min(first + BlockRows, Rows);
                for (long row = first; row < end; row++)
                {
                    Add<TSimd, TVector, TInt>(Source + (row * Columns) + start, width, block);
                }

                Add<TSimd, TVector, TInt>(block, width, total);
            }

            if (IsAdd)
            {
                Add<TSimd, TVector, TInt>(total, width, Destination + start);
            }
            else
            {
                new ReadOnlySpan<float>(total, width).CopyTo(new Span<float>(Destination + start, width));
            }
        }

        private static void Add<TSimd, TVector, TInt>(float* source, int count, float* destination)
            where TSimd : struct, ISimd<TVector, TInt> where TVector : struct where TInt : struct
        {
            int i = 0;
            for (; i <= count - TSimd.Count; i += TSimd.Count)
            {
                TSimd.Store(TSimd.Add(TSimd.Load(destination + i), TSimd.Load(source + i)), destination + i);
            }

            for (; i < count; i++)
            {
                destination[i] += source[i];
            }
        }
    }
}

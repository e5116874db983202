using GoNoGo.Tensors.Simd;

namespace GoNoGo.Tensors.Kernels;

/// <summary>
/// Copies (or adds) a box of elements from one strided reading of memory to another: the one kernel behind permute,
/// slice, concatenate, roll, repeat and their gradients.
/// </summary>
public static unsafe class StridedCopy
{
    /// <summary>About how many elements one parallel item moves.</summary>
    private const long ItemElements = 32 * 1024;

    /// <summary>Side of the square tiles of a transposition.</summary>
    private const int Tile = 16;

    /// <summary>
    /// For every index i inside <paramref name="extent"/>:
    /// <c>destination[destinationOffset + i . destinationStrides] = source[sourceOffset + i . sourceStrides]</c>.
    /// </summary>
    /// <param name="source">Read from; it must not overlap the destination.</param>
    /// <param name="sourceOffset">Position of index 0 in the source, in elements.</param>
    /// <param name="sourceStrides">One stride for each dimension of the extent.</param>
    /// <param name="extent">The box: up to five dimensions, each of any length, also 0.</param>
    /// <param name="destinationOffset">Position of index 0 in the destination, in elements.</param>
    /// <param name="destinationStrides">One stride for each dimension. A stride of 0 (with <paramref name="add"/>) sums along that dimension.</param>
    /// <param name="add">Add to the destination instead of overwriting it.</param>
    /// <param name="destination">Written to.</param>
    /// <exception cref="ArgumentException">The box reaches outside the source or the destination.</exception>
    public static void Run(
        Tensor source, long sourceOffset, in Strides sourceStrides, Shape extent, long destinationOffset, in Strides destinationStrides, bool add, Tensor destination)
    {
        if (extent.ElementCount == 0)
        {
            return;
        }

        RequireInside(nameof(source), source, sourceOffset, sourceStrides, extent);
        RequireInside(nameof(destination), destination, destinationOffset, destinationStrides, extent);
        Box box = Box.Simplify(extent, sourceStrides, destinationStrides);
        // Small planes are grouped into one item, large ones cut between rows. A stride of 0 makes several indices meet
        // in one destination element: what meets stays in one item.
        long plane = (long)box.Rows * box.Columns;
        int planes = box.SumsAcrossOuter ? box.OuterCount : (int)Math.Clamp(ItemElements / plane, 1, box.OuterCount);
        int rows = box.DestinationRow == 0 || planes > 1
            ? box.Rows
            : (int)Math.Clamp((ItemElements / box.Columns) + Tile - 1, Tile, Math.Max(box.Rows, Tile)) / Tile * Tile;
        int chunks = (box.Rows + rows - 1) / rows;
        int groups = (box.OuterCount + planes - 1) / planes;
        VectorLoop.For(groups * chunks, new Body
        {
            Source = source.Pointer + sourceOffset,
            Destination = destination.Pointer + destinationOffset,
            Box = box,
            IsAdd = add,
            Planes = planes,
            Rows = rows,
            Chunks = chunks,
        });
    }

    private static void RequireInside(string argument, Tensor tensor, long offset, in Strides strides, Shape extent)
    {
        long first = offset;
        long last = offset;
        for (int axis = 0; axis < extent.Rank; axis++)
        {
            long reach = strides[axis] * (extent[axis] - 1);
            first += Math.Min(reach, 0);
            last += Math.Max(reach, 0);
        }

        if (first < 0 || last >= tensor.ElementCount)
        {
            throw new ArgumentException($"StridedCopy: {argument} {tensor.Shape} is read from {first} to {last}, expected inside 0 to {tensor.ElementCount - 1}.", argument);
        }
    }

    private struct Body : IVectorBody
    {
        public float* Source;
        public float* Destination;
        public Box Box;
        public bool IsAdd;
        public int Planes;
        public int Rows;
        public int Chunks;

        public readonly void Invoke<TSimd, TVector, TInt>(int index)
            where TSimd : struct, ISimd<TVector, TInt> where TVector : struct where TInt : struct
        {
            int firstRow = index % Chunks * Rows;
            int firstPlane = index / Chunks * Planes;
            int endPlane = Math.Min(firstPlane + Planes, Box.OuterCount);
            int rows = Math.Min(Rows, Box.Rows - firstRow);
            for (int outer = firstPlane; outer < endPlane; outer++)
            {
                (long from, long to) = Box.OuterOffsets(outer);
                Plane<TSimd, TVector, TInt>(Source + from + (firstRow * Box.SourceRow), Destination + to + (firstRow * Box.DestinationRow), rows, Box, IsAdd);
            }
        }

        private static void Plane<TSimd, TVector, TInt>(float* source, float* destination, int rows, in Box box, bool add)
            where TSimd : struct, ISimd<TVector, TInt> where TVector : struct where TInt : struct
        {
            if (box.SourceColumn == 1 && box.DestinationColumn == 1)
            {
                for (int row = 0; row < rows; row++)
                {
                    Row<TSimd, TVector, TInt>(source + (row * box.SourceRow), destination + (row * box.DestinationRow), box.Columns, add);
                }

                return;
            }

            // Tiles keep both sides within few cache lines, which is what a transposition needs.
            for (int rowStart = 0; rowStart < rows; rowStart += Tile)
            {
                int rowEnd = Math.Min(rowStart + Tile, rows);
                for (int columnStart = 0; columnStart < box.Columns; columnStart += Tile)
                {
                    int columnEnd = Math.Min(columnStart + Tile, box.Columns);
                    for (int row = rowStart; row < rowEnd; row++)
                    {
                        float* from = source + (row * box.SourceRow) + (columnStart * box.SourceColumn);
                        float* to = destination + (row * box.DestinationRow) + (columnStart * box.DestinationColumn);
                        for (int column = columnStart; column < columnEnd; column++)
                        {
                            *to = add ? *to + *from : *from;
                            from += box.SourceColumn;
                            to += box.DestinationColumn;
                        }
                    }
                }
            }
        }

        private static void Row<TSimd, TVector, TInt>(float* source, float* destination, int count, bool add)
            where TSimd : struct, ISimd<TVector, TInt> where TVector : struct where TInt : struct
        {
            if (!add)
            {
                Buffer.MemoryCopy(source, destination, (long)count * sizeof(float), (long)count * sizeof(float));
                return;
            }

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

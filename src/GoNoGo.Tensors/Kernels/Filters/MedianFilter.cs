using GoNoGo.Tensors.Memory;
using GoNoGo.Tensors.Simd;

namespace GoNoGo.Tensors.Kernels;

/// <summary>The median of every pixel and its eight neighbours; the map is mirrored at its edges.</summary>
public static unsafe class MedianFilter
{
    private const int ItemRows = 32;

    /// <summary>Filters every map with a 3 x 3 window.</summary>
    /// <param name="source"><c>[.., H, W]</c>, without NaN.</param>
    /// <param name="destination">The same shape; not the source's memory.</param>
    /// <exception cref="ArgumentException">Other shapes, or an empty map.</exception>
    public static void Run(Tensor source, Tensor destination)
    {
        Shape shape = source.Shape;
        if (shape.Rank < 2 || shape != destination.Shape || shape.ElementCount == 0)
        {
            throw new ArgumentException($"MedianFilter: maps {shape} into {destination.Shape}, expected [.., H, W] twice, not empty.", nameof(destination));
        }

        int chunks = (shape[-2] + ItemRows - 1) / ItemRows;
        VectorLoop.For(checked((int)shape.Product(0, shape.Rank - 2) * chunks), new Body
        {
            Source = source.Pointer,
            Destination = destination.Pointer,
            Height = shape[-2],
            Width = shape[-1],
            Chunks = chunks,
        });
    }

    private struct Body : IVectorBody
    {
        public float* Source;
        public float* Destination;
        public int Height;
        public int Width;
        public int Chunks;

        public readonly void Invoke<TSimd, TVector, TInt>(int index)
            where TSimd : struct, ISimd<TVector, TInt> where TVector : struct where TInt : struct
        {
            float* plane = Source + ((long)(index / Chunks) * Height * Width);
            float* target = Destination + ((long)(index / Chunks) * Height * Width);
            int start = index % Chunks * ItemRows;
            int end = Math.Min(start + ItemRows, Height);
            int whole = Width / TSimd.Count * TSimd.Count;
            int padded = Width + 2;

            // Per column of three: smallest, middle, largest. The median of nine is the middle one of the largest of the
            // smallest, the middle of the middle, and the smallest of the largest.
            using Scratch scratch = Scratch.OfFloats(3L * padded);
            float* sorted = scratch.Floats;
            for (int row = start; row < end; row++)
            {
                float* above = plane + ((long)Reflection.Inside(row - 1, Height) * Width);
                float* here = plane + ((long)row * Width);
                float* below = plane + ((long)Reflection.Inside(row + 1, Height) * Width);
                Sort<TSimd, TVector, TInt>(above, here, below, 0, whole, padded, sorted + 1);
                Sort<SimdScalar, float, int>(above, here, below, whole, Width, padded, sorted + 1);
                for (int rank = 0; rank < 3; rank++)
                {
                    float* line = sorted + (rank * padded);
                    line[0] = line[1];
                    line[Width + 1] = line[Width];
                }

                Pick<TSimd, TVector, TInt>(sorted, 0, whole, padded, target + ((long)row * Width));
                Pick<SimdScalar, float, int>(sorted, whole, Width, padded, target + ((long)row * Width));
            }
        }

        private static void Sort<TSimd, TVector, TInt>(float* above, float* here, float* below, int start, int end, int padded, float* sorted)
            where TSimd : struct, ISimd<TVector, TInt> where TVector : struct where TInt : struct
        {
            for (int x = start; x < end; x += TSimd.Count)
            {
                TVector a = TSimd.Load(above + x);
                TVector b = TSimd.Load(here + x);
                TVector c = TSimd.Load(below + x);
                TVector low = TSimd.Min(a, b);
                TVector high = TSimd.Max(a, b);
                TSimd.Store(TSimd.Min(low, c), sorted + x);
                TSimd.Store(TSimd.Max(low, TSimd.Min(high, c)), sorted + padded + x);
                TSimd.Store(TSimd.Max(high, c), sorted + (2 * padded) + x);
            }
        }

        private static void Pick<TSimd, TVector, TInt>(float* sorted, int start, int end, int padded, float* destination)
            where TSimd : struct, ISimd<TVector, TInt> where TVector : struct where TInt : struct
        {
            for (int x = start; x < end; x += TSimd.Count)
            {
                float* low = sorted + x;
                float* middle = low + padded;
                float* high = middle + padded;
                TVector lowest = TSimd.Max(TSimd.Max(TSimd.Load(low), TSimd.Load(low + 1)), TSimd.Load(low + 2));
                TVector highest = TSimd.Min(TSimd.Min(TSimd.Load(high), TSimd.Load(high + 1)), TSimd.Load(high + 2));
                TVector centre = Middle<TSimd, TVector, TInt>(TSimd.Load(middle), TSimd.Load(middle + 1), TSimd.Load(middle + 2));
                TSimd.Store(Middle<TSimd, TVector, TInt>(lowest, centre, highest), destination + x);
            }
        }

        private static TVector Middle<TSimd, TVector, TInt>(TVector a, TVector b, TVector c)
            where TSimd : struct, ISimd<TVector, TInt> where TVector : struct where TInt : struct =>
            TSimd.Max(TSimd.Min(a, b), TSimd.Min(TSimd.Max(a, b), c));
    }
}

using GoNoGo.Tensors.Memory;
using GoNoGo.Tensors.Simd;

namespace GoNoGo.Tensors.Kernels.Distances;

/// <summary>
/// Distances of vectors to Gaussians, <c>|W (x - mean)|</c>, where W is the inverse of the Cholesky factor of the covariance: lower triangular,
/// packed row by row (row i has i + 1 elements).
/// </summary>
public static unsafe class MahalanobisDistance
{
    /// <summary>Elements of a packed lower triangle.</summary>
    /// <param name="width">Rows of the matrix.</param>
    public static long PackedElements(int width) => (long)width * (width + 1) / 2;

    /// <summary>Measures every vector against the Gaussian of its position.</summary>
    /// <param name="rows"><c>[B P, D]</c>: the vectors of B pictures of P positions.</param>
    /// <param name="positions">P.</param>
    /// <param name="means"><c>[G, D]</c>; G is P, or 1: one Gaussian for all positions.</param>
    /// <param name="whitening"><c>[G, D (D + 1) / 2]</c>.</param>
    /// <param name="distances">Receives B P values.</param>
    /// <exception cref="ArgumentException">A shape does not fit.</exception>
    public static void Run(Tensor rows, int positions, Tensor means, Tensor whitening, Tensor distances)
    {
        int width = rows.Rank == 2 ? rows.Shape[1] : -1;
        bool fits = width > 0 && positions > 0 && rows.Shape[0] % positions == 0 && means.Rank == 2 && whitening.Rank == 2
            && (means.Shape[0] == positions || means.Shape[0] == 1) && means.Shape[1] == width
            && whitening.Shape[0] == means.Shape[0] && whitening.Shape[1] == PackedElements(width) && distances.ElementCount == rows.Shape[0];
        if (!fits)
        {
            throw new ArgumentException(
                $"MahalanobisDistance: rows {rows.Shape} of {positions} positions, means {means.Shape}, whitening {whitening.Shape}, distances {distances.Shape}: expected [B P, D], [P or 1, D], [P or 1, D (D + 1) / 2], B P.");
        }

        VectorLoop.For(positions, new Body
        {
            Rows = rows.Pointer,
            Pictures = rows.Shape[0] / positions,
            Positions = positions,
            Width = width,
            IsShared = means.Shape[0] == 1,
            Means = means.Pointer,
            Whitening = whitening.Pointer,
            Distances = distances.Pointer,
        });
    }

    private struct Body : IVectorBody
    {
        public float* Rows;
        public int Pictures;
        public int Positions;
        public int Width;
        public bool IsShared;
        public float* Means;
        public float* Whitening;
        public float* Distances;

        public readonly void Invoke<TSimd, TVector, TInt>(int position)
            where TSimd : struct, ISimd<TVector, TInt> where TVector : struct where TInt : struct
        {
            int gaussian = IsShared ? 0 : position;
            float* mean = Means + ((long)gaussian * Width);
            float* whitening = Whitening + (gaussian * PackedElements(Width));
            using Scratch room = Scratch.OfFloats(Width);
            float* centred = room.Floats;
            for (int picture = 0; picture < Pictures; picture++)
            {
                long place = ((long)picture * Positions) + position;
                float* row = Rows + (place * Width);
                for (int i = 0; i < Width; i++)
                {
                    centred[i] = row[i] - mean[i];
                }

                double sum = 0;
                float* triangle = whitening;
                for (int i = 0; i < Width; i++)
                {
                    double value = Dot<TSimd, TVector, TInt>(triangle, centred, i + 1);
                    sum += value * value;
                    triangle += i + 1;
                }

                Distances[place] = (float)Math.Sqrt(sum);
            }
        }

        private static float Dot<TSimd, TVector, TInt>(float* left, float* right, int count)
            where TSimd : struct, ISimd<TVector, TInt> where TVector : struct where TInt : struct
        {
            TVector sums = TSimd.Zero;
            int i = 0;
            for (; i <= count - TSimd.Count; i += TSimd.Count)
            {
                sums = TSimd.MultiplyAdd(TSimd.Load(left + i), TSimd.Load(right + i), sums);
            }

            float sum = TSimd.Sum(sums);
            for (; i < count; i++)
            {
                sum += left[i] * right[i];
            }

            return sum;
        }
    }
}

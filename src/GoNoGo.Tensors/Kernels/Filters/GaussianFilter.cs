using GoNoGo.Tensors.Memory;
using GoNoGo.Tensors.Simd;

namespace GoNoGo.Tensors.Kernels;

/// <summary>Smooths maps with a Gaussian that is cut off at four deviations; the map is mirrored at its edges.</summary>
public static unsafe class GaussianFilter
{
    private const double Truncate = 4;
    private const int ItemRows = 32;

    /// <summary>Smooths every map.</summary>
    /// <param name="source"><c>[.., H, W]</c>.</param>
    /// <param name="sigma">Standard deviation in pixels, above 0.</param>
    /// <param name="destination">The same shape; not the source's memory.</param>
    /// <exception cref="ArgumentException">Other shapes, an empty map, or a deviation that is not a positive number.</exception>
    public static void Run(Tensor source, double sigma, Tensor destination)
    {
        Shape shape = source.Shape;
        if (shape.Rank < 2 || shape != destination.Shape || shape.ElementCount == 0)
        {
            throw new ArgumentException($"GaussianFilter: maps {shape} into {destination.Shape}, expected [.., H, W] twice, not empty.", nameof(destination));
        }

        if (!(sigma > 0 && sigma < 1e6))
        {
            throw new ArgumentException($"GaussianFilter: sigma {sigma.ToString(System.Globalization.CultureInfo.InvariantCulture)}, expected a positive number.", nameof(sigma));
        }

        int radius = (int)((Truncate * sigma) + 0.5);
        using Scratch weights = Scratch.OfFloats((2L * radius) + 1);
        Fill(sigma, radius, weights.Floats);
        int chunks = (shape[-2] + ItemRows - 1) / ItemRows;
        VectorLoop.For(checked((int)shape.Product(0, shape.Rank - 2) * chunks), new Body
        {
            Source = source.Pointer,
            Destination = destination.Pointer,
            Height = shape[-2],
            Width = shape[-1],
            Chunks = chunks,
            Weights = weights.Floats,
            Radius = radius,
        });
    }

    private static void Fill(double sigma, int radius, float* weights)
    {
        double sum = 0;
        for (int t = -radius; t <= radius; t++)
        {
            sum += Math.Exp(-0.5 * t * t / (sigma * sigma));
        }

        for (int t = -radius; t <= radius; t++)
        {
            weights[t + radius] = (float)(Math.Exp(-0.5 * t * t / (sigma * sigma)) / sum);
        }
    }

    private struct Body : IVectorBody
    {
        public float* Source;
        public float* Destination;
        public int Height;
        public int Width;
        public int Chunks;
        public float* Weights;
        public int Radius;

        public readonly void Invoke<TSimd, TVector, TInt>(int index)
            where TSimd : struct, ISimd<TVector, TInt> where TVector : struct where TInt : struct
        {
            long plane = (long)(index / Chunks) * Height * Width;
            int start = index % Chunks * ItemRows;
            int end = Math.Min(start + ItemRows, Height);
            int whole = Width / TSimd.Count * TSimd.Count;
            using Scratch scratch = Scratch.OfFloats(Width + (2L * Radius));
            float* padded = scratch.Floats;
            for (int row = start; row < end; row++)
            {
                Blend<TSimd, TVector, TInt>(Source + plane, row, 0, whole, padded + Radius);
                Blend<SimdScalar, float, int>(Source + plane, row, whole, Width, padded + Radius);
                for (int t = 1; t <= Radius; t++)
                {
                    padded[Radius - t] = padded[Radius + Reflection.Inside(-t, Width)];
                    padded[Radius + Width - 1 + t] = padded[Radius + Reflection.Inside(Width - 1 + t, Width)];
                }

                float* y = Destination + plane + ((long)row * Width);
                Along<TSimd, TVector, TInt>(padded, 0, whole, y);
                Along<SimdScalar, float, int>(padded, whole, Width, y);
            }
        }

        private readonly void Blend<TSimd, TVector, TInt>(float* plane, int row, int start, int end, float* destination)
            where TSimd : struct, ISimd<TVector, TInt> where TVector : struct where TInt : struct
        {
            for (int x = start; x < end; x += TSimd.Count)
            {
                TVector sum = TSimd.Zero;
                for (int t = -Radius; t <= Radius; t++)
                {
                    float* from = plane + ((long)Reflection.Inside(row + t, Height) * Width) + x;
                    sum = TSimd.MultiplyAdd(TSimd.Load(from), TSimd.Broadcast(Weights[t + Radius]), sum);
                }

                TSimd.Store(sum, destination + x);
            }
        }

        private readonly void Along<TSimd, TVector, TInt>(float* padded, int start, int end, float* destination)
            where TSimd : struct, ISimd<TVector, TInt> where TVector : struct where TInt : struct
        {
            for (int x = start; x < end; x += TSimd.Count)
            {
                TVector sum = TSimd.Zero;
                for (int t = 0; t <= 2 * Radius; t++)
                {
                    sum = TSimd.MultiplyAdd(TSimd.Load(padded + x + t), TSimd.Broadcast(Weights[t]), sum);
                }

                TSimd.Store(sum, destination + x);
            }
        }
    }
}

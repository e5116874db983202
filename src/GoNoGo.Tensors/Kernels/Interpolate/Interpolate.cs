using GoNoGo.Tensors.Memory;
using GoNoGo.Tensors.Simd;

namespace GoNoGo.Tensors.Kernels;

/// <summary>
/// Resizes the last two dimensions without antialiasing: feature maps, and patch scores to anomaly maps. Rows are
/// stretched first, then blended.
/// </summary>
public static unsafe class Interpolate
{
    /// <summary>Output rows per parallel item.</summary>
    private const int ItemRows = 64;

    /// <summary>Resamples every map.</summary>
    /// <param name="source"><c>[.., H, W]</c>.</param>
    /// <param name="mode">How values in between are found.</param>
    /// <param name="alignCorners">Whether the centres of the corner elements coincide (true) or their outer corners (false); without meaning for nearest.</param>
    /// <param name="destination"><c>[.., h, w]</c>, with equal leading dimensions; not the source's memory.</param>
    /// <exception cref="ArgumentException">Fewer than two dimensions, different leading ones, or an empty map.</exception>
    public static void Forward(Tensor source, InterpolationMode mode, bool alignCorners, Tensor destination)
    {
        Require(source.Shape, destination.Shape);
        using Scratch room = Rent(mode, destination.Shape);
        Geometry geometry = Plan(source.Shape, destination.Shape, mode, alignCorners, room.Floats);
        int chunks = (geometry.OutputHeight + ItemRows - 1) / ItemRows;
        VectorLoop.For(checked(geometry.Planes * chunks), new ForwardBody { Geometry = geometry, Chunks = chunks, Source = source.Pointer, Destination = destination.Pointer });
    }

    /// <summary>Adds the gradient of the resampled maps to that of the source maps.</summary>
    /// <param name="gradDestination"><c>[.., h, w]</c>.</param>
    /// <param name="mode">As in the forward pass.</param>
    /// <param name="alignCorners">As in the forward pass.</param>
    /// <param name="gradSource"><c>[.., H, W]</c>, added to.</param>
    /// <exception cref="ArgumentException">As for <see cref="Forward"/>.</exception>
    public static void Backward(Tensor gradDestination, InterpolationMode mode, bool alignCorners, Tensor gradSource)
    {
        Require(gradSource.Shape, gradDestination.Shape);
        using Scratch room = Rent(mode, gradDestination.Shape);
        Geometry geometry = Plan(gradSource.Shape, gradDestination.Shape, mode, alignCorners, room.Floats);
        VectorLoop.For(geometry.Planes, new BackwardBody { Geometry = geometry, Source = gradSource.Pointer, Destination = gradDestination.Pointer });
    }

    private static void Require(Shape source, Shape destination)
    {
        bool fits = source.Rank >= 2 && source.Rank == destination.Rank && source[-1] > 0 && source[-2] > 0 && destination[-1] > 0 && destination[-2] > 0;
        if (!fits || source.With(-1, 1).With(-2, 1) != destination.With(-1, 1).With(-2, 1))
        {
            throw new ArgumentException($"Interpolate: maps {source} to {destination}, expected [.., H, W] and [.., h, w] with equal leading dimensions and no empty map.");
        }
    }

    private static Scratch Rent(InterpolationMode mode, Shape destination) =>
        Scratch.OfFloats(ResamplingTaps.RoomFor(mode, destination[-1]) + ResamplingTaps.RoomFor(mode, destination[-2]));

    private static Geometry Plan(Shape source, Shape destination, InterpolationMode mode, bool alignCorners, float* room)
    {
        var columns = new ResamplingTaps(mode, alignCorners, source[-1], destination[-1], room);
        var rows = new ResamplingTaps(mode, alignCorners, source[-2], destination[-2], room + ResamplingTaps.RoomFor(mode, destination[-1]));
        columns.Fill();
        rows.Fill();
        return new Geometry
        {
            Planes = checked((int)source.Product(0, source.Rank - 2)),
            Height = source[-2],
            Width = source[-1],
            OutputHeight = destination[-2],
            OutputWidth = destination[-1],
            Columns = columns,
            Rows = rows,
        };
    }

    private struct Geometry
    {
        public int Planes;
        public int Height;
        public int Width;
        public int OutputHeight;
        public int OutputWidth;
        public ResamplingTaps Columns;
        public ResamplingTaps Rows;
    }

    private struct ForwardBody : IVectorBody
    {
        public Geometry Geometry;
        public int Chunks;
        public float* Source;
        public float* Destination;

        public readonly void Invoke<TSimd, TVector, TInt>(int index)
            where TSimd : struct, ISimd<TVector, TInt> where TVector : struct where TInt : struct
        {
            int plane = index / Chunks;
            int start = index % Chunks * ItemRows;
            int end = Math.Min(start + ItemRows, Geometry.OutputHeight);
            int width = Geometry.OutputWidth;
            int taps = Geometry.Rows.PerOutput;

            // The source rows that this item's output rows take: a range, because positions grow with the row.
            int first = Geometry.Rows.Positions(start)[0];
            int last = Geometry.Rows.Positions(end - 1)[taps - 1];
            using Scratch stretched = Scratch.OfFloats((last - first + 1L) * width);
            float* source = Source + ((long)plane * Geometry.Height * Geometry.Width);
            for (int row = first; row <= last; row++)
            {
                Stretch(source + ((long)row * Geometry.Width), stretched.Floats + ((long)(row - first) * width));
            }

            float* destination = Destination + ((long)plane * Geometry.OutputHeight * width);
            for (int row = start; row < end; row++)
            {
                float* y = destination + ((long)row * width);
                for (int tap = 0; tap < taps; tap++)
                {
                    float* from = stretched.Floats + ((long)(Geometry.Rows.Positions(row)[tap] - first) * width);
                    Blend<TSimd, TVector, TInt>(from, Geometry.Rows.Weights(row)[tap], width, tap > 0, y);
                }
            }
        }

        private readonly void Stretch(float* source, float* destination)
        {
            int taps = Geometry.Columns.PerOutput;
            for (int x = 0; x < Geometry.OutputWidth; x++)
            {
                int* positions = Geometry.Columns.Positions(x);
                float* weights = Geometry.Columns.Weights(x);
                float sum = source[positions[0]] * weights[0];
                for (int tap = 1; tap < taps; tap++)
                {
                    sum += source[positions[tap]] * weights[tap];
                }

                destination[x] = sum;
            }
        }
    }

    private struct BackwardBody : IVectorBody
    {
        public Geometry Geometry;
        public float* Source;
        public float* Destination;

        public readonly void Invoke<TSimd, TVector, TInt>(int plane)
            where TSimd : struct, ISimd<TVector, TInt> where TVector : struct where TInt : struct
        {
            int width = Geometry.OutputWidth;
            using Scratch stretched = Scratch.OfFloats((long)Geometry.Height * width);
            for (int row = 0; row < Geometry.Height; row++)
            {
                new Span<float>(stretched.Floats + ((long)row * width), width).Clear();
            }

            float* gradY = Destination + ((long)plane * Geometry.OutputHeight * width);
            for (int row = 0; row < Geometry.OutputHeight; row++)
            {
                for (int tap = 0; tap < Geometry.Rows.PerOutput; tap++)
                {
                    float* to = stretched.Floats + ((long)Geometry.Rows.Positions(row)[tap] * width);
                    Blend<TSimd, TVector, TInt>(gradY + ((long)row * width), Geometry.Rows.Weights(row)[tap], width, add: true, to);
                }
            }

            float* gradX = Source + ((long)plane * Geometry.Height * Geometry.Width);
            for (int row = 0; row < Geometry.Height; row++)
            {
                float* from = stretched.Floats + ((long)row * width);
                float* to = gradX + ((long)row * Geometry.Width);
                for (int x = 0; x < width; x++)
                {
                    for (int tap = 0; tap < Geometry.Columns.PerOutput; tap++)
                    {
                        to[Geometry.Columns.Positions(x)[tap]] += from[x] * Geometry.Columns.Weights(x)[tap];
                    }
                }
            }
        }
    }

    /// <summary>destination (+)= weight * source.</summary>
    private static void Blend<TSimd, TVector, TInt>(float* source, float weight, int count, bool add, float* destination)
        where TSimd : struct, ISimd<TVector, TInt> where TVector : struct where TInt : struct
    {
        TVector factor = TSimd.Broadcast(weight);
        int i = 0;
        for (; i <= count - TSimd.Count; i += TSimd.Count)
        {
            TVector before = add ? TSimd.Load(destination + i) : TSimd.Zero;
            TSimd.Store(TSimd.MultiplyAdd(TSimd.Load(source + i), factor, before), destination + i);
        }

        for (; i < count; i++)
        {
            destination[i] = (add ? destination[i] : 0f) + (source[i] * weight);
        }
    }
}

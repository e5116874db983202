using System.Runtime.Intrinsics;
using GoNoGo.Tensors.Memory;
using GoNoGo.Tensors.Parallel;
using GoNoGo.Tensors.Simd;

namespace GoNoGo.Tensors.Kernels.Convolution;

/// <summary>
/// The gradient of a convolution's weight as an implicit matrix multiply: each weight is the sum, over images and grid positions,
/// of the output side's gradient times the shifted plane of the input side. The positions are split by shape into parts, whose
/// sums are added in a fixed order.
/// </summary>
internal static unsafe class PlaneWeightGradient
{
    // Grid positions that are multiplied at a time: four channels of them stay in the first-level cache.
    private const int Chunk = 1024;

    private const int WantedItems = 32;

    // Floats of all partial sums together: 16 MB.
    private const long PartialBudget = 4 << 20;

    /// <summary>gradWeight [+]= the gradient.</summary>
    public static void Run(VectorWidth width, float* x, float* gradY, in ConvolutionGeometry g, int images, bool accumulate, float* gradWeight)
    {
        PlaneLayout layout = PlaneConvolution.Layout(g, adjoint: false);
        long weights = g.WeightShape.ElementCount;
        // The output side in lines of the planes' pitch, zeros between them, so that both sides share the positions.
        int lane = (int)width / 32;
        int positions = (layout.Positions + lane - 1) / lane * lane;
        int gradStride = ((positions + 15) / 16 | 1) * 16;
        int step = PlaneConvolution.ImagesAtATime(layout.ImageStride + ((long)g.OutputChannels * gradStride), images);
        int blocks = (g.GroupOutputChannels + 3) / 4 * g.Window.Groups;
        int chunks = (positions + Chunk - 1) / Chunk;
        int splits = (int)Math.Clamp(Math.Min(WantedItems / blocks, PartialBudget / weights), 1, (long)step * chunks);

        TensorStorage planes = MemoryPool.Shared.Rent((step * layout.ImageStride) + PlaneLayout.Slack);
        TensorStorage gradient = MemoryPool.Shared.Rent(((long)step * g.OutputChannels * gradStride) + PlaneLayout.Slack);
        TensorStorage partial = MemoryPool.Shared.Rent(splits * weights);
        TensorStorage offsets = MemoryPool.Shared.Rent((long)g.GroupInputChannels * g.Taps);
        try
        {
            var job = new Job
            {
                Geometry = g,
                Layout = layout,
                Positions = positions,
                Chunks = chunks,
                GradStride = gradStride,
                Splits = splits,
                Planes = planes.Pointer,
                Gradient = gradient.Pointer,
                Partial = partial.Pointer,
                Weights = weights,
                Offsets = (int*)offsets.Pointer,
            };
            int d = 0;
            for (int channel = 0; channel < g.GroupInputChannels; channel++)
            {
                for (int tap = 0; tap < g.Taps; tap++)
                {
                    job.Offsets[d++] = layout.Offset(channel, tap / g.KernelWidth, tap % g.KernelWidth);
                }
            }

            for (int image = 0; image < images; image += step)
            {
                job.Images = Math.Min(step, images - image);
                job.IsFirst = image == 0;
                layout.Fill(x + (image * g.InputShape(1).ElementCount), job.Images, planes.Pointer);
                Workers.For(job.Images * g.OutputChannels, new Lines(job, gradY + (image * g.OutputShape(1).ElementCount)));
                Multiply(width, job, blocks * splits);
            }

            Workers.For((int)((weights + Chunk - 1) / Chunk), new Reduce(job, accumulate, gradWeight));
        }
        finally
        {
            MemoryPool.Shared.Return(planes);
            MemoryPool.Shared.Return(gradient);
            MemoryPool.Shared.Return(partial);
            MemoryPool.Shared.Return(offsets);
        }
    }

    private static void Multiply(VectorWidth width, in Job job, int items)
    {
        switch (width)
        {
            case VectorWidth.Bits512:
                Workers.For(items, new Body<Simd512, Vector512<float>, Vector512<int>>(job));
                break;
            case VectorWidth.Bits256:
                Workers.For(items, new Body<Simd256, Vector256<float>, Vector256<int>>(job));
                break;
            case VectorWidth.Bits128:
                Workers.For(items, new Body<Simd128, Vector128<float>, Vector128<int>>(job));
                break;
            default:
                Workers.For(items, new Body<SimdScalar, float, int>(job));
                break;
        }
    }

    private struct Job
    {
        public ConvolutionGeometry Geometry;
        public PlaneLayout Layout;
        public int Images;
        public bool IsFirst;
        public int Positions;
        public int Chunks;
        public int GradStride;
        public int Splits;
        public float* Planes;
        public float* Gradient;
        public float* Partial;
        public long Weights;
        public int* Offsets;
    }

    /// <summary>Copies one channel of the output side into lines of the planes' pitch.</summary>
    private readonly struct Lines(Job job, float* gradY) : IParallelBody
    {
        public void Invoke(int index)
        {
            int width = job.Geometry.OutputWidth;
            int height = job.Geometry.OutputHeight;
            int pitch = job.Layout.Pitch;
            float* source = gradY + ((long)index * height * width);
            float* target = job.Gradient + ((long)index * job.GradStride);
            float* end = target + job.GradStride;
            for (int row = 0; row < height; row++)
            {
                new ReadOnlySpan<float>(source, width).CopyTo(new Span<float>(target, width));
                int gap = (int)Math.Min(pitch - width, end - target - width);
                new Span<float>(target + width, gap).Clear();
                source += width;
                target += pitch;
            }

            if (target < end)
            {
                new Span<float>(target, (int)(end - target)).Clear();
            }
        }
    }

    /// <summary>One item: four channels of the output side, all taps, one part of the positions.</summary>
    private readonly struct Body<TSimd, TVector, TInt>(Job job) : IParallelBody
        where TSimd : struct, ISimd<TVector, TInt>
        where TVector : struct
        where TInt : struct
    {
        private const int Rows = 4;

        // Twenty-four sums in registers where there are thirty-two, twelve where there are sixteen.
        private static int TileTaps => TSimd.Count == 16 ? 6 : 3;

        public void Invoke(int index)
        {
            int split = index % job.Splits;
            int block = index / job.Splits;
            int groupBlocks = (job.Geometry.GroupOutputChannels + Rows - 1) / Rows;
            int group = block / groupBlocks;
            int row = block % groupBlocks * Rows;
            int rows = Math.Min(Rows, job.Geometry.GroupOutputChannels - row);
            int channel = (group * job.Geometry.GroupOutputChannels) + row;
            int depth = job.Geometry.GroupInputChannels * job.Geometry.Taps;
            int tiles = (depth + TileTaps - 1) / TileTaps;
            long units = (long)job.Images * job.Chunks;
            TensorStorage storage = MemoryPool.Shared.Rent((long)tiles * TileTaps * Rows * TSimd.Count);
            float* lanes = storage.Pointer;
            new Span<float>(lanes, tiles * TileTaps * Rows * TSimd.Count).Clear();
            for (long unit = units * split / job.Splits; unit < units * (split + 1) / job.Splits; unit++)
            {
                int image = (int)(unit / job.Chunks);
                int position = (int)(unit % job.Chunks) * Chunk;
                float* planes = job.Planes + (image * job.Layout.ImageStride)
                    + ((long)group * job.Geometry.GroupInputChannels * job.Layout.ChannelStride) + position;
                float* gradient = job.Gradient + ((((long)image * job.Geometry.OutputChannels) + channel) * job.GradStride) + position;
                Multiply(planes, gradient, rows, depth, Math.Min(Chunk, job.Positions - position), lanes);
            }

            SumLanes(lanes, rows, depth, job.Partial + (split * job.Weights) + ((long)channel * depth));
            MemoryPool.Shared.Return(storage);
        }

        private void Multiply(float* planes, float* gradient, int rows, int depth, int count, float* lanes)
        {
            // Missing channels repeat the last one and are not stored.
            float* g0 = gradient;
            float* g1 = gradient + (Math.Min(1, rows - 1) * job.GradStride);
            float* g2 = gradient + (Math.Min(2, rows - 1) * job.GradStride);
            float* g3 = gradient + (Math.Min(3, rows - 1) * job.GradStride);
            for (int d = 0; d < depth; d += TileTaps)
            {
                int* offsets = job.Offsets + d;
                switch (Math.Min(TileTaps, depth - d))
                {
                    case 1: WeightTile<TSimd, TVector, TInt, Rows1>.Run(count, g0, g1, g2, g3, planes, offsets, lanes); break;
                    case 2: WeightTile<TSimd, TVector, TInt, Rows2>.Run(count, g0, g1, g2, g3, planes, offsets, lanes); break;
                    case 3: WeightTile<TSimd, TVector, TInt, Rows3>.Run(count, g0, g1, g2, g3, planes, offsets, lanes); break;
                    case 4: WeightTile<TSimd, TVector, TInt, Rows4>.Run(count, g0, g1, g2, g3, planes, offsets, lanes); break;
                    case 5: WeightTile<TSimd, TVector, TInt, Rows5>.Run(count, g0, g1, g2, g3, planes, offsets, lanes); break;
                    default: WeightTile<TSimd, TVector, TInt, Rows6>.Run(count, g0, g1, g2, g3, planes, offsets, lanes); break;
                }

                lanes += TileTaps * Rows * TSimd.Count;
            }
        }

        private void SumLanes(float* lanes, int rows, int depth, float* partial)
        {
            for (int d = 0; d < depth; d += TileTaps)
            {
                int taps = Math.Min(TileTaps, depth - d);
                for (int row = 0; row < rows; row++)
                {
                    for (int tap = 0; tap < taps; tap++)
                    {
                        float sum = TSimd.Sum(TSimd.Load(lanes + (((row * taps) + tap) * TSimd.Count)));
                        float* target = partial + ((long)row * depth) + d + tap;
                        *target = job.IsFirst ? sum : *target + sum;
                    }
                }

                lanes += TileTaps * Rows * TSimd.Count;
            }
        }
    }

    /// <summary>Adds the parts of some weights.</summary>
    private readonly struct Reduce(Job job, bool accumulate, float* gradWeight) : IParallelBody
    {
        public void Invoke(int index)
        {
            long end = Math.Min(job.Weights, (index + 1L) * Chunk);
            for (long i = (long)index * Chunk; i < end; i++)
            {
                double sum = accumulate ? gradWeight[i] : 0;
                for (int split = 0; split < job.Splits; split++)
                {
                    sum += job.Partial[(split * job.Weights) + i];
                }

                gradWeight[i] = (float)sum;
            }
        }
    }
}

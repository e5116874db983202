using GoNoGo.Tensors.Kernels;
using GoNoGo.Tensors.Memory;
using GoNoGo.Tensors.Parallel;
using GoNoGo.Tensors.Simd;

namespace GoNoGo.Learning.Densities.Flows;

/// <summary>
/// Clamp, exponential, coupling, scale, offset, permutation and log-determinant in one pass: each plane is read once and written
/// once, to its place behind the permutation.
/// </summary>
internal static unsafe class CouplingForward
{
    /// <summary>One coupling of a batch.</summary>
    /// <param name="arguments">The coupling.</param>
    /// <param name="source">Its input.</param>
    /// <param name="target">Its output.</param>
    /// <param name="logScales"><c>[B, C2, H, W]</c>: receives s for the backward pass; or null.</param>
    /// <param name="partial">Workspace of <see cref="CouplingArguments.Items"/> * pixels floats.</param>
    /// <param name="positionLogScale">The sum over channels of ln scale.</param>
    /// <param name="logDeterminants"><c>[B, H, W]</c>: the log-determinant is added, position by position.</param>
    public static void Run(
        in CouplingArguments arguments, in SplitMaps source, in SplitMaps target, float* logScales, float* partial, double positionLogScale, double* logDeterminants)
    {
        VectorLoop.For(arguments.Items, new Body(arguments, source, target, logScales, partial));
        Workers.For(arguments.Images, new Collect(arguments, partial, positionLogScale, 1, logDeterminants));
    }

    private readonly struct Body(CouplingArguments arguments, SplitMaps source, SplitMaps target, float* logScales, float* partial) : IVectorBody
    {
        public void Invoke<TSimd, TVector, TInt>(int index)
            where TSimd : struct, ISimd<TVector, TInt> where TVector : struct where TInt : struct
        {
            (int image, int begin, int end) = arguments.ChannelsOf(index);
            float* sums = partial + ((long)index * arguments.Pixels);
            new Span<float>(sums, arguments.Pixels).Clear();
            using Scratch planes = Scratch.OfFloats(arguments.ItemFloats);
            arguments.TakeRaw(image, begin, end, planes.Floats);
            for (int j = begin; j < end; j++)
            {
                Passive<TSimd, TVector, TInt>(image, j);
                if (j < arguments.Active)
                {
                    Active<TSimd, TVector, TInt>(image, j, planes.Floats + ((long)(j - begin) * arguments.Pixels), sums);
                }
            }
        }

        private void Passive<TSimd, TVector, TInt>(int image, int channel)
            where TSimd : struct, ISimd<TVector, TInt> where TVector : struct where TInt : struct
        {
            float* x = source.Plane(image, channel);
            float* y = target.Plane(image, arguments.Places[channel]);
            TVector scale = TSimd.Broadcast(arguments.Scale[channel]);
            TVector offset = TSimd.Broadcast(arguments.Offset[channel]);
            for (int i = 0; i < arguments.Pixels; i += TSimd.Count)
            {
                int rest = arguments.Pixels - i;
                TVector u = VectorTail<TSimd, TVector, TInt>.Load(x + i, rest);
                VectorTail<TSimd, TVector, TInt>.Store(TSimd.MultiplyAdd(u, scale, offset), y + i, rest);
            }
        }

        private void Active<TSimd, TVector, TInt>(int image, int active, float* raw, float* sums)
            where TSimd : struct, ISimd<TVector, TInt> where TVector : struct where TInt : struct
        {
            int channel = arguments.Passive + active;
            float* x = source.Plane(image, channel);
            float* y = target.Plane(image, arguments.Places[channel]);
            float* shift = raw + arguments.RawShift;
            float* kept = logScales == null ? null : logScales + arguments.ActiveAt(image, active);
            TVector scale = TSimd.Broadcast(arguments.Scale[channel]);
            TVector offset = TSimd.Broadcast(arguments.Offset[channel]);
            TVector inner = TSimd.Broadcast(arguments.Inner);
            TVector clamp = TSimd.Broadcast(arguments.Clamp);
            TVector outputScale = TSimd.Broadcast(CouplingArguments.OutputScale);
            for (int i = 0; i < arguments.Pixels; i += TSimd.Count)
            {
                int rest = arguments.Pixels - i;
                TVector s = CouplingMath<TSimd, TVector, TInt>.LogScale(VectorTail<TSimd, TVector, TInt>.Load(raw + i, rest), inner, clamp);
                TVector t = TSimd.Multiply(outputScale, VectorTail<TSimd, TVector, TInt>.Load(shift + i, rest));
                TVector u = TSimd.MultiplyAdd(VectorTail<TSimd, TVector, TInt>.Load(x + i, rest), CouplingMath<TSimd, TVector, TInt>.Factor(s), t);
                VectorTail<TSimd, TVector, TInt>.Store(TSimd.MultiplyAdd(u, scale, offset), y + i, rest);
                VectorTail<TSimd, TVector, TInt>.Store(s, sums + i, rest, accumulate: true);
                if (kept != null)
                {
                    VectorTail<TSimd, TVector, TInt>.Store(s, kept + i, rest);
                }
            }
        }
    }

    /// <summary>Adds the items' sums of one picture in double, in a fixed order.</summary>
    internal readonly struct Collect(CouplingArguments arguments, float* partial, double positionLogScale, double sign, double* logDeterminants) : IParallelBody
    {
        public void Invoke(int index)
        {
            double* target = logDeterminants + ((long)index * arguments.Pixels);
            for (int i = 0; i < arguments.Pixels; i++)
            {
                target[i] += sign * positionLogScale;
            }

            for (int item = 0; item < arguments.ItemsPerImage; item++)
            {
                float* sums = partial + ((((long)index * arguments.ItemsPerImage) + item) * arguments.Pixels);
                for (int i = 0; i < arguments.Pixels; i++)
                {
                    target[i] += sign * sums[i];
                }
            }
        }
    }
}

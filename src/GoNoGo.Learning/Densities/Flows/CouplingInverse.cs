using GoNoGo.Tensors;
using GoNoGo.Tensors.Kernels;
using GoNoGo.Tensors.Memory;
using GoNoGo.Tensors.Parallel;
using GoNoGo.Tensors.Simd;

namespace GoNoGo.Learning.Densities.Flows;

/// <summary>A coupling backwards, in two passes with the subnet between them.</summary>
internal static unsafe class CouplingInverse
{
    /// <summary>Undoes permutation, offset and scale.</summary>
    /// <param name="arguments">The coupling.</param>
    /// <param name="output">What the coupling put out.</param>
    /// <param name="passive"><c>[B, C1, H, W]</c>: the coupling's passive input.</param>
    /// <param name="active"><c>[B, C2, H, W]</c>: the coupled channels.</param>
    public static void UndoAffine(in CouplingArguments arguments, in SplitMaps output, Tensor passive, Tensor active) =>
        VectorLoop.For(arguments.Items, new AffineBody(arguments, output, new SplitMaps(passive, active)));

    /// <summary>Undoes the coupling itself, in place.</summary>
    /// <param name="arguments">The coupling, with the subnet's output.</param>
    /// <param name="active"><c>[B, C2, H, W]</c>: the coupled channels, becoming the coupling's active input.</param>
    /// <param name="partial">Workspace of <see cref="CouplingArguments.Items"/> * pixels floats.</param>
    /// <param name="positionLogScale">The sum over channels of ln scale.</param>
    /// <param name="logDeterminants"><c>[B, H, W]</c>: the log-determinant of the way back is added.</param>
    public static void UndoCoupling(in CouplingArguments arguments, Tensor active, float* partial, double positionLogScale, double* logDeterminants)
    {
        VectorLoop.For(arguments.Items, new CouplingBody(arguments, active.Pointer, partial));
        Workers.For(arguments.Images, new CouplingForward.Collect(arguments, partial, positionLogScale, -1, logDeterminants));
    }

    private readonly struct AffineBody(CouplingArguments arguments, SplitMaps output, SplitMaps input) : IVectorBody
    {
        public void Invoke<TSimd, TVector, TInt>(int index)
            where TSimd : struct, ISimd<TVector, TInt> where TVector : struct where TInt : struct
        {
            (int image, int begin, int end) = arguments.ChannelsOf(index);
            for (int j = begin; j < end; j++)
            {
                Channel<TSimd, TVector, TInt>(image, j);
                if (j < arguments.Active)
                {
                    Channel<TSimd, TVector, TInt>(image, arguments.Passive + j);
                }
            }
        }

        private void Channel<TSimd, TVector, TInt>(int image, int channel)
            where TSimd : struct, ISimd<TVector, TInt> where TVector : struct where TInt : struct
        {
            float* y = output.Plane(image, arguments.Places[channel]);
            float* u = input.Plane(image, channel);
            TVector scale = TSimd.Broadcast(arguments.Scale[channel]);
            TVector offset = TSimd.Broadcast(arguments.Offset[channel]);
            for (int i = 0; i < arguments.Pixels; i += TSimd.Count)
            {
                int rest = arguments.Pixels - i;
                TVector value = TSimd.Divide(TSimd.Subtract(VectorTail<TSimd, TVector, TInt>.Load(y + i, rest), offset), scale);
                VectorTail<TSimd, TVector, TInt>.Store(value, u + i, rest);
            }
        }
    }

    private readonly struct CouplingBody(CouplingArguments arguments, float* coupled, float* partial) : IVectorBody
    {
        public void Invoke<TSimd, TVector, TInt>(int index)
            where TSimd : struct, ISimd<TVector, TInt> where TVector : struct where TInt : struct
        {
            (int image, int begin, int end) = arguments.ChannelsOf(index);
            float* sums = partial + ((long)index * arguments.Pixels);
            new Span<float>(sums, arguments.Pixels).Clear();
            using Scratch planes = Scratch.OfFloats(arguments.ItemFloats);
            arguments.TakeRaw(image, begin, end, planes.Floats);
            TVector inner = TSimd.Broadcast(arguments.Inner);
            TVector clamp = TSimd.Broadcast(arguments.Clamp);
            TVector minusOutputScale = TSimd.Broadcast(-CouplingArguments.OutputScale);
            for (int active = begin; active < Math.Min(end, arguments.Active); active++)
            {
                float* u = coupled + arguments.ActiveAt(image, active);
                float* raw = planes.Floats + ((long)(active - begin) * arguments.Pixels);
                float* shift = raw + arguments.RawShift;
                for (int i = 0; i < arguments.Pixels; i += TSimd.Count)
                {
                    int rest = arguments.Pixels - i;
                    TVector s = CouplingMath<TSimd, TVector, TInt>.LogScale(VectorTail<TSimd, TVector, TInt>.Load(raw + i, rest), inner, clamp);
                    TVector unshifted = TSimd.MultiplyAdd(
                        minusOutputScale, VectorTail<TSimd, TVector, TInt>.Load(shift + i, rest), VectorTail<TSimd, TVector, TInt>.Load(u + i, rest));
                    TVector x = TSimd.Multiply(unshifted, CouplingMath<TSimd, TVector, TInt>.Factor(TSimd.Negate(s)));
                    VectorTail<TSimd, TVector, TInt>.Store(x, u + i, rest);
                    VectorTail<TSimd, TVector, TInt>.Store(s, sums + i, rest, accumulate: true);
                }
            }
        }
    }
}

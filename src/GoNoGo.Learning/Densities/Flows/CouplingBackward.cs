using GoNoGo.Tensors;
using GoNoGo.Tensors.Kernels;
using GoNoGo.Tensors.Memory;
using GoNoGo.Tensors.Parallel;
using GoNoGo.Tensors.Simd;

namespace GoNoGo.Learning.Densities.Flows;

/// <summary>
/// The gradient of a coupling in one pass. With u = x2 e^s + raw shift / 10, y = u scale + o and the gradient g of y:
/// du = g scale, d raw shift = du / 10, dx2 = du e^s, ds = du x2 e^s + (gradient of the log-determinant), d raw = ds inner (alpha - s^2 / alpha),
/// d scale = sum g u + (gradient of the log-determinant) pixels / scale, d o = sum g. The coupled u is had from y, not kept.
/// </summary>
internal unsafe struct CouplingBackward
{
    /// <summary>Doubles of workspace per picture and channel: sums of g u, of g, and of the gradients of raw log-scale and shift.</summary>
    public const int Sums = 4;

    /// <summary>The coupling; <see cref="CouplingArguments.Raw"/> receives the gradient of the subnet's output.</summary>
    public required CouplingArguments Arguments { get; init; }

    /// <summary>The coupling's input.</summary>
    public required SplitMaps X { get; init; }

    /// <summary>Its output.</summary>
    public required SplitMaps Y { get; init; }

    /// <summary>The gradient of its output.</summary>
    public required SplitMaps GradY { get; init; }

    /// <summary>Receives the gradient of its input, that through the subnet excepted; empty where it is not wanted.</summary>
    public required SplitMaps GradX { get; init; }

    /// <summary>s <c>[B, C2, H, W]</c> of the forward pass.</summary>
    public required float* LogScales { get; init; }

    /// <summary>The gradient of each picture's log-determinant, <c>[B]</c>; or null: 0.</summary>
    public required float* GradLogDeterminant { get; init; }

    /// <summary>Workspace <c>[B, C, Sums]</c>.</summary>
    public required double* Workspace { get; init; }

    /// <summary>The gradients of maps and subnet output, and the sums that <see cref="Collect"/> needs.</summary>
    public readonly void Run() => VectorLoop.For(Arguments.Items, new Body(this));

    /// <summary>Makes the parameters' gradients of the sums, in a fixed order of the pictures. Each target may be unwanted.</summary>
    /// <param name="scaleParameters">The parameters g of the scales.</param>
    /// <param name="gradScale"><c>[1, C, 1, 1]</c>, with respect to g.</param>
    /// <param name="gradOffset"><c>[1, C, 1, 1]</c>.</param>
    /// <param name="gradBias"><c>[2 C2]</c>: of the subnet's last bias.</param>
    public readonly void Collect(Tensor scaleParameters, GradientTarget gradScale, GradientTarget gradOffset, GradientTarget gradBias)
    {
        double logDeterminant = 0;
        for (int image = 0; GradLogDeterminant != null && image < Arguments.Images; image++)
        {
            logDeterminant += GradLogDeterminant[image];
        }

        for (int c = 0; c < Arguments.Channels; c++)
        {
            double weighted = 0, plain = 0, log = 0, shift = 0;
            for (int image = 0; image < Arguments.Images; image++)
            {
                double* sums = SumsOf(image, c);
                weighted += sums[0];
                plain += sums[1];
                log += sums[2];
                shift += sums[3];
            }

            double g = scaleParameters.Span[c];
            double scale = Arguments.Scale[c];
            Put(gradScale, c, (weighted + (logDeterminant * Arguments.Pixels / scale)) * CouplingStep.ScaleSlope(g));
            Put(gradOffset, c, plain);
            if (c >= Arguments.Passive)
            {
                Put(gradBias, c - Arguments.Passive, log);
                Put(gradBias, c - Arguments.Passive + Arguments.Active, shift);
            }
        }
    }

    private static void Put(GradientTarget target, int index, double value)
    {
        if (target.IsWanted)
        {
            float* at = target.Tensor.Pointer + index;
            *at = (float)(target.Accumulate ? *at + value : value);
        }
    }

    private readonly double* SumsOf(int image, int channel) => Workspace + ((((long)image * Arguments.Channels) + channel) * Sums);

    private readonly struct Body(CouplingBackward pass) : IVectorBody
    {
        public void Invoke<TSimd, TVector, TInt>(int index)
            where TSimd : struct, ISimd<TVector, TInt> where TVector : struct where TInt : struct
        {
            (int image, int begin, int end) = pass.Arguments.ChannelsOf(index);
            using Scratch planes = Scratch.OfFloats(pass.Arguments.ItemFloats);
            for (int j = begin; j < end; j++)
            {
                Passive<TSimd, TVector, TInt>(image, j);
                if (j < pass.Arguments.Active)
                {
                    Active<TSimd, TVector, TInt>(image, j, planes.Floats + ((long)(j - begin) * pass.Arguments.Pixels));
                }
            }

            pass.Arguments.PutRaw(image, begin, end, planes.Floats);
        }

        private void Passive<TSimd, TVector, TInt>(int image, int channel)
            where TSimd : struct, ISimd<TVector, TInt> where TVector : struct where TInt : struct
        {
            int pixels = pass.Arguments.Pixels;
            float* x = pass.X.Plane(image, channel);
            float* gradY = pass.GradY.Plane(image, pass.Arguments.Places[channel]);
            float* gradX = pass.GradX.IsEmpty ? null : pass.GradX.Plane(image, channel);
            TVector scale = TSimd.Broadcast(pass.Arguments.Scale[channel]);
            TVector weighted = TSimd.Zero;
            TVector plain = TSimd.Zero;
            for (int i = 0; i < pixels; i += TSimd.Count)
            {
                int rest = pixels - i;
                TVector g = VectorTail<TSimd, TVector, TInt>.Load(gradY + i, rest);
                weighted = TSimd.MultiplyAdd(g, VectorTail<TSimd, TVector, TInt>.Load(x + i, rest), weighted);
                plain = TSimd.Add(plain, g);
                if (gradX != null)
                {
                    VectorTail<TSimd, TVector, TInt>.Store(TSimd.Multiply(g, scale), gradX + i, rest);
                }
            }

            double* sums = pass.SumsOf(image, channel);
            sums[0] = TSimd.Sum(weighted);
            sums[1] = TSimd.Sum(plain);
            sums[2] = 0;
            sums[3] = 0;
        }

        private void Active<TSimd, TVector, TInt>(int image, int active, float* gradRaw)
            where TSimd : struct, ISimd<TVector, TInt> where TVector : struct where TInt : struct
        {
            CouplingArguments arguments = pass.Arguments;
            int pixels = arguments.Pixels;
            int channel = arguments.Passive + active;
            int place = arguments.Places[channel];
            float* x = pass.X.Plane(image, channel);
            float* y = pass.Y.Plane(image, place);
            float* gradY = pass.GradY.Plane(image, place);
            float* gradX = pass.GradX.IsEmpty ? null : pass.GradX.Plane(image, channel);
            float* logScales = pass.LogScales + arguments.ActiveAt(image, active);
            float* gradShift = gradRaw + arguments.RawShift;
            TVector scale = TSimd.Broadcast(arguments.Scale[channel]);
            TVector offset = TSimd.Broadcast(arguments.Offset[channel]);
            TVector inner = TSimd.Broadcast(arguments.Inner);
            TVector clamp = TSimd.Broadcast(arguments.Clamp);
            TVector outputScale = TSimd.Broadcast(CouplingArguments.OutputScale);
            TVector minusInverse = TSimd.Broadcast(-1 / arguments.Clamp);
            TVector gradLog = TSimd.Broadcast(pass.GradLogDeterminant == null ? 0 : pass.GradLogDeterminant[image]);
            TVector weighted = TSimd.Zero;
            TVector plain = TSimd.Zero;
            TVector log = TSimd.Zero;
            for (int i = 0; i < pixels; i += TSimd.Count)
            {
                int rest = pixels - i;
                TVector g = VectorTail<TSimd, TVector, TInt>.Load(gradY + i, rest);
                TVector s = VectorTail<TSimd, TVector, TInt>.Load(logScales + i, rest);
                TVector du = TSimd.Multiply(g, scale);
                TVector grown = TSimd.Multiply(du, CouplingMath<TSimd, TVector, TInt>.Factor(s));
                TVector ds = TSimd.MultiplyAdd(grown, VectorTail<TSimd, TVector, TInt>.Load(x + i, rest), gradLog);
                TVector dRaw = TSimd.Multiply(ds, CouplingMath<TSimd, TVector, TInt>.Slope(s, inner, clamp, minusInverse));
                TVector scaled = TSimd.Subtract(VectorTail<TSimd, TVector, TInt>.Load(y + i, rest), offset);
                weighted = TSimd.MultiplyAdd(g, scaled, weighted);
                plain = TSimd.Add(plain, g);
                VectorTail<TSimd, TVector, TInt>.Store(dRaw, gradRaw + i, rest);
                VectorTail<TSimd, TVector, TInt>.Store(TSimd.Multiply(outputScale, du), gradShift + i, rest);
                if (gradX != null)
                {
                    VectorTail<TSimd, TVector, TInt>.Store(grown, gradX + i, rest);
                }

                // Lanes that do not exist have s = 0 and so a slope: they must not count.
                log = TSimd.Add(log, rest >= TSimd.Count ? dRaw : VectorTail<TSimd, TVector, TInt>.Load(gradRaw + i, rest));
            }

            double* sums = pass.SumsOf(image, channel);
            double factor = arguments.Scale[channel];
            double plainSum = TSimd.Sum(plain);
            sums[0] = TSimd.Sum(weighted) / factor;
            sums[1] = plainSum;
            sums[2] = TSimd.Sum(log);
            sums[3] = plainSum * factor * CouplingArguments.OutputScale;
        }
    }
}

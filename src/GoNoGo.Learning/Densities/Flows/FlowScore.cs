using GoNoGo.Learning.Autograd;
using GoNoGo.Tensors;
using GoNoGo.Tensors.Kernels;
using GoNoGo.Tensors.Simd;

namespace GoNoGo.Learning.Densities.Flows;

/// <summary>What a flow's score of a position is; larger is more anomalous.</summary>
public enum FlowScore
{
    /// <summary>mean over the channels of z^2 / 2.</summary>
    Energy,

    /// <summary>1 - exp(-energy) in float32, as published: exactly 1 above an energy of about 17, so that ties appear there.</summary>
    Probability,

    /// <summary>energy - log-determinant of the position / C: the negative log-density per channel, without its constant.</summary>
    Likelihood,
}

/// <summary>Maps of scores.</summary>
public static unsafe class FlowScores
{
    /// <summary>The score of every position.</summary>
    /// <param name="score">Which.</param>
    /// <param name="output">From <see cref="FastFlow.Transform"/>.</param>
    /// <param name="scores">Receives <c>[B, H, W]</c>.</param>
    /// <exception cref="ArgumentException">Another shape.</exception>
    public static void Compute(FlowScore score, in FlowOutput output, Tensor scores)
    {
        Tensor z = output.Z.Value;
        if (scores.Shape != output.LogDeterminantMap.Shape)
        {
            throw new ArgumentException($"FlowScores: scores have shape {scores.Shape}, expected {output.LogDeterminantMap.Shape}.", nameof(scores));
        }

        VectorLoop.For(z.Shape[0], new Energies(z.Pointer, z.Shape[1], z.Shape[2] * z.Shape[3], scores.Pointer));
        Span<float> values = scores.Span;
        ReadOnlySpan<float> logDeterminants = output.LogDeterminantMap.Span;
        for (int i = 0; i < values.Length && score != FlowScore.Energy; i++)
        {
            values[i] = score == FlowScore.Probability ? 1f - MathF.Exp(-values[i]) : values[i] - (logDeterminants[i] / z.Shape[1]);
        }
    }

    /// <summary>One picture: vectors of positions, the channels summed in blocks so that no sum gets long.</summary>
    private readonly struct Energies(float* z, int channels, int pixels, float* energies) : IVectorBody
    {
        private const int Block = 32;

        public void Invoke<TSimd, TVector, TInt>(int index)
            where TSimd : struct, ISimd<TVector, TInt> where TVector : struct where TInt : struct
        {
            float* image = z + ((long)index * channels * pixels);
            TVector factor = TSimd.Broadcast(0.5f / channels);
            for (int i = 0; i < pixels; i += TSimd.Count)
            {
                int rest = pixels - i;
                TVector total = TSimd.Zero;
                for (int c = 0; c < channels;)
                {
                    TVector sum = TSimd.Zero;
                    for (int end = Math.Min(channels, c + Block); c < end; c++)
                    {
                        TVector value = VectorTail<TSimd, TVector, TInt>.Load(image + ((long)c * pixels) + i, rest);
                        sum = TSimd.MultiplyAdd(value, value, sum);
                    }

                    total = TSimd.Add(total, sum);
                }

                VectorTail<TSimd, TVector, TInt>.Store(TSimd.Multiply(total, factor), energies + ((long)index * pixels) + i, rest);
            }
        }
    }
}

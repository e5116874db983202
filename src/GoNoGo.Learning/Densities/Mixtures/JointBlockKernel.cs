using GoNoGo.Tensors.Kernels;
using GoNoGo.Tensors.Simd;

namespace GoNoGo.Learning.Densities.Mixtures;

/// <summary>
/// The form of a mixture over all features at once: a first pass over the blocks sums each component's terms, a second one, with the
/// shares that the sums give, makes the gradients.
/// </summary>
internal static unsafe class JointBlockKernel
{
    /// <summary>Features whose terms are summed in float before the sum goes on in double.</summary>
    public const int FeaturesPerFlush = 4;

    /// <summary>Adds the features' terms to the sums <c>[K, S]</c>.</summary>
    public readonly struct Values<TDeviation>(BlockArguments arguments) : IVectorBody
        where TDeviation : struct, IDeviation
    {
        public void Invoke<TSimd, TVector, TInt>(int index)
            where TSimd : struct, ISimd<TVector, TInt> where TVector : struct where TInt : struct
        {
            for (int from = 0; from < arguments.Features; from += FeaturesPerFlush)
            {
                Add<TSimd, TVector, TInt>(index, from, Math.Min(from + FeaturesPerFlush, arguments.Features));
            }
        }

        private void Add<TSimd, TVector, TInt>(int chunk, int from, int to)
            where TSimd : struct, ISimd<TVector, TInt> where TVector : struct where TInt : struct
        {
            TVector floor = TSimd.Broadcast(arguments.Floor);
            int rows = arguments.RowsOf(chunk);
            float* part = stackalloc float[BlockArguments.ChunkRows];
            for (int k = 0; k < arguments.Components; k++)
            {
                new Span<float>(part, rows).Clear();
                for (int feature = from; feature < to; feature++)
                {
                    long at = arguments.At(feature, k, chunk);
                    float* x = arguments.Targets + ((long)feature * arguments.Stride) + (chunk * BlockArguments.ChunkRows);
                    for (int row = 0; row < rows; row += TSimd.Count)
                    {
                        TVector term = BlockTerms.LogDensity<TDeviation, TSimd, TVector, TInt>(
                            TSimd.Load(x + row), TSimd.Load(arguments.Means + at + row), TSimd.Load(arguments.Raw + at + row), floor);
                        TSimd.Store(TSimd.Add(TSimd.Load(part + row), term), part + row);
                    }
                }

                double* sums = arguments.Sums + arguments.At(0, k, chunk);
                for (int row = 0; row < rows; row++)
                {
                    sums[row] += part[row];
                }
            }
        }
    }

    /// <summary>Replaces means and raw deviations by their gradients.</summary>
    public readonly struct Gradients<TDeviation>(BlockArguments arguments) : IVectorBody
        where TDeviation : struct, IDeviation
    {
        public void Invoke<TSimd, TVector, TInt>(int index)
            where TSimd : struct, ISimd<TVector, TInt> where TVector : struct where TInt : struct
        {
            TVector floor = TSimd.Broadcast(arguments.Floor);
            int rows = arguments.RowsOf(index);
            float* pulls = stackalloc float[BlockArguments.ChunkRows];
            for (int feature = 0; feature < arguments.Features; feature++)
            {
                long first = ((long)feature * arguments.Stride) + (index * BlockArguments.ChunkRows);
                float* x = arguments.Targets + first;
                new Span<float>(pulls, rows).Clear();
                for (int k = 0; k < arguments.Components; k++)
                {
                    long at = arguments.At(feature, k, index);
                    float* shares = arguments.Shares + arguments.At(0, k, index);
                    for (int row = 0; row < rows; row += TSimd.Count)
                    {
                        TVector pull = BlockTerms.PutGradients<TDeviation, TSimd, TVector, TInt>(
                            TSimd.Load(x + row), TSimd.Load(shares + row), floor, arguments.Means + at + row, arguments.Raw + at + row);
                        TSimd.Store(TSimd.Subtract(TSimd.Load(pulls + row), pull), pulls + row);
                    }
                }

                if (arguments.TargetGradients != null)
                {
                    new ReadOnlySpan<float>(pulls, rows).CopyTo(new Span<float>(arguments.TargetGradients + first, rows));
                }
            }
        }
    }

    /// <summary>Turns a row's component sums into its log-likelihood and the components' shares in it.</summary>
    /// <param name="arguments">Sums <c>[K, S]</c>, log weights, upstream derivatives and shares.</param>
    /// <param name="allFeatures">D.</param>
    /// <param name="row">The row.</param>
    /// <returns>The log-likelihood.</returns>
    public static double Combine(in BlockArguments arguments, int allFeatures, int row)
    {
        double constant = 0.91893853320467274178 * allFeatures;
        double largest = double.NegativeInfinity;
        for (int k = 0; k < arguments.Components; k++)
        {
            long at = ((long)k * arguments.Stride) + row;
            arguments.Sums[at] += arguments.LogWeights[at];
            largest = Math.Max(largest, arguments.Sums[at]);
        }

        double sum = 0;
        for (int k = 0; k < arguments.Components; k++)
        {
            sum += Math.Exp(arguments.Sums[((long)k * arguments.Stride) + row] - largest);
        }

        double logSum = largest + Math.Log(sum);
        if (arguments.Upstream != null)
        {
            for (int k = 0; k < arguments.Components; k++)
            {
                long at = ((long)k * arguments.Stride) + row;
                arguments.Shares[at] = (float)(arguments.Upstream[row] * Math.Exp(arguments.Sums[at] - logSum));
            }
        }

        return logSum - constant;
    }
}

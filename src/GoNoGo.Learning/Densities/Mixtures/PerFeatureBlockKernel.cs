using GoNoGo.Tensors.Kernels;
using GoNoGo.Tensors.Kernels.Elementwise;
using GoNoGo.Tensors.Simd;

namespace GoNoGo.Learning.Densities.Mixtures;

/// <summary>
/// The form with a one-dimensional mixture a feature: a feature's log-likelihood needs nothing beyond its block, so values and
/// gradients come in one pass.
/// </summary>
internal readonly unsafe struct PerFeatureBlockKernel<TDeviation>(BlockArguments arguments) : IVectorBody
    where TDeviation : struct, IDeviation
{
    private const float HalfLogTwoPi = 0.91893853320467274178f;

    public void Invoke<TSimd, TVector, TInt>(int index)
        where TSimd : struct, ISimd<TVector, TInt> where TVector : struct where TInt : struct
    {
        int rows = arguments.RowsOf(index);
        float* largest = stackalloc float[BlockArguments.ChunkRows];
        float* shares = stackalloc float[BlockArguments.ChunkRows];
        double* sums = arguments.Sums + (index * BlockArguments.ChunkRows);
        for (int feature = 0; feature < arguments.Features; feature++)
        {
            new Span<float>(largest, rows).Fill(float.MinValue);
            Terms<TSimd, TVector, TInt>(index, feature, rows, largest);
            Exponentials<TSimd, TVector, TInt>(index, rows, largest, shares);
            for (int row = 0; row < rows; row++)
            {
                sums[row] += largest[row] + MathF.Log(shares[row]) - HalfLogTwoPi;
            }

            if (arguments.Upstream != null)
            {
                Gradients<TSimd, TVector, TInt>(index, feature, rows, shares);
            }
        }
    }

    /// <summary>log w_k + log N (without its constant) for all k, and the largest of a row.</summary>
    private void Terms<TSimd, TVector, TInt>(int chunk, int feature, int rows, float* largest)
        where TSimd : struct, ISimd<TVector, TInt> where TVector : struct where TInt : struct
    {
        TVector floor = TSimd.Broadcast(arguments.Floor);
        float* x = arguments.Targets + ((long)feature * arguments.Stride) + (chunk * BlockArguments.ChunkRows);
        float* terms = arguments.TermsOf(chunk);
        for (int k = 0; k < arguments.Components; k++, terms += BlockArguments.ChunkRows)
        {
            long at = arguments.At(feature, k, chunk);
            float* logWeights = arguments.LogWeights + arguments.At(0, k, chunk);
            for (int row = 0; row < rows; row += TSimd.Count)
            {
                TVector term = TSimd.Add(
                    TSimd.Load(logWeights + row),
                    BlockTerms.LogDensity<TDeviation, TSimd, TVector, TInt>(
                        TSimd.Load(x + row), TSimd.Load(arguments.Means + at + row), TSimd.Load(arguments.Raw + at + row), floor));
                TSimd.Store(term, terms + row);
                TVector most = TSimd.Load(largest + row);
                TSimd.Store(TSimd.SelectGreater(term, most, term, most), largest + row);
            }
        }
    }

    /// <summary>Replaces the terms by exp(term - largest), and gives each row's sum of them.</summary>
    private void Exponentials<TSimd, TVector, TInt>(int chunk, int rows, float* largest, float* sums)
        where TSimd : struct, ISimd<TVector, TInt> where TVector : struct where TInt : struct
    {
        new Span<float>(sums, rows).Clear();
        float* terms = arguments.TermsOf(chunk);
        for (int k = 0; k < arguments.Components; k++, terms += BlockArguments.ChunkRows)
        {
            for (int row = 0; row < rows; row += TSimd.Count)
            {
                TVector value = VectorMath<TSimd, TVector, TInt>.ExpOfNegative(TSimd.Subtract(TSimd.Load(terms + row), TSimd.Load(largest + row)));
                TSimd.Store(value, terms + row);
                TSimd.Store(TSimd.Add(TSimd.Load(sums + row), value), sums + row);
            }
        }
    }

    private void Gradients<TSimd, TVector, TInt>(int chunk, int feature, int rows, float* sums)
        where TSimd : struct, ISimd<TVector, TInt> where TVector : struct where TInt : struct
    {
        TVector floor = TSimd.Broadcast(arguments.Floor);
        int first = chunk * BlockArguments.ChunkRows;
        float* x = arguments.Targets + ((long)feature * arguments.Stride) + first;
        float* gradient = arguments.TargetGradients == null ? null : arguments.TargetGradients + ((long)feature * arguments.Stride) + first;
        float* terms = arguments.TermsOf(chunk);
        for (int row = 0; row < rows; row += TSimd.Count)
        {
            // From here on the sums hold the upstream derivative over the sum: a term times it is the component's share.
            TSimd.Store(TSimd.Divide(TSimd.Load(arguments.Upstream + first + row), TSimd.Load(sums + row)), sums + row);
            if (gradient != null)
            {
                TSimd.Store(TSimd.Zero, gradient + row);
            }
        }

        for (int k = 0; k < arguments.Components; k++, terms += BlockArguments.ChunkRows)
        {
            long at = arguments.At(feature, k, chunk);
            float* total = arguments.Shares + arguments.At(0, k, chunk);
            for (int row = 0; row < rows; row += TSimd.Count)
            {
                TVector share = TSimd.Multiply(TSimd.Load(terms + row), TSimd.Load(sums + row));
                TSimd.Store(TSimd.Add(TSimd.Load(total + row), share), total + row);
                TVector pull = BlockTerms.PutGradients<TDeviation, TSimd, TVector, TInt>(
                    TSimd.Load(x + row), share, floor, arguments.Means + at + row, arguments.Raw + at + row);
                if (gradient != null)
                {
                    TSimd.Store(TSimd.Subtract(TSimd.Load(gradient + row), pull), gradient + row);
                }
            }
        }
    }
}

using GoNoGo.Tensors.Kernels;
using GoNoGo.Tensors.Kernels.Elementwise;
using GoNoGo.Tensors.Simd;

namespace GoNoGo.Learning.Densities.Mixtures;

/// <summary>The form of a mixture with one one-dimensional mixture a feature, all with the row's weights.</summary>
internal static unsafe class PerFeatureMixtureKernel
{
    private const float HalfLogTwoPi = 0.91893853320467274178f;

    public readonly struct Forward<TDeviation>(MixtureArguments arguments) : IVectorBody
        where TDeviation : struct, IDeviation
    {
        public void Invoke<TSimd, TVector, TInt>(int index)
            where TSimd : struct, ISimd<TVector, TInt> where TVector : struct where TInt : struct
        {
            if (arguments.Components < TSimd.Count)
            {
                Rows<SimdScalar, float, int>(index);
            }
            else
            {
                Rows<TSimd, TVector, TInt>(index);
            }
        }

        private void Rows<TSimd, TVector, TInt>(int index)
            where TSimd : struct, ISimd<TVector, TInt> where TVector : struct where TInt : struct
        {
            int end = Math.Min((index + 1) * MixtureArguments.RowsPerItem, arguments.Rows);
            for (int row = index * MixtureArguments.RowsPerItem; row < end; row++)
            {
                Row<TSimd, TVector, TInt>(row);
            }
        }

        private void Row<TSimd, TVector, TInt>(int row)
            where TSimd : struct, ISimd<TVector, TInt> where TVector : struct where TInt : struct
        {
            int components = arguments.Components;
            int lanes = TSimd.Count;
            float* logWeights = stackalloc float[components];
            float* weights = stackalloc float[components];
            float* terms = stackalloc float[components];
            float* lastWeights = stackalloc float[lanes];
            ComponentBlocks.FillLastWeights(components, lanes, lastWeights);
            ComponentBlocks.LogWeights(arguments.Logits + ((long)row * components), components, arguments.WeightEpsilon, logWeights, weights);
            double deviationSum = 0;
            for (int d = 0; d < arguments.Features; d++)
            {
                deviationSum += Terms<TDeviation, TSimd, TVector, TInt>(arguments, row, d, logWeights, lastWeights, terms);
                arguments.Result[((long)row * arguments.Features) + d] =
                    LogSumExp<TSimd, TVector, TInt>(terms, components, lastWeights);
            }

            if (arguments.DeviationSums != null)
            {
                arguments.DeviationSums[row] = (float)deviationSum;
            }
        }
    }

    public readonly struct Backward<TDeviation>(MixtureArguments arguments) : IVectorBody
        where TDeviation : struct, IDeviation
    {
        public void Invoke<TSimd, TVector, TInt>(int index)
            where TSimd : struct, ISimd<TVector, TInt> where TVector : struct where TInt : struct
        {
            if (arguments.Components < TSimd.Count)
            {
                Rows<SimdScalar, float, int>(index);
            }
            else
            {
                Rows<TSimd, TVector, TInt>(index);
            }
        }

        private void Rows<TSimd, TVector, TInt>(int index)
            where TSimd : struct, ISimd<TVector, TInt> where TVector : struct where TInt : struct
        {
            int end = Math.Min((index + 1) * MixtureArguments.RowsPerItem, arguments.Rows);
            for (int row = index * MixtureArguments.RowsPerItem; row < end; row++)
            {
                Row<TSimd, TVector, TInt>(row);
            }
        }

        private void Row<TSimd, TVector, TInt>(int row)
            where TSimd : struct, ISimd<TVector, TInt> where TVector : struct where TInt : struct
        {
            int features = arguments.Features;
            int components = arguments.Components;
            int lanes = TSimd.Count;
            int blocks = ComponentBlocks.Count(components, lanes);
            float* logWeights = stackalloc float[components];
            float* weights = stackalloc float[components];
            float* terms = stackalloc float[components];
            float* outerSums = stackalloc float[components];
            float* lastWeights = stackalloc float[lanes];
            new Span<float>(outerSums, components).Clear();
            ComponentBlocks.FillLastWeights(components, lanes, lastWeights);
            ComponentBlocks.LogWeights(arguments.Logits + ((long)row * components), components, arguments.WeightEpsilon, logWeights, weights);
            TVector floor = TSimd.Broadcast(arguments.Floor);
            TVector one = TSimd.Broadcast(1f);
            for (int d = 0; d < features; d++)
            {
                long feature = ((long)row * features) + d;
                Terms<TDeviation, TSimd, TVector, TInt>(arguments, row, d, logWeights, lastWeights, terms);
                TVector x = TSimd.Broadcast(arguments.X[feature]);
                TVector result = TSimd.Broadcast(arguments.Result[feature]);
                TVector upstream = TSimd.Broadcast(arguments.GradientResult[feature]);
                TVector gradientX = TSimd.Zero;
                for (int block = 0; block < blocks; block++)
                {
                    int k = ComponentBlocks.Start(block, components, lanes);
                    long at = (feature * components) + k;
                    TVector weight = block == blocks - 1 ? TSimd.Load(lastWeights) : one;
                    TVector responsibility = VectorMath<TSimd, TVector, TInt>.Exp(TSimd.Subtract(TSimd.Load(terms + k), result));
                    TVector share = TSimd.Multiply(upstream, responsibility);
                    TSimd.Store(TSimd.MultiplyAdd(share, weight, TSimd.Load(outerSums + k)), outerSums + k);
                    (TVector sigma, TVector slope) = TDeviation.Evaluate<TSimd, TVector, TInt>(TSimd.Load(arguments.Raw + at));
                    TVector inverse = TSimd.Divide(one, TSimd.Add(sigma, floor));
                    TVector t = TSimd.Multiply(TSimd.Subtract(x, TSimd.Load(arguments.Means + at)), inverse);
                    TVector outer = TSimd.Multiply(share, inverse);
                    TVector pull = TSimd.Multiply(outer, t);
                    gradientX = TSimd.MultiplyAdd(pull, weight, gradientX);
                    MixtureGradients.Put<TSimd, TVector, TInt>(pull, weight, arguments.GradientMeans, at, arguments.OverwriteMeans);
                    MixtureGradients.Put<TSimd, TVector, TInt>(
                        TSimd.Multiply(TSimd.Multiply(outer, slope), TSimd.Subtract(TSimd.Multiply(t, t), one)),
                        weight, arguments.GradientRaw, at, arguments.OverwriteRaw);
                }

                if (arguments.GradientX != null)
                {
                    arguments.GradientX[feature] -= TSimd.Sum(gradientX);
                }
            }

            if (arguments.GradientLogits != null)
            {
                ComponentBlocks.AddLogitGradient(
                    outerSums, weights, components, arguments.WeightEpsilon, arguments.GradientLogits + ((long)row * components));
            }
        }
    }

    /// <summary>log w_k + log N(x_d; mu_dk, sigma_dk) for all k; returns the sum of the deviations.</summary>
    private static float Terms<TDeviation, TSimd, TVector, TInt>(
        in MixtureArguments arguments, int row, int d, float* logWeights, float* lastWeights, float* terms)
        where TDeviation : struct, IDeviation
        where TSimd : struct, ISimd<TVector, TInt> where TVector : struct where TInt : struct
    {
        int components = arguments.Components;
        int lanes = TSimd.Count;
        int blocks = ComponentBlocks.Count(components, lanes);
        long feature = ((long)row * arguments.Features) + d;
        TVector x = TSimd.Broadcast(arguments.X[feature]);
        TVector floor = TSimd.Broadcast(arguments.Floor);
        TVector constant = TSimd.Broadcast(HalfLogTwoPi);
        TVector half = TSimd.Broadcast(-0.5f);
        TVector sigmas = TSimd.Zero;
        for (int block = 0; block < blocks; block++)
        {
            int k = ComponentBlocks.Start(block, components, lanes);
            long at = (feature * components) + k;
            TVector sigma = TSimd.Add(TDeviation.Evaluate<TSimd, TVector, TInt>(TSimd.Load(arguments.Raw + at)).Sigma, floor);
            TVector t = TSimd.Divide(TSimd.Subtract(x, TSimd.Load(arguments.Means + at)), sigma);
            TVector density = TSimd.Subtract(
                TSimd.Subtract(TSimd.Multiply(half, TSimd.Multiply(t, t)), VectorMath<TSimd, TVector, TInt>.Log(sigma)), constant);
            TSimd.Store(TSimd.Add(TSimd.Load(logWeights + k), density), terms + k);
            TVector weight = block == blocks - 1 ? TSimd.Load(lastWeights) : TSimd.Broadcast(1f);
            sigmas = TSimd.MultiplyAdd(sigma, weight, sigmas);
        }

        return TSimd.Sum(sigmas);
    }

    private static float LogSumExp<TSimd, TVector, TInt>(float* terms, int components, float* lastWeights)
        where TSimd : struct, ISimd<TVector, TInt> where TVector : struct where TInt : struct
    {
        int lanes = TSimd.Count;
        int blocks = ComponentBlocks.Count(components, lanes);
        float largest = float.NegativeInfinity;
        for (int k = 0; k < components; k++)
        {
            largest = MathF.Max(largest, terms[k]);
        }

        TVector shift = TSimd.Broadcast(largest);
        TVector sum = TSimd.Zero;
        for (int block = 0; block < blocks; block++)
        {
            int k = ComponentBlocks.Start(block, components, lanes);
            TVector weight = block == blocks - 1 ? TSimd.Load(lastWeights) : TSimd.Broadcast(1f);
            sum = TSimd.MultiplyAdd(VectorMath<TSimd, TVector, TInt>.Exp(TSimd.Subtract(TSimd.Load(terms + k), shift)), weight, sum);
        }

        return largest + MathF.Log(TSimd.Sum(sum));
    }
}

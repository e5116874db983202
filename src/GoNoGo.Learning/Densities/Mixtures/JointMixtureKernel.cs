using GoNoGo.Tensors.Kernels;
using GoNoGo.Tensors.Kernels.Elementwise;
using GoNoGo.Tensors.Simd;

namespace GoNoGo.Learning.Densities.Mixtures;

/// <summary>The forms of a mixture whose components are densities over all D features: joint and weighted components.</summary>
internal static unsafe class JointMixtureKernel
{
    private const double LogTwoPi = 1.8378770664093454836;

    /// <summary>Features whose terms are summed in float before the sum goes on in double.</summary>
    private const int FeaturesPerFlush = 16;

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
            int features = arguments.Features;
            int components = arguments.Components;
            int lanes = TSimd.Count;
            int blocks = ComponentBlocks.Count(components, lanes);
            double* totals = stackalloc double[components];
            float* sums = stackalloc float[components + lanes];
            float* lastWeights = stackalloc float[lanes];
            new Span<double>(totals, components).Clear();
            ComponentBlocks.FillLastWeights(components, lanes, lastWeights);

            TVector floor = TSimd.Broadcast(arguments.Floor);
            TVector half = TSimd.Broadcast(-0.5f);
            double deviationSum = 0;
            for (int from = 0; from < features; from += FeaturesPerFlush)
            {
                int to = Math.Min(from + FeaturesPerFlush, features);
                TVector sigmas = TSimd.Zero;
                for (int block = 0; block < blocks; block++)
                {
                    int k = ComponentBlocks.Start(block, components, lanes);
                    TVector weight = block == blocks - 1 ? TSimd.Load(lastWeights) : TSimd.Broadcast(1f);
                    TVector sum = TSimd.Zero;
                    for (int d = from; d < to; d++)
                    {
                        long at = (((long)row * features) + d) * components + k;
                        TVector sigma = TSimd.Add(TDeviation.Evaluate<TSimd, TVector, TInt>(TSimd.Load(arguments.Raw + at)).Sigma, floor);
                        TVector t = TSimd.Divide(
                            TSimd.Subtract(TSimd.Broadcast(arguments.X[((long)row * features) + d]), TSimd.Load(arguments.Means + at)), sigma);
                        TVector term = TSimd.Subtract(
                            TSimd.Multiply(half, TSimd.Multiply(t, t)), VectorMath<TSimd, TVector, TInt>.Log(sigma));
                        sum = TSimd.Add(sum, term);
                        sigmas = TSimd.MultiplyAdd(sigma, weight, sigmas);
                    }

                    TSimd.Store(TSimd.Multiply(sum, weight), sums + (block * lanes));
                }

                deviationSum += TSimd.Sum(sigmas);
                Flush(sums, blocks, components, lanes, totals);
            }

            if (arguments.DeviationSums != null)
            {
                arguments.DeviationSums[row] = (float)deviationSum;
            }

            Combine(row, totals);
        }

        private static void Flush(float* sums, int blocks, int components, int lanes, double* totals)
        {
            for (int block = 0; block < blocks; block++)
            {
                int k = ComponentBlocks.Start(block, components, lanes);
                for (int lane = 0; lane < lanes; lane++)
                {
                    totals[k + lane] += sums[(block * lanes) + lane];
                }
            }
        }

        private void Combine(int row, double* totals)
        {
            int components = arguments.Components;
            float* logWeights = stackalloc float[components];
            float* weights = stackalloc float[components];
            float* responsibilities = arguments.Responsibilities + ((long)row * components);
            ComponentBlocks.LogWeights(arguments.Logits + ((long)row * components), components, arguments.WeightEpsilon, logWeights, weights);
            if (arguments.Weighted)
            {
                double value = 0;
                for (int k = 0; k < components; k++)
                {
                    double component = totals[k] - (0.5 * LogTwoPi);
                    arguments.ComponentSums[((long)row * components) + k] = (float)component;
                    responsibilities[k] = weights[k];
                    value += weights[k] * component;
                }

                arguments.Result[row] = (float)value;
                return;
            }

            double constant = 0.5 * LogTwoPi * arguments.Features;
            double largest = double.NegativeInfinity;
            for (int k = 0; k < components; k++)
            {
                totals[k] += logWeights[k] - constant;
                largest = Math.Max(largest, totals[k]);
            }

            double sum = 0;
            for (int k = 0; k < components; k++)
            {
                sum += Math.Exp(totals[k] - largest);
            }

            double result = largest + Math.Log(sum);
            for (int k = 0; k < components; k++)
            {
                responsibilities[k] = (float)Math.Exp(totals[k] - result);
            }

            arguments.Result[row] = (float)result;
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
                if (arguments.GradientLogits != null)
                {
                    Logits(row);
                }
            }
        }

        private void Row<TSimd, TVector, TInt>(int row)
            where TSimd : struct, ISimd<TVector, TInt> where TVector : struct where TInt : struct
        {
            int features = arguments.Features;
            int components = arguments.Components;
            int lanes = TSimd.Count;
            int blocks = ComponentBlocks.Count(components, lanes);
            float* lastWeights = stackalloc float[lanes];
            ComponentBlocks.FillLastWeights(components, lanes, lastWeights);
            float* responsibilities = arguments.Responsibilities + ((long)row * components);
            TVector upstream = TSimd.Broadcast(arguments.GradientResult[row]);
            TVector floor = TSimd.Broadcast(arguments.Floor);
            TVector one = TSimd.Broadcast(1f);
            for (int d = 0; d < features; d++)
            {
                TVector x = TSimd.Broadcast(arguments.X[((long)row * features) + d]);
                TVector gradientX = TSimd.Zero;
                for (int block = 0; block < blocks; block++)
                {
                    int k = ComponentBlocks.Start(block, components, lanes);
                    long at = (((long)row * features) + d) * components + k;
                    TVector weight = block == blocks - 1 ? TSimd.Load(lastWeights) : one;
                    (TVector sigma, TVector slope) = TDeviation.Evaluate<TSimd, TVector, TInt>(TSimd.Load(arguments.Raw + at));
                    TVector inverse = TSimd.Divide(one, TSimd.Add(sigma, floor));
                    TVector t = TSimd.Multiply(TSimd.Subtract(x, TSimd.Load(arguments.Means + at)), inverse);
                    TVector outer = TSimd.Multiply(TSimd.Multiply(upstream, TSimd.Load(responsibilities + k)), inverse);
                    TVector pull = TSimd.Multiply(outer, t);
                    gradientX = TSimd.MultiplyAdd(pull, weight, gradientX);
                    MixtureGradients.Put<TSimd, TVector, TInt>(pull, weight, arguments.GradientMeans, at, arguments.OverwriteMeans);
                    MixtureGradients.Put<TSimd, TVector, TInt>(
                        TSimd.Multiply(TSimd.Multiply(outer, slope), TSimd.Subtract(TSimd.Multiply(t, t), one)),
                        weight, arguments.GradientRaw, at, arguments.OverwriteRaw);
                }

                if (arguments.GradientX != null)
                {
                    arguments.GradientX[((long)row * features) + d] -= TSimd.Sum(gradientX);
                }
            }
        }

        private void Logits(int row)
        {
            int components = arguments.Components;
            long at = (long)row * components;
            float* logWeights = stackalloc float[components];
            float* weights = stackalloc float[components];
            float* outer = stackalloc float[components];
            ComponentBlocks.LogWeights(arguments.Logits + at, components, arguments.WeightEpsilon, logWeights, weights);
            for (int k = 0; k < components; k++)
            {
                // For the weighted sum, d value / d log w_k = w_k s_k.
                outer[k] = arguments.GradientResult[row] * arguments.Responsibilities[at + k]
                    * (arguments.Weighted ? arguments.ComponentSums[at + k] : 1f);
            }

            ComponentBlocks.AddLogitGradient(outer, weights, components, arguments.Weighted ? 0f : arguments.WeightEpsilon, arguments.GradientLogits + at);
        }
    }
}

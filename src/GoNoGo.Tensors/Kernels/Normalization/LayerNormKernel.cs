using System.Runtime.CompilerServices;
using GoNoGo.Tensors.Kernels.Elementwise;
using GoNoGo.Tensors.Kernels.Reductions;
using GoNoGo.Tensors.Memory;
using GoNoGo.Tensors.Simd;

namespace GoNoGo.Tensors.Kernels.Normalization;

/// <summary>
/// Layer normalisation (Ba, Kiros, Hinton 2016) over the innermost dimensions: y = (x - mean) / sqrt(variance + eps) * weight + bias,
/// with the biased variance about the mean (two passes) and the mean carried in two floats, so that a large common offset does no harm.
/// </summary>
public static unsafe class LayerNormKernel
{
    /// <summary>Floats of statistics per row: mean, what the mean lost in rounding, 1 / sqrt(variance + eps).</summary>
    public const int StatisticsPerRow = 3;

    // More rows would make the plain sums of the weight gradient inside an item inaccurate.
    private const int MaxRowsPerItem = 64;

    // Plain sums inside a row run no longer than this.
    private const int BlockElements = 1024;

    /// <summary>The forward pass.</summary>
    /// <param name="x">Source <c>[.., D]</c>, D being the elements of the normalised dimensions.</param>
    /// <param name="weight">Factors, D elements; empty: 1.</param>
    /// <param name="bias">Offsets, D elements; empty: 0.</param>
    /// <param name="width">D.</param>
    /// <param name="eps">Added to the variance.</param>
    /// <param name="statistics">Destination of 3 floats per row for the backward pass; may be empty.</param>
    /// <param name="y">Destination; may be x.</param>
    /// <exception cref="ArgumentException">Sizes do not fit.</exception>
    public static void Forward(Tensor x, Tensor weight, Tensor bias, int width, float eps, Tensor statistics, Tensor y)
    {
        long rows = Rows(x, weight, bias, width);
        ElementwiseKernel.RequireSize("LayerNorm", nameof(y), x.ElementCount, y);
        if (!statistics.IsEmpty)
        {
            ElementwiseKernel.RequireSize("LayerNorm", nameof(statistics), rows * StatisticsPerRow, statistics);
        }

        int rowsPerItem = RowsPerItem(width);
        VectorLoop.For(checked((int)((rows + rowsPerItem - 1) / rowsPerItem)), new ForwardBody
        {
            X = x.Pointer,
            Weight = weight.IsEmpty ? null : weight.Pointer,
            Bias = bias.IsEmpty ? null : bias.Pointer,
            Statistics = statistics.IsEmpty ? null : statistics.Pointer,
            Y = y.Pointer,
            Rows = rows,
            RowsPerItem = rowsPerItem,
            Width = width,
            Eps = eps,
        });
    }

    /// <summary>The backward pass: gradients of x, weight and bias, as far as wanted.</summary>
    /// <param name="x">Source of the forward pass.</param>
    /// <param name="weight">Factors of the forward pass; empty: 1.</param>
    /// <param name="statistics">Its statistics.</param>
    /// <param name="gradY">The gradient of the result.</param>
    /// <param name="width">D.</param>
    /// <param name="gradX">In x's size.</param>
    /// <param name="gradWeight">D elements.</param>
    /// <param name="gradBias">D elements.</param>
    public static void Backward(
        Tensor x, Tensor weight, Tensor statistics, Tensor gradY, int width,
        GradientTarget gradX, GradientTarget gradWeight, GradientTarget gradBias)
    {
        long rows = Rows(x, weight, default, width);
        ElementwiseKernel.RequireSize("LayerNorm", nameof(gradY), x.ElementCount, gradY);
        ElementwiseKernel.RequireSize("LayerNorm", nameof(statistics), rows * StatisticsPerRow, statistics);
        int rowsPerItem = RowsPerItem(width);
        int items = checked((int)((rows + rowsPerItem - 1) / rowsPerItem));
        bool parameters = gradWeight.IsWanted || gradBias.IsWanted;
        using Scratch partials = Scratch.OfFloats(parameters ? 2L * items * width : 0);
        VectorLoop.For(items, new BackwardBody
        {
            X = x.Pointer,
            Weight = weight.IsEmpty ? null : weight.Pointer,
            Statistics = statistics.Pointer,
            GradY = gradY.Pointer,
            GradX = gradX.IsWanted ? gradX.Tensor.Pointer : null,
            Partials = parameters ? partials.Floats : null,
            GradBiasOffset = (long)items * width,
            Rows = rows,
            RowsPerItem = rowsPerItem,
            Width = width,
            Accumulate = gradX.Accumulate,
        });
        if (gradWeight.IsWanted)
        {
            SumReduction.Run(partials.Floats, new Shape(items, width), axes: 1, scale: 1f, gradWeight.Tensor, gradWeight.Accumulate);
        }

        if (gradBias.IsWanted)
        {
            SumReduction.Run(partials.Floats + ((long)items * width), new Shape(items, width), axes: 1, scale: 1f, gradBias.Tensor, gradBias.Accumulate);
        }
    }

    private static long Rows(Tensor x, Tensor weight, Tensor bias, int width)
    {
        if (width < 1 || x.ElementCount % width != 0)
        {
            throw new ArgumentException($"LayerNorm: shape {x.Shape} does not consist of rows of {width} elements.", nameof(width));
        }

        if (!weight.IsEmpty)
        {
            ElementwiseKernel.RequireSize("LayerNorm", nameof(weight), width, weight);
        }

        if (!bias.IsEmpty)
        {
            ElementwiseKernel.RequireSize("LayerNorm", nameof(bias), width, bias);
        }

        return x.ElementCount / width;
    }

    private static int RowsPerItem(int width) => Math.Clamp(VectorLoop.ChunkElements / width, 1, MaxRowsPerItem);

    private struct ForwardBody : IVectorBody
    {
        public float* X;
        public float* Weight;
        public float* Bias;
        public float* Statistics;
        public float* Y;
        public long Rows;
        public int RowsPerItem;
        public int Width;
        public float Eps;

        public void Invoke<TSimd, TVector, TInt>(int index)
            where TSimd : struct, ISimd<TVector, TInt> where TVector : struct where TInt : struct
        {
            long end = Math.Min((index + 1L) * RowsPerItem, Rows);
            for (long row = (long)index * RowsPerItem; row < end; row++)
            {
                Row<TSimd, TVector, TInt>(row);
            }
        }

        [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
        private readonly void Row<TSimd, TVector, TInt>(long row)
            where TSimd : struct, ISimd<TVector, TInt> where TVector : struct where TInt : struct
        {
            int width = Width;
            float* x = X + (row * width);
            float* y = Y + (row * width);
            float high = (float)(BlockedSum<TSimd, TVector, TInt>.Values(x, width) / width);
            BlockedSum<TSimd, TVector, TInt>.Deviations(x, width, high, out double deviations, out double squares);
            float low = (float)(deviations / width);
            double variance = Math.Max(0, (squares / width) - ((double)low * low));
            float inverse = (float)(1 / Math.Sqrt(variance + Eps));
            if (Statistics != null)
            {
                float* statistics = Statistics + (row * StatisticsPerRow);
                statistics[0] = high;
                statistics[1] = low;
                statistics[2] = inverse;
            }

            TVector highs = TSimd.Broadcast(high);
            TVector lows = TSimd.Broadcast(low);
            TVector inverses = TSimd.Broadcast(inverse);
            float* weight = Weight;
            float* bias = Bias;
            for (int i = 0; i < width; i += TSimd.Count)
            {
                int rest = width - i;
                TVector value = VectorTail<TSimd, TVector, TInt>.Load(x + i, rest);
                value = TSimd.Multiply(TSimd.Subtract(TSimd.Subtract(value, highs), lows), inverses);
                if (weight != null)
                {
                    value = TSimd.Multiply(value, VectorTail<TSimd, TVector, TInt>.Load(weight + i, rest));
                }

                if (bias != null)
                {
                    value = TSimd.Add(value, VectorTail<TSimd, TVector, TInt>.Load(bias + i, rest));
                }

                VectorTail<TSimd, TVector, TInt>.Store(value, y + i, rest);
            }
        }
    }

    private struct BackwardBody : IVectorBody
    {
        public float* X;
        public float* Weight;
        public float* Statistics;
        public float* GradY;
        public float* GradX;
        public float* Partials;
        public long GradBiasOffset;
        public long Rows;
        public int RowsPerItem;
        public int Width;
        public bool Accumulate;

        public void Invoke<TSimd, TVector, TInt>(int index)
            where TSimd : struct, ISimd<TVector, TInt> where TVector : struct where TInt : struct
        {
            float* gradWeight = null;
            float* gradBias = null;
            if (Partials != null)
            {
                gradWeight = Partials + ((long)index * Width);
                gradBias = gradWeight + GradBiasOffset;
                new Span<float>(gradWeight, Width).Clear();
                new Span<float>(gradBias, Width).Clear();
            }

            long end = Math.Min((index + 1L) * RowsPerItem, Rows);
            for (long row = (long)index * RowsPerItem; row < end; row++)
            {
                Row<TSimd, TVector, TInt>(row, gradWeight, gradBias);
            }
        }

        [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
        private readonly void Row<TSimd, TVector, TInt>(long row, float* gradWeight, float* gradBias)
            where TSimd : struct, ISimd<TVector, TInt> where TVector : struct where TInt : struct
        {
            int width = Width;
            float* x = X + (row * width);
            float* gradY = GradY + (row * width);
            float* weight = Weight;
            TVector highs = TSimd.Broadcast(Statistics[row * StatisticsPerRow]);
            TVector lows = TSimd.Broadcast(Statistics[(row * StatisticsPerRow) + 1]);
            float inverse = Statistics[(row * StatisticsPerRow) + 2];
            TVector inverses = TSimd.Broadcast(inverse);

            // With g = dy * weight and the normalised x: the sums of g and of g x, and the gradients of the parameters.
            double sum = 0;
            double product = 0;
            for (int start = 0; start < width; start += BlockElements)
            {
                int end = Math.Min(start + BlockElements, width);
                TVector blockSum = TSimd.Zero;
                TVector blockProduct = TSimd.Zero;
                for (int i = start; i < end; i += TSimd.Count)
                {
                    int rest = end - i;
                    // Lanes beyond the end have dy = 0 and add nothing.
                    TVector grad = VectorTail<TSimd, TVector, TInt>.Load(gradY + i, rest);
                    TVector value = VectorTail<TSimd, TVector, TInt>.Load(x + i, rest);
                    value = TSimd.Multiply(TSimd.Subtract(TSimd.Subtract(value, highs), lows), inverses);
                    if (gradWeight != null)
                    {
                        VectorTail<TSimd, TVector, TInt>.Store(TSimd.Multiply(grad, value), gradWeight + i, rest, accumulate: true);
                        VectorTail<TSimd, TVector, TInt>.Store(grad, gradBias + i, rest, accumulate: true);
                    }

                    if (weight != null)
                    {
                        grad = TSimd.Multiply(grad, VectorTail<TSimd, TVector, TInt>.Load(weight + i, rest));
                    }

                    blockSum = TSimd.Add(blockSum, grad);
                    blockProduct = TSimd.MultiplyAdd(grad, value, blockProduct);
                }

                sum += TSimd.Sum(blockSum);
                product += TSimd.Sum(blockProduct);
            }

            if (GradX == null)
            {
                return;
            }

            // dx = (g - mean(g) - x mean(g x)) / sqrt(variance + eps).
            float* gradX = GradX + (row * width);
            TVector meanGrad = TSimd.Broadcast((float)(sum / width));
            TVector meanProduct = TSimd.Broadcast((float)(product / width));
            for (int i = 0; i < width; i += TSimd.Count)
            {
                int rest = width - i;
                TVector grad = VectorTail<TSimd, TVector, TInt>.Load(gradY + i, rest);
                TVector value = VectorTail<TSimd, TVector, TInt>.Load(x + i, rest);
                value = TSimd.Multiply(TSimd.Subtract(TSimd.Subtract(value, highs), lows), inverses);
                if (weight != null)
                {
                    grad = TSimd.Multiply(grad, VectorTail<TSimd, TVector, TInt>.Load(weight + i, rest));
                }

                TVector result = TSimd.Subtract(TSimd.Subtract(grad, meanGrad), TSimd.Multiply(value, meanProduct));
                result = TSimd.Multiply(result, inverses);
                VectorTail<TSimd, TVector, TInt>.Store(result, gradX + i, rest, Accumulate);
            }
        }
    }
}

using GoNoGo.Tensors.Kernels.Elementwise;
using GoNoGo.Tensors.Kernels.Reductions;
using GoNoGo.Tensors.Memory;

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
        using Scratch ones = Constant(weight.IsEmpty ? width : 0, 1f);
        using Scratch zeros = Constant(bias.IsEmpty ? width : 0, 0f);
        VectorLoop.For(checked((int)((rows + rowsPerItem - 1) / rowsPerItem)), new LayerNormForward
        {
            X = x.Pointer,
            Weight = weight.IsEmpty ? ones.Floats : weight.Pointer,
            Bias = bias.IsEmpty ? zeros.Floats : bias.Pointer,
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
        using Scratch ones = Constant(weight.IsEmpty ? width : 0, 1f);
        VectorLoop.For(items, new LayerNormBackward
        {
            X = x.Pointer,
            Weight = weight.IsEmpty ? ones.Floats : weight.Pointer,
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

    private static Scratch Constant(int count, float value)
    {
        Scratch scratch = Scratch.OfFloats(count);
        new Span<float>(scratch.Floats, count).Fill(value);
        return scratch;
    }

    private static int RowsPerItem(int width) => Math.Clamp(VectorLoop.ChunkElements / width, 1, MaxRowsPerItem);
}

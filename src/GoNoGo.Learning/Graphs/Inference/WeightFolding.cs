using GoNoGo.Learning.Layers;
using GoNoGo.Tensors;
using GoNoGo.Tensors.Memory;

namespace GoNoGo.Learning.Graphs.Inference;

/// <summary>Weights with what follows multiplied in: weight' = factor * weight, bias' = factor * (bias - mean) + offset per output channel.</summary>
internal static class WeightFolding
{
    /// <summary>Reads a weight and bias and folds the epilogue's norm and factors into them.</summary>
    /// <param name="weight"><c>[O, ..]</c>.</param>
    /// <param name="bias"><c>[O]</c>, or null.</param>
    /// <param name="epilogue">What follows.</param>
    /// <param name="source">Where tensors come from.</param>
    /// <param name="scope">Owns the weight, for the length of the packing.</param>
    /// <param name="constants">Owns the bias.</param>
    public static (Tensor Weight, Tensor Bias) Read(
        GraphParameter weight, GraphParameter? bias, Epilogue epilogue, WeightSource source, TensorScope scope, TensorScope constants)
    {
        Tensor matrix = source.Read(weight.Name, weight.Shape, weight.Start, scope);
        bool shifts = bias is not null || epilogue.Norm is not null;
        if (!shifts && epilogue.Factors is null)
        {
            return (matrix, default);
        }

        int outputs = weight.Shape[0];
        Tensor offsets = shifts ? constants.Zeros(new Shape(outputs)) : default;
        double[] factors = new double[outputs];
        Array.Fill(factors, 1);
        if (bias is not null)
        {
            source.Read(bias.Name, bias.Shape, bias.Start, scope).CopyTo(offsets);
        }

        if (epilogue.Norm is { } norm)
        {
            ReadOnlySpan<float> gamma = source.Read(norm.Weight.Name, norm.Weight.Shape, norm.Weight.Start, scope).Span;
            ReadOnlySpan<float> beta = source.Read(norm.Bias.Name, norm.Bias.Shape, norm.Bias.Start, scope).Span;
            ReadOnlySpan<float> mean = source.Read(norm.Mean.Name, norm.Mean.Shape, norm.Mean.Start, scope).Span;
            ReadOnlySpan<float> variance = source.Read(norm.Variance.Name, norm.Variance.Shape, norm.Variance.Start, scope).Span;
            for (int o = 0; o < outputs; o++)
            {
                factors[o] = gamma[o] / Math.Sqrt((double)variance[o] + norm.Epsilon);
                offsets.Span[o] = (float)(((offsets.Span[o] - (double)mean[o]) * factors[o]) + beta[o]);
            }
        }

        if (epilogue.Factors is { } scale)
        {
            ReadOnlySpan<float> gamma = source.Read(scale.Name, scale.Shape, scale.Start, scope).Span;
            for (int o = 0; o < outputs; o++)
            {
                factors[o] *= gamma[o];
                if (shifts)
                {
                    offsets.Span[o] = (float)((double)offsets.Span[o] * gamma[o]);
                }
            }
        }

        for (int o = 0; o < outputs && (epilogue.Norm is not null || epilogue.Factors is not null); o++)
        {
            foreach (ref float value in matrix[o].Span)
            {
                value = (float)(value * factors[o]);
            }
        }

        return (matrix, offsets);
    }
}

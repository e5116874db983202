namespace GoNoGo.Learning.Graphs.Onnx.Evaluation;

/// <summary>Norms and softmax.</summary>
internal static class OnnxNorms
{
    /// <summary>Batch norm in evaluation mode: inputs x <c>[B, C, ...]</c>, weight, bias, mean, variance.</summary>
    public static OnnxValue Batch(OnnxNode node, OnnxValue[] inputs)
    {
        OnnxValue x = inputs[0];
        double epsilon = node.Number("epsilon");
        int channels = x.Shape[1];
        int plane = x.Numbers.Length / (x.Shape[0] * channels);
        OnnxValue y = OnnxValue.New(x.Shape);
        for (int i = 0; i < y.Numbers.Length; i++)
        {
            int channel = i / plane % channels;
            double factor = inputs[1].Numbers[channel] / Math.Sqrt(inputs[4].Numbers[channel] + epsilon);
            y.Numbers[i] = (((x.Numbers[i] - inputs[3].Numbers[channel]) * factor) + inputs[2].Numbers[channel]);
        }

        return y;
    }

    /// <summary>Layer norm over the dimensions from <c>axis</c> on: inputs x, weight, bias.</summary>
    public static OnnxValue Layer(OnnxNode node, OnnxValue[] inputs)
    {
        OnnxValue x = inputs[0];
        double epsilon = node.Number("epsilon");
        int width = OnnxValue.Count(x.Shape.AsSpan(AxisOf(x, node.Integer("axis", -1))));
        OnnxValue y = OnnxValue.New(x.Shape);
        for (int row = 0; row < x.Numbers.Length; row += width)
        {
            ReadOnlySpan<double> values = x.Numbers.AsSpan(row, width);
            double mean = 0;
            double variance = 0;
            foreach (double value in values)
            {
                mean += value / width;
            }

            foreach (double value in values)
            {
                variance += (value - mean) * (value - mean) / width;
            }

            double factor = 1 / Math.Sqrt(variance + epsilon);
            for (int i = 0; i < width; i++)
            {
                y.Numbers[row + i] = (((values[i] - mean) * factor * inputs[1].Numbers[i]) + inputs[2].Numbers[i]);
            }
        }

        return y;
    }

    /// <summary>Softmax over the last dimension, or its logarithm.</summary>
    public static OnnxValue Softmax(OnnxNode node, OnnxValue x, bool logarithm = false)
    {
        if (AxisOf(x, node.Integer("axis", -1)) != x.Shape.Length - 1)
        {
            throw new ArgumentException("softmax over another dimension than the last");
        }

        OnnxValue y = OnnxValue.New(x.Shape);
        int width = x.Shape[^1];
        for (int row = 0; row < x.Numbers.Length; row += width)
        {
            double largest = double.NegativeInfinity;
            double sum = 0;
            for (int i = row; i < row + width; i++)
            {
                largest = Math.Max(largest, x.Numbers[i]);
            }

            for (int i = row; i < row + width; i++)
            {
                sum += Math.Exp(x.Numbers[i] - largest);
            }

            for (int i = row; i < row + width; i++)
            {
                y.Numbers[i] = logarithm ? x.Numbers[i] - largest - Math.Log(sum) : Math.Exp(x.Numbers[i] - largest) / sum;
            }
        }

        return y;
    }

    private static int AxisOf(OnnxValue x, int axis) => axis < 0 ? axis + x.Shape.Length : axis;
}

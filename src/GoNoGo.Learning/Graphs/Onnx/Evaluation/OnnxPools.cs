namespace GoNoGo.Learning.Graphs.Onnx.Evaluation;

/// <summary>Pooling over windows of <c>[B, C, H, W]</c>.</summary>
internal static class OnnxPools
{
    /// <summary>The mean of each window; padding counts as zeros where the node says so, otherwise not at all.</summary>
    public static OnnxValue Average(OnnxNode node, OnnxValue x)
    {
        bool countsPadding = node.Integer("count_include_pad", 0) != 0;
        return Pool(node, x, (values, all) =>
        {
            double sum = 0;
            foreach (double value in values)
            {
                sum += value;
            }

            return (sum / (countsPadding ? all : values.Length));
        });
    }

    /// <summary>The largest value of each window; padding does not count.</summary>
    public static OnnxValue Max(OnnxNode node, OnnxValue x) => Pool(node, x, (values, _) =>
    {
        double largest = double.NegativeInfinity;
        foreach (double value in values)
        {
            largest = Math.Max(largest, value);
        }

        return largest;
    });

    private static OnnxValue Pool(OnnxNode node, OnnxValue x, Reduction reduce)
    {
        var window = OnnxWindow.Of(node, x.Shape, []);
        OnnxValue y = OnnxValue.New(x.Shape[0], x.Shape[1], window.OutputHeight, window.OutputWidth);
        int plane = x.Shape[2] * x.Shape[3];
        int at = 0;
        var values = new double[window.KernelHeight * window.KernelWidth];
        for (int channel = 0; channel < x.Shape[0] * x.Shape[1]; channel++)
        {
            for (int row = 0; row < window.OutputHeight; row++)
            {
                for (int column = 0; column < window.OutputWidth; column++)
                {
                    int count = 0;
                    for (int kernel = 0; kernel < values.Length; kernel++)
                    {
                        int place = window.PlaceOf(row, column, kernel / window.KernelWidth, kernel % window.KernelWidth);
                        if (place >= 0)
                        {
                            values[count++] = x.Numbers[(channel * plane) + place];
                        }
                    }

                    y.Numbers[at++] = reduce(values.AsSpan(0, count), values.Length);
                }
            }
        }

        return y;
    }

    private delegate double Reduction(ReadOnlySpan<double> values, int all);
}

namespace GoNoGo.Learning.Graphs.Onnx.Evaluation;

/// <summary>Matrix products and convolutions.</summary>
internal static class OnnxLinear
{
    /// <summary>Products of the last two dimensions; those before are repeated where they are 1.</summary>
    public static OnnxValue MatMul(OnnxValue a, OnnxValue b)
    {
        (int m, int k, int n) = (a.Shape[^2], a.Shape[^1], b.Shape[^1]);
        if (b.Shape[^2] != k)
        {
            throw new ArgumentException($"{k} columns and {b.Shape[^2]} rows");
        }

        if (b.Shape.Length == 2)
        {
            // One matrix for all: the rows of all items are one matrix.
            OnnxValue all = OnnxValue.New([.. a.Shape[..^1], n]);
            OnnxProduct.Run(a.Numbers, b, 0, all.Numbers, a.Numbers.Length / k, k, n);
            return all;
        }

        int[] batch = OnnxElementwise.Broadcast(a.Shape[..^2], b.Shape[..^2]);
        OnnxValue y = OnnxValue.New([.. batch, m, n]);
        int[] stepsA = OnnxElementwise.Steps([.. a.Shape[..^2], 1], [.. batch, 1]);
        int[] stepsB = OnnxElementwise.Steps([.. b.Shape[..^2], 1], [.. batch, 1]);
        for (int item = 0; item < OnnxValue.Count(batch); item++)
        {
            int atA = OnnxElementwise.PlaceOf(item, [.. batch, 1], stepsA) * m * k;
            long atB = (long)OnnxElementwise.PlaceOf(item, [.. batch, 1], stepsB) * k * n;
            OnnxProduct.Run(a.Numbers.AsMemory(atA, m * k), b, atB, y.Numbers.AsMemory(item * m * n, m * n), m, k, n);
        }

        return y;
    }

    /// <summary>Convolution of <c>[B, C, H, W]</c> as a product with the matrix of all windows.</summary>
    public static OnnxValue Conv(OnnxNode node, OnnxValue[] inputs)
    {
        (OnnxValue x, OnnxValue weight) = (inputs[0], inputs[1]);
        int groups = node.Integer("group", 1);
        var window = OnnxWindow.Of(node, x.Shape, weight.Shape[2..]);
        (int items, int channels, int outputs) = (x.Shape[0], x.Shape[1] / groups, weight.Shape[0] / groups);
        if (weight.Shape[1] != channels || weight.Shape[0] % groups != 0)
        {
            throw new ArgumentException($"{x.Shape[1]} channels in {groups} groups for weights of {weight.Shape[1]}");
        }

        int pixels = window.OutputHeight * window.OutputWidth;
        int depth = channels * window.KernelHeight * window.KernelWidth;
        int plane = x.Shape[2] * x.Shape[3];
        OnnxValue y = OnnxValue.New(items, weight.Shape[0], window.OutputHeight, window.OutputWidth);
        var windows = new double[checked(depth * pixels)];
        for (int item = 0; item < items; item++)
        {
            for (int group = 0; group < groups; group++)
            {
                window.Gather(x.Numbers.AsSpan(((item * x.Shape[1]) + (group * channels)) * plane, channels * plane), channels, windows);
                OnnxProduct.Run(
                    weight.Numbers.AsMemory(group * outputs * depth, outputs * depth), windows,
                    y.Numbers.AsMemory(((item * weight.Shape[0]) + (group * outputs)) * pixels, outputs * pixels), outputs, depth, pixels);
            }
        }

        if (inputs.Length > 2)
        {
            for (int i = 0; i < y.Numbers.Length; i++)
            {
                y.Numbers[i] += inputs[2].Numbers[i / pixels % weight.Shape[0]];
            }
        }

        return y;
    }
}

using GoNoGo.Tensors.Parallel;

namespace GoNoGo.Learning.Graphs.Onnx.Evaluation;

/// <summary>Transposed convolution of <c>[B, C, H, W]</c>: every pixel spreads its kernel over the output.</summary>
internal static class OnnxTransposedConvolution
{
    /// <summary>Inputs x, weight <c>[C, O, kH, kW]</c> and, where there is one, bias; one group, no output padding.</summary>
    public static OnnxValue Run(OnnxNode node, OnnxValue[] inputs)
    {
        (OnnxValue x, OnnxValue weight) = (inputs[0], inputs[1]);
        int[] strides = node.Integers("strides", 1, 1);
        int[] pads = node.Integers("pads", 0, 0, 0, 0);
        int[] dilations = node.Integers("dilations", 1, 1);
        if (node.Integer("group", 1) != 1 || weight.Shape[0] != x.Shape[1] || node.Integers("output_padding", 0, 0).Any(padding => padding != 0))
        {
            throw new ArgumentException("groups, output padding, or channels that do not fit");
        }

        int height = ((x.Shape[2] - 1) * strides[0]) - pads[0] - pads[2] + (dilations[0] * (weight.Shape[2] - 1)) + 1;
        int width = ((x.Shape[3] - 1) * strides[1]) - pads[1] - pads[3] + (dilations[1] * (weight.Shape[3] - 1)) + 1;
        OnnxValue y = OnnxValue.New(x.Shape[0], weight.Shape[1], height, width);
        Workers.For(x.Shape[0] * weight.Shape[1], new Body(x, weight, inputs.Length > 2 ? inputs[2].Numbers : null, y, strides, pads, dilations));
        return y;
    }

    private readonly struct Body(OnnxValue x, OnnxValue weight, double[]? bias, OnnxValue y, int[] strides, int[] pads, int[] dilations) : IParallelBody
    {
        public void Invoke(int index)
        {
            (int outputs, int height, int width) = (y.Shape[1], y.Shape[2], y.Shape[3]);
            (int channels, int rows, int columns) = (x.Shape[1], x.Shape[2], x.Shape[3]);
            (int kernelRows, int kernelColumns) = (weight.Shape[2], weight.Shape[3]);
            (int item, int output) = (index / outputs, index % outputs);
            Span<double> plane = y.Numbers.AsSpan(index * height * width, height * width);
            plane.Fill(bias?[output] ?? 0);
            for (int tap = 0; tap < channels * kernelRows * kernelColumns; tap++)
            {
                int channel = tap / (kernelRows * kernelColumns);
                int kernel = tap % (kernelRows * kernelColumns);
                double factor = weight.Numbers[(((channel * outputs) + output) * kernelRows * kernelColumns) + kernel];
                int down = (kernel / kernelColumns * dilations[0]) - pads[0];
                int right = (kernel % kernelColumns * dilations[1]) - pads[1];
                for (int row = 0; row < rows; row++)
                {
                    int place = (row * strides[0]) + down;
                    if (place < 0 || place >= height)
                    {
                        continue;
                    }

                    ReadOnlySpan<double> line = x.Numbers.AsSpan(((((item * channels) + channel) * rows) + row) * columns, columns);
                    for (int column = 0; column < columns; column++)
                    {
                        int at = (column * strides[1]) + right;
                        if (at >= 0 && at < width)
                        {
                            plane[(place * width) + at] += factor * line[column];
                        }
                    }
                }
            }
        }
    }
}

using GoNoGo.Tensors;
using GoNoGo.Tensors.Kernels.Convolution;

namespace GoNoGo.Testing.Reference;

/// <summary>Textbook convolution in double: one loop over every product of an input pixel, a weight and an output pixel.</summary>
public static class ReferenceConvolution
{
    /// <summary>y = conv2d(x, weight) + bias, all row-major.</summary>
    public static double[] Forward(double[] x, double[] weight, double[]? bias, ConvolutionGeometry geometry, int images)
    {
        double[] y = Biased(geometry.OutputShape(images), bias);
        ForEachProduct(geometry, images, (i, w, o) => y[o] += x[i] * weight[w]);
        return y;
    }

    /// <summary>x = conv_transpose2d(y, weight) + bias with the geometry's input side as the result.</summary>
    public static double[] Adjoint(double[] y, double[] weight, double[]? bias, ConvolutionGeometry geometry, int images)
    {
        double[] x = Biased(geometry.InputShape(images), bias);
        ForEachProduct(geometry, images, (i, w, o) => x[i] += y[o] * weight[w]);
        return x;
    }

    /// <summary>The gradient of the weight from the input side and the output side (values on one, gradients on the other).</summary>
    public static double[] GradientOfWeight(double[] x, double[] y, ConvolutionGeometry geometry, int images)
    {
        var gradient = new double[geometry.WeightShape.ElementCount];
        ForEachProduct(geometry, images, (i, w, o) => gradient[w] += x[i] * y[o]);
        return gradient;
    }

    private static double[] Biased(Shape shape, double[]? bias)
    {
        var values = new double[shape.ElementCount];
        int plane = shape[2] * shape[3];
        for (int i = 0; i < values.Length && bias is not null; i++)
        {
            values[i] = bias[i / plane % shape[1]];
        }

        return values;
    }

    /// <summary>Calls back with the flat indices of input, weight and output of every product that the convolution sums.</summary>
    private static void ForEachProduct(ConvolutionGeometry g, int images, Action<int, int, int> product)
    {
        ConvolutionWindow w = g.Window;
        for (int b = 0; b < images; b++)
        {
            for (int o = 0; o < g.OutputChannels; o++)
            {
                for (int c = 0; c < g.GroupInputChannels; c++)
                {
                    int channel = (o / g.GroupOutputChannels * g.GroupInputChannels) + c;
                    for (int oy = 0; oy < g.OutputHeight; oy++)
                    {
                        for (int ox = 0; ox < g.OutputWidth; ox++)
                        {
                            for (int ky = 0; ky < g.KernelHeight; ky++)
                            {
                                for (int kx = 0; kx < g.KernelWidth; kx++)
                                {
                                    int iy = (oy * w.StrideHeight) + (ky * w.DilationHeight) - w.PaddingTop;
                                    int ix = (ox * w.StrideWidth) + (kx * w.DilationWidth) - w.PaddingLeft;
                                    if (iy >= 0 && iy < g.InputHeight && ix >= 0 && ix < g.InputWidth)
                                    {
                                        product(
                                            (((((b * g.InputChannels) + channel) * g.InputHeight) + iy) * g.InputWidth) + ix,
                                            (((((o * g.GroupInputChannels) + c) * g.KernelHeight) + ky) * g.KernelWidth) + kx,
                                            (((((b * g.OutputChannels) + o) * g.OutputHeight) + oy) * g.OutputWidth) + ox);
                                    }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

using GoNoGo.Learning.Densities.Flows;
using GoNoGo.Tensors;
using GoNoGo.Tensors.Kernels.Convolution;

namespace GoNoGo.Testing.Reference;

/// <summary>A FastFlow straight from the formulas, in double.</summary>
public static class FlowReference
{
    /// <summary>z and the log-determinants of each picture and position.</summary>
    /// <param name="options">The flow.</param>
    /// <param name="parameters">Per step: scale parameter, offset, first weight and bias, second weight and bias.</param>
    /// <param name="permutations">Per step: output channel j is input channel permutation[j].</param>
    /// <param name="x">The maps, row-major.</param>
    /// <param name="shape"><c>[B, C, H, W]</c>.</param>
    public static (double[] Z, double[] LogDeterminantMap) Transform(
        FastFlowOptions options, double[][] parameters, int[][] permutations, double[] x, Shape shape)
    {
        int pixels = shape[2] * shape[3];
        int channels = options.Channels;
        int passive = options.PassiveChannels;
        int active = options.ActiveChannels;
        var logDeterminants = new double[shape[0] * pixels];
        for (int s = 0; s < options.Steps; s++)
        {
            double[][] p = parameters[(6 * s)..(6 * (s + 1))];
            int kernel = options.KernelOf(s);
            ConvolutionWindow window = ConvolutionWindow.Same(kernel, kernel);
            Shape passiveShape = shape.With(1, passive);
            ConvolutionGeometry first = ConvolutionGeometry.ForConv2d(passiveShape, new Shape(options.HiddenChannels, passive, kernel, kernel), window);
            ConvolutionGeometry second = ConvolutionGeometry.ForConv2d(
                shape.With(1, options.HiddenChannels), new Shape(2 * active, options.HiddenChannels, kernel, kernel), window);
            double[] half = [.. Enumerable.Range(0, shape[0]).SelectMany(b => x.Skip(b * channels * pixels).Take(passive * pixels))];
            double[] hidden = Array.ConvertAll(ReferenceConvolution.Forward(half, p[2], p[3], first, shape[0]), h => Math.Max(h, 0));
            double[] raw = ReferenceConvolution.Forward(hidden, p[4], p[5], second, shape[0]);
            var y = new double[x.Length];
            for (int b = 0; b < shape[0]; b++)
            {
                for (int j = 0; j < channels; j++)
                {
                    int c = permutations[s][j];
                    double scale = 0.2 * Math.Log(1 + Math.Exp(p[0][c] / 2));
                    for (int i = 0; i < pixels; i++)
                    {
                        double u = x[(((b * channels) + c) * pixels) + i];
                        logDeterminants[(b * pixels) + i] += Math.Log(scale);
                        if (c >= passive)
                        {
                            int at = (((b * 2 * active) + c - passive) * pixels) + i;
                            double a = 0.1 * raw[at];
                            double logScale = options.Clamp * Math.Tanh(options.ClampForm == ClampForm.TanhOfA ? a : a / options.Clamp);
                            u = (u * Math.Exp(logScale)) + (0.1 * raw[at + (active * pixels)]);
                            logDeterminants[(b * pixels) + i] += logScale;
                        }

                        y[(((b * channels) + j) * pixels) + i] = (u * scale) + p[1][c];
                    }
                }
            }

            x = y;
        }

        return (x, logDeterminants);
    }
}

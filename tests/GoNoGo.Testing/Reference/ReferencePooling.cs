using GoNoGo.Tensors;
using GoNoGo.Tensors.Kernels.Pooling;

namespace GoNoGo.Testing.Reference;

/// <summary>Textbook pooling in double.</summary>
public static class ReferencePooling
{
    /// <summary>The largest pixel of each window.</summary>
    public static double[] Max(double[] x, Shape shape, PoolWindow window) =>
        ForEachWindow(x, shape, window, (pixels, _) => pixels.Max());

    /// <summary>The mean of each window.</summary>
    public static double[] Average(double[] x, Shape shape, PoolWindow window, bool countIncludePad) =>
        ForEachWindow(x, shape, window, (pixels, area) => pixels.Sum() / (countIncludePad ? area : pixels.Count));

    /// <summary>The mean of each window from floor(i * in / n) to ceil((i + 1) * in / n).</summary>
    public static double[] AdaptiveAverage(double[] x, Shape shape, int height, int width)
    {
        var result = new List<double>();
        for (int plane = 0; plane < shape[0] * shape[1]; plane++)
        {
            for (int oy = 0; oy < height; oy++)
            {
                for (int ox = 0; ox < width; ox++)
                {
                    double sum = 0;
                    int count = 0;
                    for (int iy = oy * shape[2] / height; iy < Math.Ceiling((oy + 1.0) * shape[2] / height); iy++)
                    {
                        for (int ix = ox * shape[3] / width; ix < Math.Ceiling((ox + 1.0) * shape[3] / width); ix++)
                        {
                            sum += x[(((plane * shape[2]) + iy) * shape[3]) + ix];
                            count++;
                        }
                    }

                    result.Add(sum / count);
                }
            }
        }

        return [.. result];
    }

    private static double[] ForEachWindow(double[] x, Shape shape, PoolWindow window, Func<List<double>, int, double> reduce)
    {
        Shape output = window.OutputShape(shape);
        var result = new List<double>();
        for (int plane = 0; plane < shape[0] * shape[1]; plane++)
        {
            for (int oy = 0; oy < output[2]; oy++)
            {
                for (int ox = 0; ox < output[3]; ox++)
                {
                    var pixels = new List<double>();
                    for (int ky = 0; ky < window.KernelHeight; ky++)
                    {
                        for (int kx = 0; kx < window.KernelWidth; kx++)
                        {
                            int iy = (oy * window.StrideHeight) + ky - window.PaddingHeight;
                            int ix = (ox * window.StrideWidth) + kx - window.PaddingWidth;
                            if (iy >= 0 && iy < shape[2] && ix >= 0 && ix < shape[3])
                            {
                                pixels.Add(x[(((plane * shape[2]) + iy) * shape[3]) + ix]);
                            }
                        }
                    }

                    result.Add(reduce(pixels, window.KernelHeight * window.KernelWidth));
                }
            }
        }

        return [.. result];
    }
}

using GoNoGo.Learning.Graphs.Onnx;
using GoNoGo.Tensors;
using GoNoGo.Tensors.Kernels;
using GoNoGo.Tensors.Kernels.Convolution;

namespace GoNoGo.Detection.Detectors.Onnx;

/// <summary><see cref="Scoring.ReconstructionError"/> and <see cref="Ssim"/> in an ONNX graph, of pictures and their reconstructions <c>[B, C, H, W]</c>.</summary>
internal static class OnnxReconstruction
{
    /// <summary>The squared error of every value, <c>[B, C, H, W]</c>.</summary>
    public static OnnxResult SquaredErrors(OnnxBuilder onnx, OnnxResult pictures, OnnxResult reconstructions) =>
        onnx.Square(onnx.Subtract(pictures, reconstructions));

    /// <summary>The structural similarity of every value, <c>[B, C, H, W]</c>.</summary>
    /// <param name="onnx">Receives the nodes.</param>
    /// <param name="a">First pictures.</param>
    /// <param name="b">Second pictures.</param>
    /// <param name="channels">C.</param>
    /// <param name="height">H.</param>
    /// <param name="width">W.</param>
    public static OnnxResult Similarity(OnnxBuilder onnx, OnnxResult a, OnnxResult b, int channels, int height, int width)
    {
        // Each channel is a picture of its own: one kernel for all.
        OnnxResult first = onnx.Reshape(a, -1, 1, height, width);
        OnnxResult second = onnx.Reshape(b, -1, 1, height, width);
        Moments columns = Windowed(onnx, first, second, alongRows: false);
        Moments all = Windowed(onnx, columns.MeanA, columns.MeanB, alongRows: true);
        // What varies within the columns of a window, and what between their means.
        OnnxResult variances = onnx.Add(all.Variances, Blurred(onnx, columns.Variances));
        OnnxResult covariance = onnx.Add(all.Covariance, Blurred(onnx, columns.Covariance));
        OnnxResult squares = onnx.Add(onnx.Square(all.MeanA), onnx.Square(all.MeanB));
        OnnxResult above = onnx.Multiply(Twice(onnx, onnx.Multiply(all.MeanA, all.MeanB), Ssim.C1), Twice(onnx, covariance, Ssim.C2));
        OnnxResult below = onnx.Multiply(onnx.Add(squares, onnx.Number(Ssim.C1)), onnx.Add(variances, onnx.Number(Ssim.C2)));
        return onnx.Reshape(onnx.Divide(above, below), -1, channels, height, width);
    }

    private static OnnxResult Twice(OnnxBuilder onnx, OnnxResult x, float added) => onnx.Add(onnx.Multiply(onnx.Number(2), x), onnx.Number(added));

    /// <summary>
    /// Means, the sum of the variances and the covariance in the window's eleven values along one direction, taken around its centre as the kernel
    /// does: E[x^2] - E[x]^2 leaves only rounding where a picture is bright and flat.
    /// </summary>
    private static Moments Windowed(OnnxBuilder onnx, OnnxResult a, OnnxResult b, bool alongRows)
    {
        OnnxResult fromA = FromCentre(onnx, a, alongRows);
        OnnxResult fromB = FromCentre(onnx, b, alongRows);
        OnnxResult meanA = Weighted(onnx, fromA);
        OnnxResult meanB = Weighted(onnx, fromB);
        OnnxResult squares = Weighted(onnx, onnx.Add(onnx.Square(fromA), onnx.Square(fromB)));
        OnnxResult product = Weighted(onnx, onnx.Multiply(fromA, fromB));
        return new Moments(
            onnx.Add(a, meanA), onnx.Add(b, meanB),
            onnx.Subtract(squares, onnx.Add(onnx.Square(meanA), onnx.Square(meanB))), onnx.Subtract(product, onnx.Multiply(meanA, meanB)));
    }

    /// <summary>How far each of the window's eleven values is from the one in the middle, <c>[N, 11, H, W]</c>; outside there are zeros.</summary>
    private static OnnxResult FromCentre(OnnxBuilder onnx, OnnxResult planes, bool alongRows)
    {
        const int size = Ssim.WindowSize;
        Shape shape = alongRows ? new Shape(size, 1, 1, size) : new Shape(size, 1, size, 1);
        OnnxResult kernels = onnx.Constant(alongRows ? "ssim.differences.columns" : "ssim.differences.rows", shape, scope =>
        {
            Tensor differences = scope.Zeros(shape);
            for (int i = 0; i < size; i++)
            {
                differences.Span[(i * size) + i] += 1;
                differences.Span[(i * size) + (size / 2)] -= 1;
            }

            return differences;
        });
        return Along(onnx, planes, kernels, alongRows);
    }

    /// <summary>The eleven values of each pixel, weighted and added up, <c>[N, 1, H, W]</c>.</summary>
    private static OnnxResult Weighted(OnnxBuilder onnx, OnnxResult values) =>
        onnx.Conv2d(values, Weights(onnx, "ssim.weights", new Shape(1, Ssim.WindowSize, 1, 1)), null, (1, 1), new ConvolutionWindow(stride: 1));

    /// <summary>Weighted means of planes along their rows.</summary>
    private static OnnxResult Blurred(OnnxBuilder onnx, OnnxResult planes) =>
        Along(onnx, planes, Weights(onnx, "ssim.columns", new Shape(1, 1, 1, Ssim.WindowSize)), alongRows: true);

    private static OnnxResult Along(OnnxBuilder onnx, OnnxResult planes, OnnxResult kernels, bool alongRows)
    {
        const int radius = Ssim.WindowSize / 2;
        return alongRows
            ? onnx.Conv2d(planes, kernels, null, (1, Ssim.WindowSize), new ConvolutionWindow(stride: 1) { PaddingLeft = radius, PaddingRight = radius })
            : onnx.Conv2d(planes, kernels, null, (Ssim.WindowSize, 1), new ConvolutionWindow(stride: 1) { PaddingTop = radius, PaddingBottom = radius });
    }

    private static OnnxResult Weights(OnnxBuilder onnx, string name, Shape shape) => onnx.Constant(name, shape, scope => scope.From(Ssim.WindowWeights(), shape));

    /// <summary>Windowed quantities <c>[N, 1, H, W]</c> of two pictures.</summary>
    private readonly record struct Moments(OnnxResult MeanA, OnnxResult MeanB, OnnxResult Variances, OnnxResult Covariance);
}

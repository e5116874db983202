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
        OnnxResult meanA = Blurred(onnx, first);
        OnnxResult meanB = Blurred(onnx, second);
        OnnxResult squares = onnx.Add(onnx.Square(meanA), onnx.Square(meanB));
        OnnxResult products = onnx.Multiply(meanA, meanB);
        OnnxResult variances = onnx.Subtract(Blurred(onnx, onnx.Add(onnx.Square(first), onnx.Square(second))), squares);
        OnnxResult covariance = onnx.Subtract(Blurred(onnx, onnx.Multiply(first, second)), products);
        OnnxResult above = onnx.Multiply(Twice(onnx, products, Ssim.C1), Twice(onnx, covariance, Ssim.C2));
        OnnxResult below = onnx.Multiply(onnx.Add(squares, onnx.Number(Ssim.C1)), onnx.Add(variances, onnx.Number(Ssim.C2)));
        return onnx.Reshape(onnx.Divide(above, below), -1, channels, height, width);
    }

    private static OnnxResult Twice(OnnxBuilder onnx, OnnxResult x, float added) => onnx.Add(onnx.Multiply(onnx.Number(2), x), onnx.Number(added));

    private static OnnxResult Blurred(OnnxBuilder onnx, OnnxResult planes)
    {
        const int radius = Ssim.WindowSize / 2;
        OnnxResult rows = onnx.Constant("ssim.rows", new Shape(1, 1, Ssim.WindowSize, 1), scope => scope.From(Ssim.WindowWeights(), new Shape(1, 1, Ssim.WindowSize, 1)));
        OnnxResult columns = onnx.Constant("ssim.columns", new Shape(1, 1, 1, Ssim.WindowSize), scope => scope.From(Ssim.WindowWeights(), new Shape(1, 1, 1, Ssim.WindowSize)));
        OnnxResult down = onnx.Conv2d(planes, rows, null, (Ssim.WindowSize, 1), new ConvolutionWindow(stride: 1) { PaddingTop = radius, PaddingBottom = radius });
        return onnx.Conv2d(down, columns, null, (1, Ssim.WindowSize), new ConvolutionWindow(stride: 1) { PaddingLeft = radius, PaddingRight = radius });
    }
}

using GoNoGo.Tensors.Memory;

namespace GoNoGo.Tensors.Kernels;

/// <summary>
/// Structural similarity (Wang et al. 2004, equation 13) of pictures with values of range 1, each channel for itself:
/// Gaussian window 11 x 11 with deviation 1.5, zeros outside, C1 = 0.01^2, C2 = 0.03^2, variances around the window's mean.
/// </summary>
public static unsafe class Ssim
{
    /// <summary>C1.</summary>
    public const float C1 = 0.01f * 0.01f;

    /// <summary>C2.</summary>
    public const float C2 = 0.03f * 0.03f;

    /// <summary>Rows and columns of the window.</summary>
    public const int WindowSize = 11;

    /// <summary>The 11 weights whose products are the window.</summary>
    public static float[] WindowWeights()
    {
        var weights = new float[WindowSize];
        fixed (float* window = weights)
        {
            Window(window);
        }

        return weights;
    }

    /// <summary>Computes any of: the similarity of every pixel, its mean over each image, its mean over everything.</summary>
    /// <param name="a">First pictures, <c>[B, C, H, W]</c>.</param>
    /// <param name="b">Second pictures, in the same shape.</param>
    /// <param name="map">Destination of the similarity of every pixel, in the same shape; or no tensor.</param>
    /// <param name="perImage">Destination of the mean over each image, <c>[B]</c>; or no tensor.</param>
    /// <param name="mean">Destination of the mean over everything, one element; or no tensor.</param>
    /// <exception cref="ArgumentException">The shapes do not fit together.</exception>
    public static void Forward(Tensor a, Tensor b, Tensor map, Tensor perImage, Tensor mean)
    {
        Require(a.Shape, b.Shape);
        RequireOptional(nameof(map), map, a.Shape);
        RequireOptional(nameof(perImage), perImage, new Shape(a.Shape[0]));
        if (!mean.IsEmpty && mean.ElementCount != 1)
        {
            throw new ArgumentException($"Ssim: mean {mean.Shape}, expected one element.", nameof(mean));
        }

        Shape shape = a.Shape;
        int strips = SsimForward.StripCount(shape[2]);
        int items = checked(shape[0] * shape[1] * strips);
        using Scratch sums = Scratch.OfDoubles(items);
        float* window = stackalloc float[WindowSize];
        Window(window);
        VectorLoop.For(items, new SsimForward
        {
            A = a.Pointer,
            B = b.Pointer,
            Height = shape[2],
            Width = shape[3],
            Strips = strips,
            Window = window,
            Map = map.IsEmpty ? null : map.Pointer,
            Sums = sums.Doubles,
        });

        double total = 0;
        int perItem = shape[1] * strips;
        long pixels = shape.Product(1, 4);
        for (int image = 0; image < shape[0]; image++)
        {
            double sum = 0;
            for (int i = 0; i < perItem; i++)
            {
                sum += sums.Doubles[(image * perItem) + i];
            }

            if (!perImage.IsEmpty)
            {
                perImage.Pointer[image] = (float)(sum / pixels);
            }

            total += sum;
        }

        if (!mean.IsEmpty)
        {
            *mean.Pointer = (float)(total / shape.ElementCount);
        }
    }

    /// <summary>The gradients of the pictures; windowed means are computed again, nothing is kept from the forward pass.</summary>
    /// <param name="a">First pictures, <c>[B, C, H, W]</c>.</param>
    /// <param name="b">Second pictures.</param>
    /// <param name="gradMap">Gradient of every pixel's similarity, in the pictures' shape, or <c>[B]</c>: the same for all pixels of an image.</param>
    /// <param name="addA">Add to the gradient of a instead of overwriting it.</param>
    /// <param name="gradA">Destination of the gradient of a, in the pictures' shape; or no tensor.</param>
    /// <param name="addB">Add to the gradient of b instead of overwriting it.</param>
    /// <param name="gradB">Destination of the gradient of b; or no tensor.</param>
    /// <exception cref="ArgumentException">The shapes do not fit together.</exception>
    public static void Backward(Tensor a, Tensor b, Tensor gradMap, bool addA, Tensor gradA, bool addB, Tensor gradB)
    {
        Require(a.Shape, b.Shape);
        RequireOptional(nameof(gradA), gradA, a.Shape);
        RequireOptional(nameof(gradB), gradB, a.Shape);
        bool isPerImage = gradMap.Shape == new Shape(a.Shape[0]);
        if (!isPerImage)
        {
            RequireOptional(nameof(gradMap), gradMap, a.Shape);
        }

        float* window = stackalloc float[WindowSize];
        Window(window);
        Shape shape = a.Shape;
        int strips = SsimBackward.StripCount(shape[2]);
        VectorLoop.For(checked(shape[0] * shape[1] * strips), new SsimBackward
        {
            A = a.Pointer,
            B = b.Pointer,
            Channels = shape[1],
            Height = shape[2],
            Width = shape[3],
            Strips = strips,
            Window = window,
            Gradient = gradMap.Pointer,
            IsPerImage = isPerImage,
            AddA = addA,
            GradA = gradA.IsEmpty ? null : gradA.Pointer,
            AddB = addB,
            GradB = gradB.IsEmpty ? null : gradB.Pointer,
        });
    }

    /// <summary>The 11 weights whose products are the window.</summary>
    private static void Window(float* window)
    {
        const double deviation = 1.5;
        double sum = 0;
        for (int t = 0; t < WindowSize; t++)
        {
            sum += Weight(t);
        }

        for (int t = 0; t < WindowSize; t++)
        {
            window[t] = (float)(Weight(t) / sum);
        }

        static double Weight(int t) => Math.Exp(-(t - (WindowSize / 2)) * (t - (WindowSize / 2)) / (2 * deviation * deviation));
    }

    private static void Require(Shape a, Shape b)
    {
        if (a.Rank != 4 || a != b || a.ElementCount == 0)
        {
            throw new ArgumentException($"Ssim: pictures {a} and {b}, expected two of the same shape [B, C, H, W], not empty.");
        }
    }

    private static void RequireOptional(string argument, Tensor tensor, Shape expected)
    {
        if (!tensor.IsEmpty && tensor.Shape != expected)
        {
            throw new ArgumentException($"Ssim: {argument} {tensor.Shape}, expected {expected}.", argument);
        }
    }
}

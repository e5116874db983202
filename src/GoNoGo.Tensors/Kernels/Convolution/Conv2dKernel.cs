using GoNoGo.Tensors.Simd;

namespace GoNoGo.Tensors.Kernels.Convolution;

/// <summary>
/// Two-dimensional convolution (cross-correlation) of images <c>[B, C, H, W]</c> with a weight <c>[O, C / groups, kh, kw]</c>,
/// and its gradients.
/// </summary>
public static unsafe class Conv2dKernel
{
    /// <summary>y = conv(x, weight) + bias, then max(y, 0) if wanted.</summary>
    /// <param name="x"><c>[B, C, H, W]</c>.</param>
    /// <param name="weight"><c>[O, C / groups, kh, kw]</c>.</param>
    /// <param name="bias"><c>[O]</c>, or empty.</param>
    /// <param name="geometry">From <see cref="ConvolutionGeometry.ForConv2d"/>.</param>
    /// <param name="relu">Whether negative results become 0.</param>
    /// <param name="y"><c>[B, O, H', W']</c>.</param>
    /// <exception cref="ArgumentException">A shape does not fit the geometry.</exception>
    public static void Forward(Tensor x, Tensor weight, Tensor bias, in ConvolutionGeometry geometry, bool relu, Tensor y)
    {
        int images = ConvolutionArguments.Check("Conv2d", x, weight, bias, geometry.OutputChannels, y, geometry);
        PlaneConvolution.Forward(VectorWidths.Current, x.Pointer, weight.Pointer, bias.IsEmpty ? null : bias.Pointer, geometry, images, relu, accumulate: false, y.Pointer);
    }

    /// <summary>The gradient of the input: gradX = convᵀ(gradY, weight).</summary>
    /// <param name="gradY"><c>[B, O, H', W']</c>.</param>
    /// <param name="weight"><c>[O, C / groups, kh, kw]</c>.</param>
    /// <param name="geometry">That of the forward call.</param>
    /// <param name="accumulate">Whether to add to gradX instead of overwriting it.</param>
    /// <param name="gradX"><c>[B, C, H, W]</c>.</param>
    /// <exception cref="ArgumentException">A shape does not fit the geometry.</exception>
    public static void GradientOfInput(Tensor gradY, Tensor weight, in ConvolutionGeometry geometry, bool accumulate, Tensor gradX)
    {
        int images = ConvolutionArguments.Check("Conv2d gradient of input", gradX, weight, default, 0, gradY, geometry);
        PlaneConvolution.Adjoint(VectorWidths.Current, gradY.Pointer, weight.Pointer, null, geometry, images, relu: false, accumulate, gradX.Pointer);
    }

    /// <summary>The gradient of the weight.</summary>
    /// <param name="x"><c>[B, C, H, W]</c>.</param>
    /// <param name="gradY"><c>[B, O, H', W']</c>.</param>
    /// <param name="geometry">That of the forward call.</param>
    /// <param name="accumulate">Whether to add to gradWeight instead of overwriting it.</param>
    /// <param name="gradWeight"><c>[O, C / groups, kh, kw]</c>.</param>
    /// <exception cref="ArgumentException">A shape does not fit the geometry.</exception>
    public static void GradientOfWeight(Tensor x, Tensor gradY, in ConvolutionGeometry geometry, bool accumulate, Tensor gradWeight)
    {
        int images = ConvolutionArguments.Check("Conv2d gradient of weight", x, gradWeight, default, 0, gradY, geometry);
        PlaneWeightGradient.Run(VectorWidths.Current, x.Pointer, gradY.Pointer, geometry, images, accumulate, gradWeight.Pointer);
    }

    /// <summary>The gradient of the bias: the sum of gradY over images and pixels.</summary>
    /// <param name="gradY"><c>[B, O, H, W]</c>.</param>
    /// <param name="accumulate">Whether to add to gradBias instead of overwriting it.</param>
    /// <param name="gradBias"><c>[O]</c>.</param>
    /// <exception cref="ArgumentException">A shape does not fit the other.</exception>
    public static void GradientOfBias(Tensor gradY, bool accumulate, Tensor gradBias) =>
        ChannelSum.Compute("Conv2d gradient of bias", gradY, accumulate, gradBias);
}

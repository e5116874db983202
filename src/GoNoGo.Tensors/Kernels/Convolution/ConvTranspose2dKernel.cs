using GoNoGo.Tensors.Simd;

namespace GoNoGo.Tensors.Kernels.Convolution;

/// <summary>
/// Transposed two-dimensional convolution of images <c>[B, C, H, W]</c> with a weight <c>[C, O / groups, kh, kw]</c>, and its
/// gradients. It is the adjoint of a convolution from its result to its argument, so each of its passes is one of that
/// convolution's.
/// </summary>
public static unsafe class ConvTranspose2dKernel
{
    /// <summary>y = convᵀ(x, weight) + bias, then max(y, 0) if wanted.</summary>
    /// <param name="x"><c>[B, C, H, W]</c>.</param>
    /// <param name="weight"><c>[C, O / groups, kh, kw]</c>.</param>
    /// <param name="bias"><c>[O]</c>, or empty.</param>
    /// <param name="geometry">From <see cref="ConvolutionGeometry.ForConvTranspose2d"/>.</param>
    /// <param name="relu">Whether negative results become 0.</param>
    /// <param name="y"><c>[B, O, H', W']</c>.</param>
    /// <exception cref="ArgumentException">A shape does not fit the geometry.</exception>
    public static void Forward(Tensor x, Tensor weight, Tensor bias, in ConvolutionGeometry geometry, bool relu, Tensor y)
    {
        int images = ConvolutionArguments.Check("ConvTranspose2d", y, weight, bias, geometry.InputChannels, x, geometry);
        PlaneConvolution.Adjoint(VectorWidths.Current, x.Pointer, weight.Pointer, bias.IsEmpty ? null : bias.Pointer, geometry, images, relu, accumulate: false, y.Pointer);
    }

    /// <summary>The gradient of the input: gradX = conv(gradY, weight).</summary>
    /// <param name="gradY"><c>[B, O, H', W']</c>.</param>
    /// <param name="weight"><c>[C, O / groups, kh, kw]</c>.</param>
    /// <param name="geometry">That of the forward call.</param>
    /// <param name="accumulate">Whether to add to gradX instead of overwriting it.</param>
    /// <param name="gradX"><c>[B, C, H, W]</c>.</param>
    /// <exception cref="ArgumentException">A shape does not fit the geometry.</exception>
    public static void GradientOfInput(Tensor gradY, Tensor weight, in ConvolutionGeometry geometry, bool accumulate, Tensor gradX)
    {
        int images = ConvolutionArguments.Check("ConvTranspose2d gradient of input", gradY, weight, default, 0, gradX, geometry);
        PlaneConvolution.Forward(VectorWidths.Current, gradY.Pointer, weight.Pointer, null, geometry, images, relu: false, accumulate, gradX.Pointer);
    }

    /// <summary>The gradient of the weight.</summary>
    /// <param name="x"><c>[B, C, H, W]</c>.</param>
    /// <param name="gradY"><c>[B, O, H', W']</c>.</param>
    /// <param name="geometry">That of the forward call.</param>
    /// <param name="accumulate">Whether to add to gradWeight instead of overwriting it.</param>
    /// <param name="gradWeight"><c>[C, O / groups, kh, kw]</c>.</param>
    /// <exception cref="ArgumentException">A shape does not fit the geometry.</exception>
    public static void GradientOfWeight(Tensor x, Tensor gradY, in ConvolutionGeometry geometry, bool accumulate, Tensor gradWeight)
    {
        int images = ConvolutionArguments.Check("ConvTranspose2d gradient of weight", gradY, gradWeight, default, 0, x, geometry);
        PlaneWeightGradient.Run(VectorWidths.Current, gradY.Pointer, x.Pointer, geometry, images, accumulate, gradWeight.Pointer);
    }

    /// <summary>The gradient of the bias: the sum of gradY over images and pixels.</summary>
    /// <param name="gradY"><c>[B, O, H, W]</c>.</param>
    /// <param name="accumulate">Whether to add to gradBias instead of overwriting it.</param>
    /// <param name="gradBias"><c>[O]</c>.</param>
    /// <exception cref="ArgumentException">A shape does not fit the other.</exception>
    public static void GradientOfBias(Tensor gradY, bool accumulate, Tensor gradBias) =>
        ChannelSum.Compute("ConvTranspose2d gradient of bias", gradY, accumulate, gradBias);
}

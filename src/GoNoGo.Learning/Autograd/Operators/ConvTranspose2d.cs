using GoNoGo.Tensors;
using GoNoGo.Tensors.Kernels.Convolution;

namespace GoNoGo.Learning.Autograd.Operators;

/// <summary>y = convᵀ(x, weight) + bias, optionally followed by max(y, 0) in the same pass.</summary>
public static class ConvTranspose2dOperator
{
    /// <summary>Convolves (transposed) with the same stride, padding and dilation in both directions.</summary>
    /// <param name="x"><c>[B, C, H, W]</c>.</param>
    /// <param name="weight"><c>[C, O / groups, kh, kw]</c>.</param>
    /// <param name="bias"><c>[O]</c>, or empty.</param>
    /// <param name="stride">Pixels from one window to the next.</param>
    /// <param name="padding">Pixels taken off each side of the output.</param>
    /// <param name="dilation">Pixels from one tap to the next.</param>
    /// <param name="groups">Groups of channels that do not see each other.</param>
    /// <param name="outputPadding">Rows and columns added at the bottom and right of the output.</param>
    /// <returns><c>[B, O, H', W']</c>.</returns>
    /// <exception cref="ArgumentException">The shapes do not fit each other.</exception>
    public static Variable ConvTranspose2d(this Variable x, Variable weight, Variable bias = default, int stride = 1, int padding = 0, int dilation = 1, int groups = 1, int outputPadding = 0) =>
        x.ConvTranspose2d(weight, bias, new ConvolutionWindow(stride, padding, dilation, groups, outputPadding));

    /// <summary>Convolves (transposed) with any window.</summary>
    /// <param name="x"><c>[B, C, H, W]</c>.</param>
    /// <param name="weight"><c>[C, O / groups, kh, kw]</c>.</param>
    /// <param name="bias"><c>[O]</c>, or empty.</param>
    /// <param name="window">Strides, paddings per side, dilations, groups, output paddings.</param>
    /// <param name="relu">Whether negative results become 0.</param>
    /// <returns><c>[B, O, H', W']</c>.</returns>
    /// <exception cref="ArgumentException">The shapes do not fit each other.</exception>
    public static Variable ConvTranspose2d(this Variable x, Variable weight, Variable bias, in ConvolutionWindow window, bool relu = false)
    {
        Tape tape = x.Tape;
        ConvolutionGeometry geometry = ConvolutionGeometry.ForConvTranspose2d(x.Shape, weight.Shape, window);
        Tensor y = tape.New(geometry.InputShape(x.Shape[0]));
        ConvTranspose2dKernel.Forward(x.Value, weight.Value, bias.IsEmpty ? default : bias.Value, geometry, relu, y);
        if (!tape.Tracks(x, weight) && !(tape.Records && bias.NeedsGradient))
        {
            return tape.Constant(y);
        }

        Node node = tape.Rent<Node>();
        node.X = x;
        node.Weight = weight;
        node.Bias = bias;
        node.Geometry = geometry;
        node.Y = relu ? y : default;
        return tape.Emit(y, node);
    }

    private sealed class Node : TapeNode
    {
        public Variable X { get; set; }

        public Variable Weight { get; set; }

        public Variable Bias { get; set; }

        public ConvolutionGeometry Geometry { get; set; }

        /// <summary>The output where ReLU is fused, else empty.</summary>
        public Tensor Y { get; set; }

        public override void Backward(Tape tape, Tensor gradient)
        {
            bool masked = !Y.IsEmpty;
            Tensor gradY = masked ? ReluMask.Apply(tape, Y, gradient) : gradient;
            if (Bias.NeedsGradient)
            {
                Tensor gradBias = tape.Accumulate(Bias, out bool overwrite);
                ConvTranspose2dKernel.GradientOfBias(gradY, !overwrite, gradBias);
            }

            if (Weight.NeedsGradient)
            {
                Tensor gradWeight = tape.Accumulate(Weight, out bool overwrite);
                ConvTranspose2dKernel.GradientOfWeight(X.Value, gradY, Geometry, !overwrite, gradWeight);
            }

            if (X.NeedsGradient)
            {
                Tensor gradX = tape.Accumulate(X, out bool overwrite);
                ConvTranspose2dKernel.GradientOfInput(gradY, Weight.Value, Geometry, !overwrite, gradX);
            }

            if (masked)
            {
                tape.Scope.Release(gradY);
            }
        }
    }
}

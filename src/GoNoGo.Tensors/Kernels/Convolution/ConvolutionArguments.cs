namespace GoNoGo.Tensors.Kernels.Convolution;

/// <summary>The shape checks that all passes of a convolution share.</summary>
internal static class ConvolutionArguments
{
    /// <summary>Checks every tensor of a pass against the geometry.</summary>
    /// <param name="op">Names the pass in messages.</param>
    /// <param name="input">The convolution's input side, <c>[B, InputChannels, ...]</c>.</param>
    /// <param name="weight">The weight or its gradient.</param>
    /// <param name="bias">The bias, or empty.</param>
    /// <param name="biasChannels">The expected length of the bias.</param>
    /// <param name="output">The convolution's output side, <c>[B, OutputChannels, ...]</c>.</param>
    /// <param name="geometry">The convolution.</param>
    /// <returns>The number of images.</returns>
    public static int Check(string op, Tensor input, Tensor weight, Tensor bias, int biasChannels, Tensor output, in ConvolutionGeometry geometry)
    {
        int images = input.Rank > 0 ? input.Shape[0] : 0;
        geometry.Require(op, nameof(input), input.Shape, geometry.InputShape(images));
        geometry.Require(op, nameof(output), output.Shape, geometry.OutputShape(images));
        geometry.Require(op, nameof(weight), weight.Shape, geometry.WeightShape);
        if (!bias.IsEmpty)
        {
            geometry.Require(op, nameof(bias), bias.Shape, new Shape(biasChannels));
        }

        return images;
    }
}

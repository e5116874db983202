using GoNoGo.Tensors.Kernels.Convolution;

namespace GoNoGo.Tensors.Tests.Kernels.Convolution;

/// <summary>A convolution with a batch, sampled or written out.</summary>
public sealed record ConvolutionCase(ConvolutionGeometry Geometry, int Images)
{
    /// <summary>A small random convolution: odd extents, uneven paddings, groups, strides, dilations.</summary>
    public static ConvolutionCase Sample(System.Random random)
    {
        while (true)
        {
            int groups = random.Next(4) == 0 ? random.Next(2, 4) : 1;
            var window = new ConvolutionWindow(groups: groups)
            {
                StrideHeight = random.Next(1, 4),
                StrideWidth = random.Next(1, 4),
                DilationHeight = random.Next(4) == 0 ? 2 : 1,
                DilationWidth = random.Next(4) == 0 ? random.Next(2, 4) : 1,
                PaddingTop = random.Next(4),
                PaddingBottom = random.Next(4),
                PaddingLeft = random.Next(4),
                PaddingRight = random.Next(4),
            };
            int images = random.Next(1, 4);
            var weight = new Shape(random.Next(1, 13) * groups, random.Next(1, 5), random.Next(1, 6), random.Next(1, 6));
            var x = new Shape(images, weight[1] * groups, random.Next(1, 20), random.Next(1, random.Next(2) == 0 ? 20 : 70));
            try
            {
                return new ConvolutionCase(ConvolutionGeometry.ForConv2d(x, weight, window), images);
            }
            catch (ArgumentException)
            {
                // The kernel did not fit: draw again.
            }
        }
    }

    /// <summary>A transposed convolution as its adjoint.</summary>
    public static ConvolutionCase Transposed(int images, int input, int extent, int output, int kernel, int stride, int padding, int outputPadding = 0) => new(
        ConvolutionGeometry.ForConvTranspose2d(
            new Shape(images, input, extent, extent + 1),
            new Shape(input, output, kernel, kernel),
            new ConvolutionWindow(stride, padding, outputPadding: outputPadding)),
        images);

    public static ConvolutionCase Plain(int images, int input, int height, int width, int output, int kernel, ConvolutionWindow window) => new(
        ConvolutionGeometry.ForConv2d(new Shape(images, input, height, width), new Shape(output, input / window.Groups, kernel, kernel), window), images);
}

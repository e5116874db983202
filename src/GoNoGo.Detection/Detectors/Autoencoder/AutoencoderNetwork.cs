using GoNoGo.Learning.Autograd;
using GoNoGo.Learning.Autograd.Operators;
using GoNoGo.Learning.Layers;
using Start = GoNoGo.Learning.Initializers.Initializers;

namespace GoNoGo.Detection.Detectors.Autoencoder;

/// <summary>
/// Five 4x4 convolutions of stride 2 with 32-32-64-64-128 channels, a full-size convolution to the latent vector, and the
/// mirror image; ReLU between layers, sigmoid at the end.
/// </summary>
public sealed class AutoencoderNetwork
{
    private static readonly int[] Widths = [32, 32, 64, 64, 128];

    private readonly Conv2d[] _encoder;
    private readonly ConvTranspose2d[] _decoder;

    /// <summary>Makes or reads the parameters (<c>encoder.0</c> .. <c>encoder.5</c>, <c>decoder.0</c> .. <c>decoder.5</c>).</summary>
    /// <param name="size">Side of the square input; a multiple of 32.</param>
    /// <param name="channels">Input channels.</param>
    /// <param name="latent">Size of the latent vector.</param>
    /// <param name="source">Where the parameters come from.</param>
    public AutoencoderNetwork(int size, int channels, int latent, WeightSource source)
    {
        ArgumentNullException.ThrowIfNull(source);
        int smallest = size >> Widths.Length;
        int depth = Widths.Length + 1;
        _encoder = new Conv2d[depth];
        _decoder = new ConvTranspose2d[depth];
        for (int i = 0; i < depth; i++)
        {
            bool isLatent = i == depth - 1;
            int inputs = i == 0 ? channels : Widths[i - 1];
            int outputs = isLatent ? latent : Widths[i];
            int kernel = isLatent ? smallest : 4;
            int stride = isLatent ? 1 : 2;
            int padding = isLatent ? 0 : 1;
            _encoder[i] = new Conv2d(
                new Conv2dOptions(inputs, outputs, kernel) { Stride = stride, Padding = padding, WeightInitializer = Start.HeNormal() },
                source.Child("encoder").Child($"{i}"));
            int mirror = depth - 1 - i;
            // The latent vector is one pixel, so each output of the first transposed convolution meets one kernel element an input.
            double summands = isLatent ? outputs : (double)outputs * kernel * kernel / (stride * stride);
            _decoder[mirror] = new ConvTranspose2d(
                new ConvTranspose2dOptions(outputs, inputs, kernel) { Stride = stride, Padding = padding, WeightInitializer = Start.HeNormal(summands) },
                source.Child("decoder").Child($"{mirror}"));
        }
    }

    /// <summary>The picture's reconstruction, <c>[B, C, S, S]</c> to <c>[B, C, S, S]</c> in 0..1.</summary>
    public Variable Forward(Variable images)
    {
        Variable x = images;
        for (int i = 0; i < _encoder.Length; i++)
        {
            x = _encoder[i].Forward(x);
            if (i < _encoder.Length - 1)
            {
                x = x.Relu();
            }
        }

        for (int i = 0; i < _decoder.Length; i++)
        {
            x = _decoder[i].Forward(x);
            x = i < _decoder.Length - 1 ? x.Relu() : x.Sigmoid();
        }

        return x;
    }
}

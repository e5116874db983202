using GoNoGo.Detection.Detectors.Onnx;
using GoNoGo.Learning.Autograd;
using GoNoGo.Learning.Autograd.Operators;
using GoNoGo.Learning.Graphs.Onnx;
using GoNoGo.Learning.Layers;
using GoNoGo.Tensors.Kernels.Convolution;
using Start = GoNoGo.Learning.Initializers.Initializers;

namespace GoNoGo.Detection.Detectors.Autoencoder;

/// <summary>
/// Five 4x4 convolutions of stride 2 with 32-32-64-64-128 channels, a full-size convolution to the latent vector, and the
/// mirror image; ReLU between layers, sigmoid at the end.
/// </summary>
public sealed class AutoencoderNetwork
{
    private static readonly int[] Widths = [32, 32, 64, 64, 128];

    private readonly int _smallest;
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
        int smallest = _smallest = size >> Widths.Length;
        int depth = Widths.Length + 1;
        _encoder = new Conv2d[depth];
        _decoder = new ConvTranspose2d[depth];
        for (int i = 0; i < depth; i++)
        {
            bool isLatent = i == depth - 1;
            int inputs = i == 0 ? channels : Widths[i - 1];
            int outputs = isLatent ? latent : Widths[i];
            (int kernel, int stride, int padding) = Window(i, smallest);
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

    /// <summary>The same in an ONNX graph.</summary>
    /// <param name="onnx">Receives the nodes.</param>
    /// <param name="head">The parameters.</param>
    /// <param name="images"><c>[B, C, S, S]</c>.</param>
    internal OnnxResult Export(OnnxBuilder onnx, OnnxHead head, OnnxResult images)
    {
        OnnxResult x = images;
        for (int i = 0; i < _encoder.Length; i++)
        {
            (int kernel, int stride, int padding) = Window(i, _smallest);
            x = onnx.Conv2d(x, head[$"encoder.{i}.weight"], head[$"encoder.{i}.bias"], (kernel, kernel), new ConvolutionWindow(stride, padding));
            x = i < _encoder.Length - 1 ? onnx.Relu(x) : x;
        }

        for (int i = 0; i < _decoder.Length; i++)
        {
            (int kernel, int stride, int padding) = Window(_decoder.Length - 1 - i, _smallest);
            x = onnx.ConvTranspose2d(x, head[$"decoder.{i}.weight"], head[$"decoder.{i}.bias"], (kernel, kernel), new ConvolutionWindow(stride, padding));
            x = i < _decoder.Length - 1 ? onnx.Relu(x) : onnx.Sigmoid(x);
        }

        return x;
    }

    /// <summary>Kernel, stride and padding of a layer of the encoder; its mirror image has the same.</summary>
    private static (int Kernel, int Stride, int Padding) Window(int layer, int smallest) => layer == Widths.Length ? (smallest, 1, 0) : (4, 2, 1);
}

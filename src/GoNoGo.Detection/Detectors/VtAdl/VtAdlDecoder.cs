using GoNoGo.Detection.Detectors.Onnx;
using GoNoGo.Learning.Autograd;
using GoNoGo.Learning.Autograd.Operators;
using GoNoGo.Learning.Graphs.Onnx;
using GoNoGo.Learning.Layers;
using GoNoGo.Tensors;
using GoNoGo.Tensors.Kernels.Convolution;

namespace GoNoGo.Detection.Detectors.VtAdl;

/// <summary>
/// The decoder of VT-ADL: transposed convolutions with batch norm and ReLU between them, tanh or sigmoid at the end.
/// At 512 x 512 it has the six published layers; for other sizes each layer doubles the side (our choice: kernel 4,
/// stride 2, padding 1, with 64, 32, 16, 16, ... channels).
/// </summary>
public sealed class VtAdlDecoder
{
    private readonly bool _endsInTanh;
    private readonly Stage[] _stages;
    private readonly ConvTranspose2d[] _convolutions;
    private readonly BatchNorm2d[] _norms;

    /// <summary>Makes or reads the parameters, named as the published sequence of layers (0, 1, 3, 4, 6, ...).</summary>
    public VtAdlDecoder(VtAdlSettings settings, WeightSource source)
    {
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(source);
        _endsInTanh = settings.EndsInTanh;
        Stage[] stages = _stages = settings.UsesPublishedDecoder ? Published(settings.Channels) : Doubling(settings.DecoderLayers, settings.Channels);
        _convolutions = new ConvTranspose2d[stages.Length];
        _norms = new BatchNorm2d[stages.Length - 1];
        int channels = settings.Code / (settings.CodeSide * settings.CodeSide);
        for (int i = 0; i < stages.Length; i++)
        {
            Stage stage = stages[i];
            // The published sequence counts convolution, norm and activation: 0, 1, (2), 3, 4, (5), ...
            _convolutions[i] = new ConvTranspose2d(
                new ConvTranspose2dOptions(channels, stage.Channels, stage.Kernel) { Stride = stage.Stride, Padding = stage.Padding },
                source.Child($"{3 * i}"));
            if (i < _norms.Length)
            {
                _norms[i] = new BatchNorm2d(new BatchNorm2dOptions(stage.Channels), source.Child($"{(3 * i) + 1}"));
            }

            channels = stage.Channels;
        }
    }

    /// <summary>Decodes reconstruction vectors seen as small maps.</summary>
    /// <param name="code"><c>[B, C, side, side]</c>.</param>
    /// <param name="training">Batch statistics (and moving averages) or running statistics in the norms.</param>
    /// <returns><c>[B, 3 or 1, S, S]</c>.</returns>
    public Variable Forward(Variable code, bool training)
    {
        Variable x = code;
        for (int i = 0; i < _norms.Length; i++)
        {
            x = _norms[i].Forward(_convolutions[i].Forward(x), training).Relu();
        }

        x = _convolutions[^1].Forward(x);
        return _endsInTanh ? x.Tanh() : x.Sigmoid();
    }

    /// <summary>The same with running statistics in an ONNX graph.</summary>
    /// <param name="onnx">Receives the nodes.</param>
    /// <param name="head">The parameters.</param>
    /// <param name="path">What stands before their names.</param>
    /// <param name="code"><c>[B, C, side, side]</c>.</param>
    internal OnnxResult Export(OnnxBuilder onnx, OnnxHead head, string path, OnnxResult code)
    {
        OnnxResult x = code;
        for (int i = 0; i < _stages.Length; i++)
        {
            Stage stage = _stages[i];
            string name = $"{path}.{3 * i}";
            x = onnx.ConvTranspose2d(x, head[name + ".weight"], head[name + ".bias"], (stage.Kernel, stage.Kernel), new ConvolutionWindow(stage.Stride, stage.Padding));
            if (i < _norms.Length)
            {
                string norm = $"{path}.{(3 * i) + 1}";
                x = onnx.Relu(onnx.BatchNorm2d(x, head[norm + ".weight"], head[norm + ".bias"], head[norm + ".running_mean"], head[norm + ".running_var"], _norms[i].Epsilon));
            }
        }

        return _endsInTanh ? onnx.Tanh(x) : onnx.Sigmoid(x);
    }

    /// <summary>8 -> 15 -> 49 -> 245 -> 497 -> 502 -> 512 pixels a side.</summary>
    private static Stage[] Published(int channels) =>
    [
        new(16, 3, 2, 1), new(32, 9, 3, 1), new(32, 7, 5, 1), new(16, 9, 2, 0), new(8, 6, 1, 0), new(channels, 11, 1, 0),
    ];

    private static Stage[] Doubling(int layers, int channels) =>
        [.. Enumerable.Range(0, layers).Select(i => new Stage(i == layers - 1 ? channels : Math.Max(16, 64 >> i), 4, 2, 1))];

    private readonly record struct Stage(int Channels, int Kernel, int Stride, int Padding);
}

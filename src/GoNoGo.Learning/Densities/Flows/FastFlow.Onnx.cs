using GoNoGo.Learning.Graphs.Onnx;
using GoNoGo.Tensors;
using GoNoGo.Tensors.Kernels.Convolution;

namespace GoNoGo.Learning.Densities.Flows;

/// <content>The ONNX form of the way to z.</content>
public sealed partial class FastFlow
{
    /// <summary>Writes the way to z.</summary>
    /// <param name="onnx">Receives the nodes; the parameters are read until the file is saved.</param>
    /// <param name="name">What stands before the names of the weights.</param>
    /// <param name="maps"><c>[B, C, H, W]</c>.</param>
    /// <returns>z <c>[B, C, H, W]</c>, and the log-determinant by position <c>[B, H, W]</c>.</returns>
    public (OnnxResult Z, OnnxResult LogDeterminants) Export(OnnxBuilder onnx, string name, OnnxResult maps)
    {
        ArgumentNullException.ThrowIfNull(onnx);
        OnnxResult? logScales = null;
        double logarithms = 0;
        for (int number = 0; number < _steps.Length; number++)
        {
            CouplingStep step = _steps[number];
            string prefix = FormattableString.Invariant($"{name}fast_flow_decoder.module_list.{number}.");
            (maps, OnnxResult logScale) = Couple(onnx, prefix, step, maps);
            OnnxResult ofStep = onnx.Sum(logScale, 1);
            logScales = logScales is { } sum ? onnx.Add(sum, ofStep) : ofStep;
            logarithms += step.Scales(new float[Options.Channels]);
        }

        return (maps, onnx.Add(logScales!.Value, onnx.Number((float)logarithms)));
    }

    /// <summary>One step: its result, and the log-scales of its active channels.</summary>
    private (OnnxResult Maps, OnnxResult LogScale) Couple(OnnxBuilder onnx, string prefix, CouplingStep step, OnnxResult maps)
    {
        int kernel = step.FirstWeight.Shape[2];
        var window = ConvolutionWindow.Same(kernel, kernel);
        OnnxResult passive = onnx.Slice(maps, 1, 0, Options.PassiveChannels);
        OnnxResult active = onnx.Slice(maps, 1, Options.PassiveChannels, Options.Channels);
        OnnxResult hidden = onnx.Relu(onnx.Conv2d(
            passive, onnx.Constant(prefix + "subnet.0.weight", step.FirstWeight.Value), onnx.Constant(prefix + "subnet.0.bias", step.FirstBias.Value), (kernel, kernel), window));
        OnnxResult raw = onnx.Conv2d(
            hidden, onnx.Constant(prefix + "subnet.2.weight", step.SecondWeight.Value), onnx.Constant(prefix + "subnet.2.bias", step.SecondBias.Value), (kernel, kernel), window);
        OnnxResult inner = onnx.Number(CouplingArguments.InnerOf(Options));
        OnnxResult logScale = onnx.Multiply(onnx.Tanh(onnx.Multiply(onnx.Slice(raw, 1, 0, Options.ActiveChannels), inner)), onnx.Number(Options.Clamp));
        OnnxResult shift = onnx.Multiply(onnx.Slice(raw, 1, Options.ActiveChannels, 2 * Options.ActiveChannels), onnx.Number(CouplingArguments.OutputScale));
        OnnxResult moved = onnx.Add(onnx.Multiply(active, onnx.Exp(logScale)), shift);
        OnnxResult scaled = onnx.Add(
            onnx.Multiply(onnx.Concat(1, passive, moved), onnx.Constant(prefix + "scale", step.Scale.Shape, scope => Scales(step, scope.New(step.Scale.Shape)))),
            onnx.Constant(prefix + "global_offset", step.Offset.Value));
        var order = new int[Options.Channels];
        for (int channel = 0; channel < order.Length; channel++)
        {
            order[step.Places[channel]] = channel;
        }

        return (onnx.Gather(scaled, order, 1), logScale);
    }

    private static Tensor Scales(CouplingStep step, Tensor scales)
    {
        step.Scales(scales.Span);
        return scales;
    }
}

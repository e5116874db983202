using GoNoGo.Learning.Autograd;
using GoNoGo.Learning.Layers;
using GoNoGo.Tensors;
using GoNoGo.Tensors.Kernels.Convolution;
using Start = GoNoGo.Learning.Initializers.Initializers;

namespace GoNoGo.Learning.Densities.Flows;

/// <summary>
/// One step of the flow: an affine coupling whose log-scale and shift a small convolutional network makes of the passive channels,
/// then a learned scale and offset per channel, then a fixed permutation of the channels.
/// Parameters <c>global_scale</c>, <c>global_offset</c>, <c>subnet.0.*</c>, <c>subnet.2.*</c>; buffer <c>perm</c>.
/// </summary>
internal sealed unsafe class CouplingStep : ICoupling
{
    private readonly FastFlowOptions _options;

    /// <summary>The parameter g for which the channel's scale is 1: 2 ln(e^5 - 1).</summary>
    public const double ScaleParameterOfOne = 9.986478501101022;

    public CouplingStep(FastFlowOptions options, int step, WeightSource source)
    {
        _options = options;
        int passive = options.PassiveChannels;
        int hidden = options.HiddenChannels;
        int outputs = 2 * options.ActiveChannels;
        int kernel = options.KernelOf(step);
        var channels = new Shape(1, options.Channels, 1, 1);
        Scale = source.Get("global_scale", channels, Start.Constant(ScaleParameterOfOne));
        Offset = source.Get("global_offset", channels, Start.Constant(0));
        var first = new Shape(hidden, passive, kernel, kernel);
        var second = new Shape(outputs, hidden, kernel, kernel);
        FirstWeight = source.Get("subnet.0.weight", first, Start.LibraryDefault());
        FirstBias = source.Get("subnet.0.bias", new Shape(hidden), Start.LibraryDefaultBias(first));
        SecondWeight = source.Get("subnet.2.weight", second, Start.LibraryDefault());
        SecondBias = source.Get("subnet.2.bias", new Shape(outputs), Start.LibraryDefaultBias(second));
        Parameters = [Scale, Offset, FirstWeight, FirstBias, SecondWeight, SecondBias];
        Places = Permutations.Inverse(
            FormattableString.Invariant($"step {step}: perm"), source.GetBuffer("perm", new Shape(options.Channels), Permutations.Random()));
    }

    public Parameter Scale { get; }

    public Parameter Offset { get; }

    public Parameter FirstWeight { get; }

    public Parameter FirstBias { get; }

    public Parameter SecondWeight { get; }

    public Parameter SecondBias { get; }

    /// <summary>Where each channel goes: the inverse of the permutation.</summary>
    public int[] Places { get; }

    /// <summary>All parameters, always in the same order.</summary>
    public Parameter[] Parameters { get; }

    /// <inheritdoc/>
    public CouplingArguments Prepare(Tensor passive, in BlockedMaps hidden, in FlowBuffers buffers, out double positionLogScale)
    {
        RunSubnet(passive, buffers.Passive, hidden, buffers.Raw);
        positionLogScale = Scales(buffers.Scale.Span);
        return new CouplingArguments(_options, buffers.Raw, buffers.Scale.Pointer, Offset.Value.Pointer, Places);
    }

    /// <summary>The subnet: raw log-scales (first half of the channels) and raw shifts of the active channels.</summary>
    /// <param name="passive">The passive channels, <c>[B, C1, H, W]</c>.</param>
    /// <param name="input">Receives them in blocks.</param>
    /// <param name="hidden">Receives the hidden layer.</param>
    /// <param name="raw">Receives the output, <c>[B, 2 C2, H, W]</c>.</param>
    public void RunSubnet(Tensor passive, in BlockedMaps input, in BlockedMaps hidden, in BlockedMaps raw)
    {
        input.CopyFrom(passive);
        BlockedConvolution.Forward(input, FirstWeight.Value, FirstBias.Value, relu: true, hidden);
        BlockedConvolution.Forward(hidden, SecondWeight.Value, SecondBias.Value, relu: false, raw);
    }

    /// <summary>
    /// The channels' scales 0.1 softplus(g) with beta = 1/2, that is 0.2 ln(1 + e^(g/2)), and 0.1 g above g = 40 as the published library has it.
    /// </summary>
    /// <param name="scales">C numbers.</param>
    /// <returns>The sum of their logarithms: the log-determinant of one position.</returns>
    public double Scales(Span<float> scales)
    {
        ReadOnlySpan<float> parameters = Scale.Value.Span;
        double logarithms = 0;
        for (int c = 0; c < scales.Length; c++)
        {
            double scale = ScaleOf(parameters[c]);
            scales[c] = (float)scale;
            logarithms += Math.Log(scale);
        }

        return logarithms;
    }

    /// <summary>d scale / d g = 0.1 sigmoid(g / 2), 0.1 above g = 40.</summary>
    public static double ScaleSlope(double g) => g > 40 ? 0.1 : 0.1 / (1 + Math.Exp(-0.5 * g));

    private static double ScaleOf(double g)
    {
        if (g > 40)
        {
            return 0.1 * g;
        }

        // ln(1 + e) without losing e beside 1: far below 0 the logarithm of the scale must stay finite.
        double e = Math.Exp(0.5 * g);
        return 0.2 * (e < 1e-5 ? e * (1 - (0.5 * e)) : Math.Log(1 + e));
    }
}

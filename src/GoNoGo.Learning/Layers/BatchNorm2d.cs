using GoNoGo.Learning.Autograd;
using GoNoGo.Learning.Autograd.Operators;
using GoNoGo.Learning.Initializers;
using GoNoGo.Tensors;

namespace GoNoGo.Learning.Layers;

/// <summary>Sizes of a <see cref="BatchNorm2d"/> layer.</summary>
/// <param name="Channels">Number C of channels.</param>
public sealed record BatchNorm2dOptions(int Channels)
{
    /// <summary>Added to the variance.</summary>
    public float Epsilon { get; init; } = 1e-5f;

    /// <summary>Weight of a batch in the running statistics.</summary>
    public float Momentum { get; init; } = 0.1f;
}

/// <summary>
/// Normalises each channel of <c>[B, C, H, W]</c>: in training with the batch's mean and biased variance (the running
/// statistics move towards its mean and unbiased variance), otherwise with the running statistics.
/// </summary>
public sealed class BatchNorm2d
{
    private readonly BatchNorm2dOptions _options;
    private readonly Parameter _weight;
    private readonly Parameter _bias;
    private readonly Tensor _runningMean;
    private readonly Tensor _runningVariance;

    /// <summary>Makes or reads <c>weight</c>, <c>bias</c>, <c>running_mean</c> and <c>running_var</c>, all <c>[C]</c>.</summary>
    public BatchNorm2d(BatchNorm2dOptions options, WeightSource source)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(source);
        _options = options;
        var shape = new Shape(options.Channels);
        _weight = source.Get("weight", shape, Initializers.Initializers.Constant(1));
        _bias = source.Get("bias", shape, Initializers.Initializers.Constant(0));
        _runningMean = source.GetBuffer("running_mean", shape, 0);
        _runningVariance = source.GetBuffer("running_var", shape, 1);
    }

    /// <summary>Applies the layer to <c>[B, C, H, W]</c>.</summary>
    public Variable Forward(Variable x, bool training) => x.BatchNorm2d(
        x.Tape.Use(_weight), x.Tape.Use(_bias), _runningMean, _runningVariance, training, _options.Momentum, _options.Epsilon);
}

using GoNoGo.Learning.Autograd;
using GoNoGo.Learning.Autograd.Operators;
using GoNoGo.Tensors;
using Start = GoNoGo.Learning.Initializers.Initializers;

namespace GoNoGo.Learning.Layers;

/// <summary>The sizes of a <see cref="BatchNorm2d"/> layer.</summary>
/// <param name="Channels">The number of channels, C.</param>
public sealed record BatchNorm2dOptions(int Channels)
{
    /// <summary>Added to the variance.</summary>
    public float Epsilon { get; init; } = 1e-5f;

    /// <summary>Weight of a batch in the running statistics.</summary>
    public float Momentum { get; init; } = 0.1f;
}

/// <summary>
/// Batch normalisation per channel (Ioffe, Szegedy 2015). Parameters <c>weight</c> (start 1), <c>bias</c> (start 0); buffers
/// <c>running_mean</c> (start 0), <c>running_var</c> (start 1), <c>num_batches_tracked</c> (a scalar).
/// </summary>
public sealed class BatchNorm2d
{
    private readonly BatchNorm2dOptions _options;
    private readonly Parameter _weight;
    private readonly Parameter _bias;
    private readonly Tensor _mean;
    private readonly Tensor _variance;
    private readonly Tensor _batches;

    /// <summary>Makes or reads parameters and buffers.</summary>
    public BatchNorm2d(BatchNorm2dOptions options, WeightSource source)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(source);
        _options = options;
        var shape = new Shape(options.Channels);
        _weight = source.Get("weight", shape, Start.Constant(1));
        _bias = source.Get("bias", shape, Start.Constant(0));
        _mean = source.GetBuffer("running_mean", shape, 0);
        _variance = source.GetBuffer("running_var", shape, 1);
        _batches = source.GetBuffer("num_batches_tracked", Shape.Scalar, 0);
    }

    /// <summary>Added to the variance.</summary>
    public float Epsilon => _options.Epsilon;

    /// <summary><c>[B, C, H, W]</c> or <c>[B, C]</c> to the same shape.</summary>
    /// <param name="x">The maps.</param>
    /// <param name="training">
    /// True: the batch's statistics normalise, and the running ones move towards them. False: the running ones normalise.
    /// </param>
    public Variable Forward(Variable x, bool training)
    {
        if (training)
        {
            _batches.Span[0]++;
        }

        return x.BatchNorm2d(
            x.Tape.Use(_weight), x.Tape.Use(_bias), _mean, _variance, training, _options.Momentum, _options.Epsilon);
    }
}

using GoNoGo.Learning.Autograd;
using GoNoGo.Tensors;
using GoNoGo.Tensors.Kernels;
using GoNoGo.Tensors.Memory;

namespace GoNoGo.Learning.Optimizers;

/// <summary>The settings of <see cref="Adam"/>.</summary>
public sealed record AdamOptions
{
    /// <summary>The learning rate.</summary>
    public double LearningRate { get; init; } = 1e-3;

    /// <summary>Decay of the first moment, 0 to below 1.</summary>
    public double Beta1 { get; init; } = 0.9;

    /// <summary>Decay of the second moment, 0 to below 1.</summary>
    public double Beta2 { get; init; } = 0.999;

    /// <summary>Added to the root of the second moment.</summary>
    public double Epsilon { get; init; } = 1e-8;

    /// <summary>Weight decay.</summary>
    public double WeightDecay { get; init; }

    /// <summary>
    /// False: the decay is added to the gradient (L2, as the papers do). True: parameters shrink by learning rate * decay
    /// before the step, whatever the gradient (AdamW; Loshchilov, Hutter 2019).
    /// </summary>
    public bool DecouplesWeightDecay { get; init; }

    /// <summary>Divide by the largest second moment so far (AMSGrad; Reddi, Kale, Kumar 2018).</summary>
    public bool AmsGrad { get; init; }
}

/// <summary>
/// Adam (Kingma, Ba 2015): p -= lr / (1 - b1^t) * m / (sqrt(v) / sqrt(1 - b2^t) + eps), with m, v the decaying means of
/// the gradient and its square. One pass over memory.
/// </summary>
public sealed class Adam : Optimizer
{
    private static readonly string[] Names = ["exp_avg", "exp_avg_sq", "max_exp_avg_sq"];

    private readonly AdamOptions _options;

    /// <summary>Adam over parameters.</summary>
    /// <param name="parameters">The parameters; their names must differ.</param>
    /// <param name="options">The settings.</param>
    /// <param name="pool">Lends the memory of the moments; default: the shared pool.</param>
    /// <exception cref="ArgumentException">A setting is out of range.</exception>
    public Adam(IReadOnlyList<Parameter> parameters, AdamOptions options, MemoryPool? pool = null)
        : base(parameters, options.LearningRate, options.AmsGrad ? 3 : 2, pool)
    {
        _options = options;
        if (options is not { Beta1: >= 0 and < 1, Beta2: >= 0 and < 1, Epsilon: >= 0, WeightDecay: >= 0 })
        {
            throw new ArgumentException($"Adam: betas must be from 0 to below 1, epsilon and weight decay not negative, got {options}.", nameof(options));
        }
    }

    /// <inheritdoc/>
    protected override ReadOnlySpan<string> StateNames => Names.AsSpan(0, _options.AmsGrad ? 3 : 2);

    /// <inheritdoc/>
    protected override void Update(Tensor value, Tensor gradient, ReadOnlySpan<Tensor> state, long step) =>
        AdamUpdate.Run(
            gradient,
            new AdamUpdateArguments
            {
                Beta1 = (float)_options.Beta1,
                OneMinusBeta1 = (float)(1 - _options.Beta1),
                Beta2 = (float)_options.Beta2,
                OneMinusBeta2 = (float)(1 - _options.Beta2),
                Epsilon = (float)_options.Epsilon,
                StepSize = (float)(LearningRate / (1 - Math.Pow(_options.Beta1, step))),
                InverseRootCorrection = (float)(1 / Math.Sqrt(1 - Math.Pow(_options.Beta2, step))),
                GradientDecay = _options.DecouplesWeightDecay ? 0 : (float)_options.WeightDecay,
                ValueScale = _options.DecouplesWeightDecay ? (float)(1 - (LearningRate * _options.WeightDecay)) : 1,
            },
            value, state[0], state[1], _options.AmsGrad ? state[2] : default);
}

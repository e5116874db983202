using GoNoGo.Learning.Autograd;
using GoNoGo.Tensors;
using GoNoGo.Tensors.Kernels;
using GoNoGo.Tensors.Memory;

namespace GoNoGo.Learning.Optimizers;

/// <summary>The settings of <see cref="Sgd"/>.</summary>
public sealed record SgdOptions
{
    /// <summary>The learning rate.</summary>
    public double LearningRate { get; init; } = 1e-2;

    /// <summary>Decay of the mean gradient; 0: no momentum.</summary>
    public double Momentum { get; init; }

    /// <summary>Step along gradient + momentum * buffer instead of the buffer (Nesterov).</summary>
    public bool Nesterov { get; init; }

    /// <summary>Weight decay, added to the gradient (L2).</summary>
    public double WeightDecay { get; init; }
}

/// <summary>Stochastic gradient descent: buffer = momentum * buffer + g, p -= lr * buffer; no dampening.</summary>
public sealed class Sgd : Optimizer
{
    private static readonly string[] Names = ["momentum_buffer"];

    private readonly SgdOptions _options;

    /// <summary>Gradient descent over parameters.</summary>
    /// <param name="parameters">The parameters; their names must differ.</param>
    /// <param name="options">The settings.</param>
    /// <param name="pool">Lends the memory of the buffers; default: the shared pool.</param>
    /// <exception cref="ArgumentException">A setting is out of range, or Nesterov without momentum.</exception>
    public Sgd(IReadOnlyList<Parameter> parameters, SgdOptions options, MemoryPool? pool = null)
        : base(parameters, options.LearningRate, options.Momentum == 0 ? 0 : 1, pool)
    {
        _options = options;
        if (options is not { Momentum: >= 0, WeightDecay: >= 0 } || (options.Nesterov && options.Momentum == 0))
        {
            throw new ArgumentException($"Sgd: momentum and weight decay must not be negative, and Nesterov needs momentum, got {options}.", nameof(options));
        }
    }

    /// <inheritdoc/>
    protected override ReadOnlySpan<string> StateNames => Names;

    /// <inheritdoc/>
    protected override void Update(Tensor value, Tensor gradient, ReadOnlySpan<Tensor> state, long step) =>
        SgdUpdate.Run(
            gradient, (float)LearningRate, (float)_options.Momentum, _options.Nesterov, (float)_options.WeightDecay,
            value, state.IsEmpty ? default : state[0]);
}

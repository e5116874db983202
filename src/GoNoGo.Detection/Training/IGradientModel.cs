using GoNoGo.Learning.Autograd;
using GoNoGo.Tensors;

namespace GoNoGo.Detection.Training;

/// <summary>A model that <see cref="GradientTrainer"/> can train.</summary>
internal interface IGradientModel
{
    /// <summary>What the optimiser changes.</summary>
    IReadOnlyList<Parameter> Parameters { get; }

    /// <summary>State that the forward pass changes in training (running statistics).</summary>
    IReadOnlyList<KeyValuePair<string, Tensor>> Buffers { get; }

    /// <summary>Names of the parts that <see cref="Loss"/> reports.</summary>
    IReadOnlyList<string> LossParts { get; }

    /// <summary>Whether a parameter's gradient piles up over the steps instead of starting from zero.</summary>
    bool KeepsGradient(Parameter parameter);

    /// <summary>The loss of a batch, and its parts as plain numbers.</summary>
    /// <param name="inputs">The pictures <c>[B, C, H, W]</c>, or for each level of the backbone its maps <c>[B, D, h, w]</c>: what the source of batches gives.</param>
    /// <param name="step">Which step it is.</param>
    /// <param name="parts">Receives a number for each of <see cref="LossParts"/>.</param>
    /// <returns>One number.</returns>
    Variable Loss(ReadOnlySpan<Variable> inputs, in StepContext step, Span<double> parts);

    /// <summary>A reason to stop after an epoch with these mean parts of the training loss, or null.</summary>
    string? ReasonToStop(ReadOnlySpan<double> parts);
}

/// <summary>Which step of a training a forward pass belongs to.</summary>
/// <param name="IsTraining">Training (noise, batch statistics) or judging.</param>
/// <param name="Seed">The training seed.</param>
/// <param name="Step">Steps done before this one, over all epochs.</param>
public readonly record struct StepContext(bool IsTraining, ulong Seed, long Step)
{
    /// <summary>A forward pass outside of training.</summary>
    public static StepContext Judging => new(false, 0, 0);

    /// <summary>A forward pass that judges what a training has made so far: what it draws is drawn anew after other steps.</summary>
    public static StepContext JudgingAfter(ulong seed, long steps) => new(false, seed, steps);
}

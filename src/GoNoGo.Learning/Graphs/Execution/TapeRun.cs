using GoNoGo.Learning.Autograd;
using GoNoGo.Tensors.Random;

namespace GoNoGo.Learning.Graphs.Execution;

/// <summary>How a <see cref="TapeExecutor"/> runs a graph.</summary>
public sealed record TapeRun
{
    /// <summary>
    /// Training mode: batch norms use the batch's statistics and move the running ones, stochastic depth drops branches. The published
    /// code of Alber et al. 2024 left its backbones in this mode (`backbone-mode` = `train`).
    /// </summary>
    public bool IsTraining { get; init; }

    /// <summary>Where stochastic depth draws from; a stream of its own for every batch.</summary>
    public RandomStream Draws { get; init; }

    /// <summary>Told every node's result, under its path.</summary>
    public Action<string, Variable>? Trace { get; init; }
}

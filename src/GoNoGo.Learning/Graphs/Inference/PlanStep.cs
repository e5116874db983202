namespace GoNoGo.Learning.Graphs.Inference;

/// <summary>
/// One kernel call of an <see cref="InferencePlan"/>, with its packed weights. Immutable, so that several threads run it at the same time
/// on workspaces of their own; allocates nothing.
/// </summary>
internal abstract class PlanStep : IDisposable
{
    /// <summary>The node that it computes.</summary>
    public required int Node { get; init; }

    /// <summary>The nodes that it reads.</summary>
    public required IReadOnlyList<int> Inputs { get; init; }

    /// <summary>The input whose memory may be the result's when nothing reads it afterwards; -1 for none.</summary>
    public virtual int OverwritableInput => -1;

    /// <summary>Computes the node.</summary>
    public abstract void Run(PlanWorkspace workspace);

    /// <summary>Gives packed weights back.</summary>
    public virtual void Dispose() { }
}

using GoNoGo.Learning.Autograd;
using GoNoGo.Tensors.Memory;

namespace GoNoGo.Learning.Densities.Flows;

/// <summary>
/// A flow that no longer trains: what its passes need of the weights is made once, not with every call. It holds the weights as they were when it was
/// made and does not see them change. Immutable: any number of threads may use it at the same time, each with its own tape. Disposing it gives the memory
/// back; no pass may be running then.
/// </summary>
public sealed class PackedFlow : IDisposable
{
    private readonly TensorScope _scope = new();
    private readonly FastFlow _flow;
    private readonly PackedCoupling[] _couplings;

    internal PackedFlow(FastFlow flow)
    {
        _flow = flow;
        try
        {
            _couplings = Array.ConvertAll(flow.Steps.ToArray(), step => new PackedCoupling(flow.Options, step, _scope));
        }
        catch
        {
            _scope.Dispose();
            throw;
        }
    }

    /// <summary>The way to z, with the bits of <see cref="FastFlow.Transform"/>.</summary>
    /// <param name="x">Maps <c>[B, C, H, W]</c>, on a tape that does not record or as a constant: no gradient comes back.</param>
    /// <exception cref="ArgumentException">Another shape, or a gradient is wanted.</exception>
    public FlowOutput Transform(Variable x)
    {
        _flow.Check("Transform", nameof(x), x.Shape);
        if (x.NeedsGradient)
        {
            throw new ArgumentException("PackedFlow.Transform: x wants a gradient; packed weights have no way back.", nameof(x));
        }

        return FlowTransform.Run(_flow.Options, _couplings, x);
    }

    /// <inheritdoc/>
    public void Dispose() => _scope.Dispose();
}

using GoNoGo.Tensors;
using GoNoGo.Tensors.Kernels.Convolution;

namespace GoNoGo.Learning.Densities.Flows;

/// <summary>A step of the flow as its forward pass sees it: over weights that may change any time, or over packed ones.</summary>
internal interface ICoupling
{
    /// <summary>Runs the subnet; its output goes to <see cref="FlowBuffers.Raw"/>.</summary>
    /// <param name="passive">The passive channels, <c>[B, C1, H, W]</c>.</param>
    /// <param name="hidden">Receives the hidden layer.</param>
    /// <param name="buffers">The pass's workspace.</param>
    /// <param name="positionLogScale">Receives the sum over channels of ln scale.</param>
    /// <returns>What the coupling needs, valid until the next step uses the workspace.</returns>
    CouplingArguments Prepare(Tensor passive, in BlockedMaps hidden, in FlowBuffers buffers, out double positionLogScale);
}

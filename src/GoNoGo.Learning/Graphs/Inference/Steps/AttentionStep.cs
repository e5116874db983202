using GoNoGo.Learning.Graphs.Operators;
using GoNoGo.Tensors;
using GoNoGo.Tensors.Kernels;
using Kernel = GoNoGo.Tensors.Kernels.ScaledDotProductAttention;

namespace GoNoGo.Learning.Graphs.Inference.Steps;

/// <summary>Attention that reads queries, keys and values where the projection left them.</summary>
/// <param name="layout">Where they are.</param>
/// <param name="scale">Factor of the products.</param>
/// <param name="bias">Bias and mask of all heads, packed, or none.</param>
internal sealed class AttentionStep(AttentionLayout layout, float scale, Tensor bias) : PlanStep
{
    public override void Run(PlanWorkspace workspace)
    {
        Tensor x = workspace[Inputs[0]];
        Kernel.Forward(
            AttentionHeads.InRows(x, layout.Heads, 0, layout.KeyStride, layout.KeyWidth),
            AttentionHeads.InRows(x, layout.Heads, layout.FirstKey, layout.KeyStride, layout.KeyWidth),
            AttentionHeads.InRows(x, layout.Heads, layout.FirstValue, layout.ValueStride, layout.ValueWidth),
            new AttentionOptions(scale) { PackedBias = bias },
            default,
            AttentionHeads.Merged(workspace[Node], layout.Heads));
    }
}

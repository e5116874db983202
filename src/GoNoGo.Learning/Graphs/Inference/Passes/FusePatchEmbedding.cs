using GoNoGo.Learning.Graphs.Operators;
using GoNoGo.Tensors.Kernels.Convolution;

namespace GoNoGo.Learning.Graphs.Inference.Passes;

/// <summary>
/// Patches that do not overlap, turned into tokens: a convolution whose stride is its kernel, and the tokens of its map, become one
/// projection of patches.
/// </summary>
public sealed class FusePatchEmbedding : IGraphPass
{
    /// <inheritdoc/>
    public Graph Apply(Graph graph)
    {
        var rewriter = new GraphRewriter(graph);
        for (int node = 1; node < rewriter.Count; node++)
        {
            int user = rewriter.OnlyUser(node);
            if (user >= 0 && rewriter[user].Operator is MapToTokensOp && rewriter[node] is { Operator: Conv2dOp convolution } origin && IsPatches(convolution, graph.Nodes[origin.Inputs[0]].Shape))
            {
                rewriter.Replace(user, rewriter[user] with { Operator = new PatchTokensOp(convolution), Inputs = origin.Inputs });
            }
        }

        return rewriter.Finish();
    }

    private static bool IsPatches(Conv2dOp op, GraphShape x)
    {
        int kernel = op.Weight.Shape[2];
        return op.Weight.Shape[3] == kernel && op.Window == new ConvolutionWindow(kernel) && x.Item[1] % kernel == 0 && x.Item[2] % kernel == 0;
    }
}

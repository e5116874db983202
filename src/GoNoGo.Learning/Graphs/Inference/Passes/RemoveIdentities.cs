using GoNoGo.Learning.Graphs.Operators;

namespace GoNoGo.Learning.Graphs.Inference.Passes;

/// <summary>Takes out what does nothing in inference: stochastic depth.</summary>
public sealed class RemoveIdentities : IGraphPass
{
    /// <inheritdoc/>
    public Graph Apply(Graph graph)
    {
        var rewriter = new GraphRewriter(graph);
        for (int node = 1; node < rewriter.Count; node++)
        {
            if (rewriter[node].Operator is DropPathOp)
            {
                rewriter.Redirect(node, rewriter[node].Inputs[0]);
            }
        }

        return rewriter.Finish();
    }
}

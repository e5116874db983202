using GoNoGo.Learning.Graphs.Operators;

namespace GoNoGo.Learning.Graphs.Inference.Passes;

/// <summary>x + factors * (mean over the window around x - x), four operators, becomes one.</summary>
public sealed class FusePoolMixer : IGraphPass
{
    /// <inheritdoc/>
    public Graph Apply(Graph graph)
    {
        var rewriter = new GraphRewriter(graph);
        for (int node = 1; node < rewriter.Count; node++)
        {
            if (rewriter[node] is not { Operator: AvgPool2dOp { CountIncludePad: false } pool } origin || origin.Shape != graph.Nodes[origin.Inputs[0]].Shape)
            {
                continue;
            }

            int x = origin.Inputs[0];
            int difference = rewriter.OnlyUser(node);
            int scaled = difference >= 0 && rewriter[difference] is { Operator: SubtractOp } minus && minus.Inputs[0] == node && minus.Inputs[1] == x ? rewriter.OnlyUser(difference) : -1;
            int sum = scaled >= 0 && rewriter[scaled].Operator is ScaleChannelsOp ? rewriter.OnlyUser(scaled) : -1;
            if (sum >= 0 && rewriter[sum] is { Operator: AddOp } plus && plus.Inputs.Contains(x) && plus.Inputs.Contains(scaled))
            {
                rewriter.Replace(sum, plus with { Operator = new PoolMixerOp(pool.Window, ((ScaleChannelsOp)rewriter[scaled].Operator).Factors), Inputs = [x] });
            }
        }

        return rewriter.Finish();
    }
}

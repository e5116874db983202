using GoNoGo.Learning.Graphs.Operators;

namespace GoNoGo.Learning.Graphs.Inference.Passes;

/// <summary>
/// Lets linear maps and convolutions take in what follows them and nothing else reads: batch norm, activation, layer scale, residual
/// sum. The fused node stands where the last of them stood.
/// </summary>
public sealed class FuseEpilogues : IGraphPass
{
    /// <inheritdoc/>
    public Graph Apply(Graph graph)
    {
        var rewriter = new GraphRewriter(graph);
        var taken = new bool[rewriter.Count];
        for (int node = 1; node < rewriter.Count; node++)
        {
            if (!taken[node] && rewriter[node].Operator is LinearOp or Conv2dOp)
            {
                Fuse(rewriter, node, taken);
            }
        }

        return rewriter.Finish();
    }

    private static void Fuse(GraphRewriter rewriter, int node, bool[] taken)
    {
        Epilogue epilogue = Epilogue.None;
        GraphNode origin = rewriter[node];
        int residual = -1;
        int last = node;
        for (int next = rewriter.OnlyUser(last); next >= 0 && !taken[next]; next = rewriter.OnlyUser(last))
        {
            GraphNode user = rewriter[next];
            if (epilogue.Then(user.Operator) is not { } longer || (user.Operator is BatchNorm2dOp && origin.Operator is not Conv2dOp))
            {
                break;
            }

            if (user.Operator is AddOp)
            {
                residual = user.Inputs[0] == last ? user.Inputs[1] : user.Inputs[0];
            }

            // Also what stays behind: the other branch of a sum must not take the sum in a second time.
            taken[next] = true;
            epilogue = longer;
            last = next;
        }

        Operator fused = origin.Operator is LinearOp linear ? new FusedLinearOp(linear, epilogue) : new FusedConv2dOp((Conv2dOp)origin.Operator, epilogue);
        rewriter.Replace(last, rewriter[last] with { Operator = fused, Inputs = residual < 0 ? origin.Inputs : [.. origin.Inputs, residual] });
        taken[last] = true;
    }
}

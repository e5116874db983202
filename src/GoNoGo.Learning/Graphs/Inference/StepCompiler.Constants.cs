using GoNoGo.Learning.Graphs.Operators;
using GoNoGo.Tensors;
using GoNoGo.Tensors.Kernels;
using GoNoGo.Tensors.Memory;

namespace GoNoGo.Learning.Graphs.Inference;

/// <content>Constants that steps use in another form than the file has them.</content>
internal sealed partial class StepCompiler
{
    private static Tensor PerChannel(Tensor factors, GraphShape x) => x.Item.Rank == 3 ? factors.Reshape(new Shape(factors.Shape[0], 1, 1)) : factors;

    private Tensor AttentionBias(AttentionOp op, int tokens)
    {
        using var scope = new TensorScope();
        Tensor bias = GraphConstants.AttentionBias(op, tokens, source, scope);
        return bias.IsEmpty ? default : ScaledDotProductAttention.PackBias(bias, constants);
    }

    private Tensor Tokens(ConcatTokensOp op)
    {
        using var scope = new TensorScope();
        Tensor tokens = constants.New(new Shape(op.Tokens.Count, op.Tokens[0].Shape[2]));
        for (int i = 0; i < op.Tokens.Count; i++)
        {
            Read(op.Tokens[i], scope).CopyTo(tokens[i]);
        }

        return tokens;
    }
}

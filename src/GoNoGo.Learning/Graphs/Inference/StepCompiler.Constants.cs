using GoNoGo.Learning.Graphs.Operators;
using GoNoGo.Tensors;
using GoNoGo.Tensors.Kernels;
using GoNoGo.Tensors.Memory;

namespace GoNoGo.Learning.Graphs.Inference;

/// <content>Constants that steps use in another form than the file has them.</content>
internal sealed partial class StepCompiler
{
    private static Tensor PerChannel(Tensor factors, GraphShape x) => x.Item.Rank == 3 ? factors.Reshape(new Shape(factors.Shape[0], 1, 1)) : factors;

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

    /// <summary>The position embedding for the input's grid, <c>[T + g g, D]</c>.</summary>
    private Tensor Positions(AddPositionsOp op, GraphShape x)
    {
        (int from, int to, int width) = (op.TableGrid, op.GridOf(x), x.Item[1]);
        if (from == to)
        {
            return Constant(op.Table).Reshape(x.Item);
        }

        using var scope = new TensorScope();
        Tensor rows = Read(op.Table, scope)[0];
        Tensor positions = constants.New(x.Item);
        if (op.PrefixTokens > 0)
        {
            rows.Slice(0, op.PrefixTokens).CopyTo(positions.Slice(0, op.PrefixTokens));
        }

        Tensor source = scope.New(new Shape(width, from, from));
        Tensor target = scope.New(new Shape(width, to, to));
        Transpose(rows.Slice(op.PrefixTokens, from * from), from * from, width, source);
        Interpolate.Forward(source, InterpolationMode.Bicubic, alignCorners: false, target);
        Transpose(target, width, to * to, positions.Slice(op.PrefixTokens, to * to));
        return positions;
    }

    private static void Transpose(Tensor x, int rows, int columns, Tensor y)
    {
        Strides from = default;
        Strides to = default;
        (from[0], from[1]) = (columns, 1);
        (to[0], to[1]) = (1, rows);
        StridedCopy.Run(x, 0, from, new Shape(rows, columns), 0, to, add: false, y);
    }

    /// <summary>For every token of the map the token of the windows that shows it.</summary>
    private static int[] Inverse(WindowGrid grid)
    {
        int[] sources = grid.Sources();
        var inverse = new int[grid.Height * grid.Width];
        for (int i = 0; i < sources.Length; i++)
        {
            if (sources[i] >= 0)
            {
                inverse[sources[i]] = i;
            }
        }

        return inverse;
    }

    /// <summary>What is added to the logits: bias and mask together, <c>[windows or 1, A or 1, N, N]</c>; or nothing.</summary>
    private Tensor AttentionBias(AttentionOp op, int tokens)
    {
        if (op.Bias is null && op.MaskGrid is null)
        {
            return default;
        }

        using var scope = new TensorScope();
        int heads = op.Bias is null ? 1 : op.Layout.Heads;
        int windows = op.MaskGrid?.Windows ?? 1;
        long matrix = (long)tokens * tokens;
        Tensor sum = constants.Zeros(new Shape(windows, heads, tokens, tokens));
        ReadOnlySpan<float> table = op.Bias is null ? [] : Read(op.Bias.Table, scope).Span;
        ReadOnlySpan<float> mask = op.MaskGrid is null ? [] : op.MaskGrid.Mask();
        int[] index = op.Bias is null ? [] : [.. op.Bias.Index];
        int entries = op.Bias is null ? 0 : table.Length / heads;
        for (int window = 0; window < windows; window++)
        {
            for (int head = 0; head < heads; head++)
            {
                Span<float> target = sum[window][head].Span;
                for (int i = 0; i < matrix; i++)
                {
                    float learned = op.Bias is null ? 0f : table[op.Bias.HeadsFirst ? (head * entries) + index[i] : (index[i] * heads) + head];
                    target[i] = learned + (mask.IsEmpty ? 0f : mask[(int)((window * matrix) + i)]);
                }
            }
        }

        return sum;
    }
}

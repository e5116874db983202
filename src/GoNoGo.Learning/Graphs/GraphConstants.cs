using GoNoGo.Learning.Graphs.Operators;
using GoNoGo.Learning.Layers;
using GoNoGo.Tensors;
using GoNoGo.Tensors.Kernels;
using GoNoGo.Tensors.Memory;

namespace GoNoGo.Learning.Graphs;

/// <summary>Constants that consumers of a graph need in another form than the weights file has them.</summary>
internal static class GraphConstants
{
    /// <summary>The position embedding for the input's grid, <c>[T + g g, D]</c>.</summary>
    /// <param name="op">The operator.</param>
    /// <param name="x">The shape of its input.</param>
    /// <param name="source">Where the table comes from.</param>
    /// <param name="constants">Owns the result.</param>
    public static Tensor Positions(AddPositionsOp op, GraphShape x, WeightSource source, TensorScope constants)
    {
        (int from, int to, int width) = (op.TableGrid, op.GridOf(x), x.Item[1]);
        if (from == to)
        {
            return Read(op.Table, source, constants).Reshape(x.Item);
        }

        using var scope = new TensorScope();
        Tensor rows = Read(op.Table, source, scope)[0];
        Tensor positions = constants.New(x.Item);
        if (op.PrefixTokens > 0)
        {
            rows.Slice(0, op.PrefixTokens).CopyTo(positions.Slice(0, op.PrefixTokens));
        }

        Tensor table = scope.New(new Shape(width, from, from));
        Tensor target = scope.New(new Shape(width, to, to));
        Transpose(rows.Slice(op.PrefixTokens, from * from), from * from, width, table);
        Interpolate.Forward(table, InterpolationMode.Bicubic, alignCorners: false, target);
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

    /// <summary>What is added to the logits: bias and mask together, <c>[windows or 1, A or 1, N, N]</c>; or nothing.</summary>
    /// <param name="op">The operator.</param>
    /// <param name="tokens">N.</param>
    /// <param name="source">Where the table comes from.</param>
    /// <param name="constants">Owns the result.</param>
    public static Tensor AttentionBias(AttentionOp op, int tokens, WeightSource source, TensorScope constants)
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
        ReadOnlySpan<float> table = op.Bias is null ? [] : Read(op.Bias.Table, source, scope).Span;
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

    private static Tensor Read(GraphParameter parameter, WeightSource source, TensorScope scope) =>
        source.Read(parameter.Name, parameter.Shape, parameter.Start, scope);
}

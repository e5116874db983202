using GoNoGo.Learning.Graphs.Operators;
using GoNoGo.Tensors;

namespace GoNoGo.Learning.Graphs.Onnx;

/// <content>Tokens, windows and attention.</content>
public sealed partial class OnnxExporter
{
    private string ExportTokens(GraphNode node, string name, string input, GraphShape x)
    {
        switch (node.Operator)
        {
            case MapToTokensOp:
                return _model.Node("Transpose", name, [Reshape(name + ".flat", input, 0, x.Item[0], -1)], ("perm", (int[])[0, 2, 1]));
            case TokensToMapOp op:
                return Reshape(name, _model.Node("Transpose", name + ".flat", [input], ("perm", (int[])[0, 2, 1])), 0, x.Item[1], op.Height, op.Width);
            case ConcatTokensOp op:
                return Concat(op, name, input);
            case AddPositionsOp op:
                var table = new Shape(1, x.Item[0], x.Item[1]);
                return _model.Node("Add", name, [input, _model.Weight(op.Table.Name, table, scope => GraphConstants.Positions(op, x, _source, scope).Reshape(table))]);
            case SliceTokensOp op:
                return _model.Node(
                    "Slice", name,
                    [input, _model.Integers(name + ".start", op.Start), _model.Integers(name + ".end", op.Start + op.Count), _model.Integers("axis1", 1)]);
            case SelectTokenOp op:
                string one = _model.Node("Gather", name + ".token", [input, _model.Integers(name + ".index", op.Index)], ("axis", 1));
                return _model.Node("Squeeze", name, [one, _model.Integers("axis1", 1)]);
            case WindowPartitionOp op:
                return Reshape(name, Gather(name + ".rows", input, op.Grid.Sources(), x.Item[0]), -1, op.Grid.Tokens, x.Item[1]);
            case WindowReverseOp op:
                string windows = Reshape(name + ".windows", input, -1, op.Grid.Windows * op.Grid.Tokens, x.Item[1]);
                return Gather(name, windows, op.Grid.Targets(), op.Grid.Windows * op.Grid.Tokens);
            case PatchMergeOp op:
                return Reshape(name, Gather(name + ".rows", input, op.Sources(), x.Item[0]), -1, op.MergedHeight * op.MergedWidth, 4 * x.Item[1]);
            case AttentionOp op:
                return Attention(op, name, input, x);
            default:
                throw new NotSupportedException($"OnnxExporter: operator {node.Operator.GetType().Name} of '{node.Path}'.");
        }
    }

    private string Reshape(string name, string input, params ReadOnlySpan<int> dimensions) =>
        _model.Node("Reshape", name, [input, _model.Integers(name + ".shape", dimensions)]);

    /// <summary>Rows of axis 1 by number; -1 is a row of zeros.</summary>
    private string Gather(string name, string input, int[] rows, int count)
    {
        if (rows.Contains(-1))
        {
            // One row of zeros behind the others stands for all padding.
            input = _model.Node("Pad", name + ".padded", [input, _model.Integers("row-of-zeros", 0, 0, 0, 0, 1, 0)]);
            rows = Array.ConvertAll(rows, row => row < 0 ? count : row);
        }

        return _model.Node("Gather", name, [input, _model.Integers(name + ".index", rows)], ("axis", 1));
    }

    private string Concat(ConcatTokensOp op, string name, string input)
    {
        string shape = _model.Node("Shape", name + ".input", [input]);
        string batch = _model.Node("Slice", name + ".batch", [shape, _model.Integers("index0", 0), _model.Integers("index1", 1)]);
        var parts = new List<string>();
        foreach (GraphParameter token in op.Tokens)
        {
            string wanted = _model.Node("Concat", $"{name}.{token.Name}.shape", [batch, _model.Integers(token.Name + ".size", 1, token.Shape[2])], ("axis", 0));
            parts.Add(_model.Node("Expand", $"{name}.{token.Name}", [Weight(token), wanted]));
        }

        return _model.Node("Concat", name, [.. parts, input], ("axis", 1));
    }

    private string Attention(AttentionOp op, string name, string input, GraphShape x)
    {
        AttentionLayout layout = op.Layout;
        int tokens = x.Item[0];
        IReadOnlyList<string> parts = layout.IsHeadMajor ? HeadMajor(layout, name, input, tokens) : PartMajor(layout, name, input, tokens);
        string keys = _model.Node("Transpose", name + ".k_t", [parts[1]], ("perm", (int[])[0, 1, 3, 2]));
        string queries = _model.Node("Mul", name + ".q_scaled", [parts[0], _model.Number(name + ".scale", op.Scale)]);
        string logits = _model.Node("MatMul", name + ".logits", [queries, keys]);
        if (op.Bias is not null || op.MaskGrid is not null)
        {
            logits = AddBias(op, name, logits, tokens);
        }

        string weights = _model.Node("Softmax", name + ".softmax", [logits], ("axis", -1));
        string sums = _model.Node("MatMul", name + ".sums", [weights, parts[2]]);
        string rows = _model.Node("Transpose", name + ".rows", [sums], ("perm", (int[])[0, 2, 1, 3]));
        return Reshape(name, rows, 0, tokens, layout.Heads * layout.ValueWidth);
    }

    /// <summary>Rows of [q of all heads | k | v] to q, k, v of <c>[B, A, N, d]</c>.</summary>
    private string[] PartMajor(AttentionLayout layout, string name, string input, int tokens)
    {
        int keys = layout.Heads * layout.KeyWidth;
        int values = layout.Heads * layout.ValueWidth;
        IReadOnlyList<string> flat = _model.Node(
            "Split", [name + ".q_flat", name + ".k_flat", name + ".v_flat"], [input, _model.Integers(name + ".widths", keys, keys, values)], ("axis", -1));
        string[] parts = new string[3];
        for (int i = 0; i < parts.Length; i++)
        {
            string heads = Reshape(flat[i] + ".heads", flat[i], 0, tokens, layout.Heads, i == 2 ? layout.ValueWidth : layout.KeyWidth);
            parts[i] = _model.Node("Transpose", name + "." + "qkv"[i], [heads], ("perm", (int[])[0, 2, 1, 3]));
        }

        return parts;
    }

    /// <summary>Rows of [A, q | k | v] to q, k, v of <c>[B, A, N, d]</c>.</summary>
    private IReadOnlyList<string> HeadMajor(AttentionLayout layout, string name, string input, int tokens)
    {
        string heads = Reshape(name + ".heads", input, 0, tokens, layout.Heads, (2 * layout.KeyWidth) + layout.ValueWidth);
        string first = _model.Node("Transpose", name + ".qkv", [heads], ("perm", (int[])[0, 2, 1, 3]));
        return _model.Node(
            "Split", [name + ".q", name + ".k", name + ".v"], [first, _model.Integers(name + ".widths", layout.KeyWidth, layout.KeyWidth, layout.ValueWidth)], ("axis", -1));
    }

    /// <summary>Adds bias and mask; where windows differ, the windows of an image get a dimension of their own for it.</summary>
    private string AddBias(AttentionOp op, string name, string logits, int tokens)
    {
        int windows = op.MaskGrid?.Windows ?? 1;
        int heads = op.Bias is null ? 1 : op.Layout.Heads;
        var shape = new Shape(windows, heads, tokens, tokens);
        string bias = _model.Weight(name + ".bias", shape, scope => GraphConstants.AttentionBias(op, tokens, _source, scope));
        if (windows == 1)
        {
            return _model.Node("Add", name + ".biased", [logits, bias]);
        }

        string apart = Reshape(name + ".apart", logits, -1, windows, op.Layout.Heads, tokens, tokens);
        string sum = _model.Node("Add", name + ".biased", [apart, bias]);
        return Reshape(name + ".together", sum, -1, op.Layout.Heads, tokens, tokens);
    }
}

using GoNoGo.Learning.Autograd;
using GoNoGo.Learning.Autograd.Operators;
using GoNoGo.Learning.Graphs.Operators;
using GoNoGo.Tensors;
using GoNoGo.Tensors.Kernels;

namespace GoNoGo.Learning.Graphs.Execution;

/// <content>One case per operator.</content>
public sealed partial class TapeExecutor
{
    private Variable Compute(GraphNode node, int number, Variable[] values, int images, TapeRun run)
    {
        Variable x = values[node.Inputs[0]];
        Variable other = node.Inputs.Count > 1 ? values[node.Inputs[1]] : default;
        Tape tape = x.Tape;
        Shape shape = node.Shape.For(images);
        return node.Operator switch
        {
            LinearOp op => x.Linear(Use(tape, op.Weight), Use(tape, op.Bias)),
            Conv2dOp op => x.Conv2d(Use(tape, op.Weight), Use(tape, op.Bias), op.Window),
            BatchNorm2dOp op => x.BatchNorm2d(
                Use(tape, op.Weight), Use(tape, op.Bias), _buffers[op.Mean.Name], _buffers[op.Variance.Name], run.IsTraining, op.Momentum, op.Epsilon),
            LayerNormOp op => x.LayerNorm(Use(tape, op.Weight), Use(tape, op.Bias), op.Epsilon),
            ActivationOp op => op.Function == MatrixActivation.Gelu ? x.Gelu() : x.Relu(),
            AddOp => x.Add(other),
            SubtractOp => x.Subtract(other),
            ScaleOp op => x.Scale(op.Factor),
            ScaleChannelsOp op => x.Multiply(PerChannel(Use(tape, op.Factors), x.Shape.Rank)),
            AvgPool2dOp op => x.AvgPool2d(op.Window, op.CountIncludePad),
            MaxPool2dOp op => x.MaxPool2d(op.Window),
            MeanOverPositionsOp => x.Shape.Rank == 4 ? x.Mean([2, 3]) : x.Mean([1]),
            MapToTokensOp => x.Reshape(new Shape(images, x.Shape[1], shape[1])).Permute(0, 2, 1),
            TokensToMapOp => x.Permute(0, 2, 1).Reshape(shape),
            ConcatTokensOp op => Concat(op, x),
            AddPositionsOp op => x.Add(Positions(Use(tape, op.Table), op, node.Shape)),
            SliceTokensOp op => x.Slice(1, op.Start, op.Start + op.Count),
            SelectTokenOp op => x.Slice(1, op.Index, op.Index + 1).Reshape(shape),
            WindowPartitionOp op => Partition(x, op.Grid),
            WindowReverseOp op => Reverse(x, op.Grid),
            PatchMergeOp op => Merge(x, op),
            AttentionOp op => Attend(x, op),
            DropPathOp op => run.IsTraining ? DropPath(x, op, _draws[number], run) : x,
            _ => throw new NotSupportedException($"TapeExecutor: operator {node.Operator.GetType().Name} of '{node.Path}'."),
        };
    }

    private static Variable PerChannel(Variable factors, int rank) => rank == 4 ? factors.Reshape(new Shape(factors.Shape[0], 1, 1)) : factors;

    private Variable Concat(ConcatTokensOp op, Variable x)
    {
        var parts = new Variable[op.Tokens.Count + 1];
        for (int i = 0; i < op.Tokens.Count; i++)
        {
            parts[i] = Use(x.Tape, op.Tokens[i]).Expand(new Shape(x.Shape[0], 1, x.Shape[2]));
        }

        parts[^1] = x;
        return ConcatOperator.Concat(1, parts);
    }

    /// <summary>The table, resampled where the grid is another one: <c>[1, T + g g, D]</c>.</summary>
    private static Variable Positions(Variable table, AddPositionsOp op, GraphShape shape)
    {
        int from = op.TableGrid;
        int to = op.GridOf(shape);
        if (from == to)
        {
            return table;
        }

        int width = table.Shape[2];
        Variable grid = table.Slice(1, op.PrefixTokens, table.Shape[1])
            .Permute(0, 2, 1)
            .Reshape(new Shape(1, width, from, from))
            .Interpolate(to, to, InterpolationMode.Bicubic)
            .Reshape(new Shape(1, width, to * to))
            .Permute(0, 2, 1);
        return op.PrefixTokens == 0 ? grid : table.Slice(1, 0, op.PrefixTokens).Concat(grid, 1);
    }

    private static Variable Partition(Variable x, WindowGrid grid)
    {
        (int batch, int channels) = (x.Shape[0], x.Shape[2]);
        Variable map = x.Reshape(new Shape(batch, grid.Height, grid.Width, channels));
        if (grid.PaddedHeight != grid.Height || grid.PaddedWidth != grid.Width)
        {
            map = map.Pad(0f, 0, 0, 0, grid.PaddedWidth - grid.Width, 0, grid.PaddedHeight - grid.Height);
        }

        if (grid.Shift != 0)
        {
            map = map.Roll(1, -grid.Shift, -grid.Shift);
        }

        (int down, int across) = (grid.PaddedHeight / grid.Window, grid.PaddedWidth / grid.Window);
        return map
            .Reshape(new Shape(batch * down, grid.Window, across, grid.Window * channels))
            .Permute(0, 2, 1, 3)
            .Reshape(new Shape(batch * grid.Windows, grid.Tokens, channels));
    }

    private static Variable Reverse(Variable x, WindowGrid grid)
    {
        int channels = x.Shape[2];
        int batch = x.Shape[0] / grid.Windows;
        (int down, int across) = (grid.PaddedHeight / grid.Window, grid.PaddedWidth / grid.Window);
        Variable map = x
            .Reshape(new Shape(batch * down, across, grid.Window, grid.Window * channels))
            .Permute(0, 2, 1, 3)
            .Reshape(new Shape(batch, grid.PaddedHeight, grid.PaddedWidth, channels));
        if (grid.Shift != 0)
        {
            map = map.Roll(1, grid.Shift, grid.Shift);
        }

        if (grid.PaddedHeight != grid.Height || grid.PaddedWidth != grid.Width)
        {
            map = map.Slice(AxisRange.All, new AxisRange(0, grid.Height), new AxisRange(0, grid.Width));
        }

        return map.Reshape(new Shape(batch, grid.Height * grid.Width, channels));
    }

    private static Variable Merge(Variable x, PatchMergeOp op)
    {
        (int batch, int channels) = (x.Shape[0], x.Shape[2]);
        Variable map = x.Reshape(new Shape(batch, op.Height, op.Width, channels));
        if ((op.Height | op.Width) % 2 != 0)
        {
            map = map.Pad(0f, 0, 0, 0, op.Width % 2, 0, op.Height % 2);
        }

        var parts = new Variable[4];
        for (int i = 0; i < parts.Length; i++)
        {
            parts[i] = map.Slice(AxisRange.All, new AxisRange(i & 1, int.MaxValue, 2), new AxisRange(i >> 1, int.MaxValue, 2));
        }

        return ConcatOperator.Concat(3, parts).Reshape(new Shape(batch, op.MergedHeight * op.MergedWidth, 4 * channels));
    }

    private Variable Attend(Variable x, AttentionOp op)
    {
        Tape tape = x.Tape;
        Variable bias = default;
        int tokens = x.Shape[1];
        if (op.Bias is { } table)
        {
            Variable entries = Use(tape, table.Table).IndexSelect(table.HeadsFirst ? 1 : 0, Index(op));
            bias = (table.HeadsFirst ? entries : entries.Permute(1, 0)).Reshape(new Shape(1, op.Layout.Heads, tokens, tokens));
        }

        if (op.MaskGrid is { } grid)
        {
            Variable mask = tape.Constant(tape.Scope.From(Mask(op), new Shape(grid.Windows, 1, tokens, tokens)));
            bias = bias.IsEmpty ? mask : bias.Add(mask);
        }

        AttentionLayout layout = op.Layout;
        if (!layout.IsHeadMajor && layout.KeyWidth == layout.ValueWidth)
        {
            return x.SelfAttention(layout.Heads, op.Scale, bias);
        }

        return Heads(x, layout, 0, layout.KeyStride, layout.KeyWidth)
            .ScaledDotProductAttention(
                Heads(x, layout, layout.FirstKey, layout.KeyStride, layout.KeyWidth), Heads(x, layout, layout.FirstValue, layout.ValueStride, layout.ValueWidth), op.Scale, bias)
            .Permute(0, 2, 1, 3)
            .Reshape(new Shape(x.Shape[0], tokens, layout.Heads * layout.ValueWidth));
    }

    /// <summary>Queries, keys or values of all heads, <c>[B, A, N, width]</c>.</summary>
    private static Variable Heads(Variable x, AttentionLayout layout, int first, int stride, int width)
    {
        (int batch, int tokens) = (x.Shape[0], x.Shape[1]);
        Variable rows = layout.IsHeadMajor
            ? x.Reshape(new Shape(batch, tokens, layout.Heads, stride)).Slice(3, first, first + width)
            : x.Slice(2, first, first + (layout.Heads * width)).Reshape(new Shape(batch, tokens, layout.Heads, width));
        return rows.Permute(0, 2, 1, 3);
    }

    private static Variable DropPath(Variable x, DropPathOp op, string purpose, TapeRun run)
    {
        Tensor factors = x.Tape.New(new Shape(x.Shape[0]));
        var draws = run.Draws.Child(purpose);
        for (int image = 0; image < x.Shape[0]; image++)
        {
            factors.Span[image] = draws.Uniform(image) < op.Rate ? 0f : 1f / (1f - op.Rate);
        }

        Shape shape = x.Shape.Rank == 4 ? new Shape(x.Shape[0], 1, 1, 1) : new Shape(x.Shape[0], 1, 1);
        return x.Multiply(x.Tape.Constant(factors.Reshape(shape)));
    }
}

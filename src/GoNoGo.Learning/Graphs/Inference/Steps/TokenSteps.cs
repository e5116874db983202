using GoNoGo.Tensors;
using GoNoGo.Tensors.Kernels;

namespace GoNoGo.Learning.Graphs.Inference.Steps;

/// <summary>The last two dimensions of every image exchanged: maps to tokens and back.</summary>
internal sealed class TransposeStep(int rows, int columns) : PlanStep
{
    public override void Run(PlanWorkspace workspace)
    {
        Tensor x = workspace[Inputs[0]];
        Strides from = default;
        Strides to = default;
        (from[0], from[1], from[2]) = ((long)rows * columns, columns, 1);
        (to[0], to[1], to[2]) = ((long)rows * columns, 1, rows);
        var extent = new Shape((int)(x.ElementCount / ((long)rows * columns)), rows, columns);
        StridedCopy.Run(x, 0, from, extent, 0, to, add: false, workspace[Node]);
    }
}

/// <summary>Constant tokens in front of the others.</summary>
internal sealed class ConcatTokensStep(Tensor tokens, int count, int width) : PlanStep
{
    public override void Run(PlanWorkspace workspace)
    {
        Tensor x = workspace[Inputs[0]];
        Tensor y = workspace[Node];
        int rows = x.Shape[1];
        long image = (long)(count + rows) * width;
        Strides from = default;
        Strides to = default;
        (to[0], to[1], to[2]) = (image, width, 1);
        (from[1], from[2]) = (width, 1);
        StridedCopy.Run(tokens, 0, from, new Shape(x.Shape[0], count, width), 0, to, add: false, y);
        from[0] = (long)rows * width;
        StridedCopy.Run(x, 0, from, x.Shape, (long)count * width, to, add: false, y);
    }
}

/// <summary>Some of the tokens of every image.</summary>
internal sealed class SliceTokensStep(int start, int count) : PlanStep
{
    public override void Run(PlanWorkspace workspace)
    {
        Tensor x = workspace[Inputs[0]];
        int width = x.Shape[2];
        Strides from = default;
        Strides to = default;
        (from[0], from[1], from[2]) = ((long)x.Shape[1] * width, width, 1);
        (to[0], to[1], to[2]) = ((long)count * width, width, 1);
        StridedCopy.Run(x, (long)start * width, from, new Shape(x.Shape[0], count, width), 0, to, add: false, workspace[Node]);
    }
}

/// <summary>Rows of tokens by number: windows, their reverse, merged patches.</summary>
internal sealed class GatherTokensStep(int[] sources, int width) : PlanStep
{
    public override void Run(PlanWorkspace workspace) => GatherRows.Run(workspace[Inputs[0]], workspace.Images, width, sources, workspace[Node]);
}

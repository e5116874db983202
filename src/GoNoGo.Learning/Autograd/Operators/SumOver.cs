using GoNoGo.Tensors;
using GoNoGo.Tensors.Kernels;
using GoNoGo.Tensors.Kernels.Elementwise;
using GoNoGo.Tensors.Kernels.Elementwise.Functions;
using GoNoGo.Tensors.Kernels.Reductions;

namespace GoNoGo.Learning.Autograd.Operators;

/// <summary>factor * sum of x over some axes: what sum and mean have in common.</summary>
internal static class SumOver
{
    public static Variable Apply(Variable x, uint axes, float factor, bool keepDimensions)
    {
        Tape tape = x.Tape;
        Tensor y = tape.New(ReducedAxes.Result(x.Shape, axes, keepDimensions));
        SumReduction.Run(x.Value, axes, factor, y);
        if (!tape.Tracks(x))
        {
            return tape.Constant(y);
        }

        Node node = tape.Rent<Node>();
        node.X = x;
        node.Kept = ReducedAxes.Result(x.Shape, axes, keepDimensions: true);
        node.Factor = factor;
        return tape.Emit(y, node);
    }

    private sealed class Node : TapeNode
    {
        public Variable X { get; set; }

        public Shape Kept { get; set; }

        public float Factor { get; set; }

        public override void Backward(Tape tape, Tensor gradient)
        {
            GradientTarget gradX = tape.Target(X);
            ElementwiseKernel.Expand(gradient.Reshape(Kept), new ScaleFunction(Factor), gradX.Tensor, gradX.Accumulate);
        }
    }
}

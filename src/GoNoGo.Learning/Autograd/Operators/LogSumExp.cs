using GoNoGo.Tensors;
using GoNoGo.Tensors.Kernels;
using GoNoGo.Tensors.Kernels.Elementwise;
using GoNoGo.Tensors.Kernels.Elementwise.Functions;
using GoNoGo.Tensors.Kernels.Softmax;

namespace GoNoGo.Learning.Autograd.Operators;

/// <summary>y = ln(sum of e^x) along an axis.</summary>
public static class LogSumExpOperator
{
    /// <summary>Applies it along one axis.</summary>
    /// <param name="x">Any shape.</param>
    /// <param name="axis">The axis; negative counts from the end.</param>
    /// <param name="keepDimension">Whether the axis stays as a dimension of 1.</param>
    /// <exception cref="ArgumentException">No such axis.</exception>
    public static Variable LogSumExp(this Variable x, int axis = -1, bool keepDimension = false)
    {
        Tape tape = x.Tape;
        uint mask = ReducedAxes.Mask("LogSumExp", x.Shape, [axis]);
        Tensor y = tape.New(ReducedAxes.Result(x.Shape, mask, keepDimension));
        SoftmaxKernel.LogSumExp(x.Value, axis, y);
        if (!tape.Tracks(x))
        {
            return tape.Constant(y);
        }

        Node node = tape.Rent<Node>();
        node.X = x;
        node.Kept = ReducedAxes.Result(x.Shape, mask, keepDimensions: true);
        return tape.Emit(y, node);
    }

    private sealed class Node : TapeNode
    {
        public Variable X { get; set; }

        public Shape Kept { get; set; }

        public override void Backward(Tape tape, Tensor gradient)
        {
            GradientTarget gradX = tape.Target(X);
            ElementwiseKernel.Run(
                gradient.Reshape(Kept), X.Value, Output.Value.Reshape(Kept), default(LogSumExpGradient), gradX.Tensor, gradX.Accumulate);
        }
    }
}

using GoNoGo.Tensors;
using GoNoGo.Tensors.Kernels;
using GoNoGo.Tensors.Kernels.Elementwise;
using GoNoGo.Tensors.Kernels.Elementwise.Functions;

namespace GoNoGo.Learning.Autograd.Operators;

/// <summary>y = factor * x.</summary>
public static class ScaleOperator
{
    /// <summary>Applies it to every element of x (any shape).</summary>
    /// <param name="x">Any shape.</param>
    /// <param name="factor">The constant factor.</param>
    public static Variable Scale(this Variable x, float factor)
    {
        Tape tape = x.Tape;
        Tensor y = tape.New(x.Shape);
        ElementwiseKernel.Run(x.Value, new ScaleFunction(factor), y);
        if (!tape.Tracks(x))
        {
            return tape.Constant(y);
        }

        Node node = tape.Rent<Node>();
        node.X = x;
        node.Factor = factor;
        return tape.Emit(y, node);
    }

    private sealed class Node : TapeNode
    {
        public Variable X { get; set; }

        public float Factor { get; set; }

        public override void Backward(Tape tape, Tensor gradient)
        {
            GradientTarget gradX = tape.Target(X);
            ElementwiseKernel.Run(gradient, new ScaleFunction(Factor), gradX.Tensor, gradX.Accumulate);
        }
    }
}

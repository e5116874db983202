using GoNoGo.Tensors;
using GoNoGo.Tensors.Kernels;
using GoNoGo.Tensors.Kernels.Elementwise;
using GoNoGo.Tensors.Kernels.Elementwise.Functions;

namespace GoNoGo.Learning.Autograd.Operators;

/// <summary>y = x + addend.</summary>
public static class AddScalarOperator
{
    /// <summary>Applies it to every element of x (any shape).</summary>
    /// <param name="x">Any shape.</param>
    /// <param name="addend">The constant addend.</param>
    public static Variable AddScalar(this Variable x, float addend)
    {
        Tape tape = x.Tape;
        Tensor y = tape.New(x.Shape);
        ElementwiseKernel.Run(x.Value, new AffineFunction(1f, addend), y);
        if (!tape.Tracks(x))
        {
            return tape.Constant(y);
        }

        Node node = tape.Rent<Node>();
        node.X = x;
        node.Factor = 1f;
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

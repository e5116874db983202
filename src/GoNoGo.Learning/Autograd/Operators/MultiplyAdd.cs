using GoNoGo.Tensors;
using GoNoGo.Tensors.Kernels.Elementwise;
using GoNoGo.Tensors.Kernels.Elementwise.Functions;

namespace GoNoGo.Learning.Autograd.Operators;

/// <summary>y = x * factor + addend in one pass, with broadcasting.</summary>
public static class MultiplyAddOperator
{
    /// <summary>Applies it element by element.</summary>
    /// <param name="x">Any shape.</param>
    /// <param name="factor">A shape that can be broadcast with x's.</param>
    /// <param name="addend">A shape that can be broadcast with both.</param>
    /// <exception cref="ArgumentException">The shapes cannot be broadcast together.</exception>
    public static Variable MultiplyAdd(this Variable x, Variable factor, Variable addend)
    {
        Tape tape = x.Tape;
        Shape shape = ElementwiseKernel.BroadcastShape("MultiplyAdd", ElementwiseKernel.BroadcastShape("MultiplyAdd", x.Shape, factor.Shape), addend.Shape);
        Tensor y = tape.New(shape);
        ElementwiseKernel.Run(x.Value, factor.Value, addend.Value, default(MultiplyAddFunction), y);
        if (!tape.Tracks(x, factor, addend))
        {
            return tape.Constant(y);
        }

        Node node = tape.Rent<Node>();
        node.X = x;
        node.Factor = factor;
        node.Addend = addend;
        return tape.Emit(y, node);
    }

    private sealed class Node : TapeNode
    {
        public Variable X { get; set; }

        public Variable Factor { get; set; }

        public Variable Addend { get; set; }

        public override void Backward(Tape tape, Tensor gradient)
        {
            BroadcastGradient.Product(tape, X, gradient, Factor.Value, default(MultiplyFunction));
            BroadcastGradient.Product(tape, Factor, gradient, X.Value, default(MultiplyFunction));
            BroadcastGradient.Scaled(tape, Addend, gradient, 1f);
        }
    }
}

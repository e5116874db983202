using GoNoGo.Tensors;
using GoNoGo.Tensors.Kernels.Elementwise;
using GoNoGo.Tensors.Kernels.Elementwise.Functions;

namespace GoNoGo.Learning.Autograd.Operators;

/// <summary>y = left / right, with broadcasting: shapes are aligned at the innermost dimension, dimensions of 1 are repeated.</summary>
public static class DivideOperator
{
    /// <summary>Applies it element by element.</summary>
    /// <param name="left">Any shape.</param>
    /// <param name="right">A shape that can be broadcast with left's.</param>
    /// <exception cref="ArgumentException">The shapes cannot be broadcast together.</exception>
    public static Variable Divide(this Variable left, Variable right)
    {
        Tape tape = left.Tape;
        Tensor y = tape.New(ElementwiseKernel.BroadcastShape("Divide", left.Shape, right.Shape));
        ElementwiseKernel.Run(left.Value, right.Value, default(DivideFunction), y);
        if (!tape.Tracks(left, right))
        {
            return tape.Constant(y);
        }

        Node node = tape.Rent<Node>();
        node.Left = left;
        node.Right = right;
        return tape.Emit(y, node);
    }

    private sealed class Node : TapeNode
    {
        public Variable Left { get; set; }

        public Variable Right { get; set; }

        public override void Backward(Tape tape, Tensor gradient)
        {
            BroadcastGradient.Product(tape, Left, gradient, Right.Value, default(DivideFunction));
            if (Right.NeedsGradient)
            {
                // d right = -dy y / right.
                Tensor product = tape.New(gradient.Shape);
                ElementwiseKernel.Run(gradient, Output.Value, default(MultiplyFunction), product);
                BroadcastGradient.Product(tape, Right, product, Right.Value, default(NegatedDivideFunction));
                tape.Scope.Release(product);
            }
        }
    }
}

using GoNoGo.Tensors;
using GoNoGo.Tensors.Kernels;
using GoNoGo.Tensors.Kernels.Elementwise;

namespace GoNoGo.Learning.Autograd.Operators;

/// <summary>The common part of operators that apply a function to every element.</summary>
internal static class UnaryOperator
{
    /// <summary>y = function(x).</summary>
    /// <param name="x">Any shape.</param>
    /// <param name="function">The function.</param>
    /// <param name="gradient">dx from (dy, x), or from (dy, y).</param>
    /// <param name="gradientFromOutput">Whether the gradient is computed from y (else from x).</param>
    public static Variable Apply<TFunction, TGradient>(Variable x, TFunction function, TGradient gradient, bool gradientFromOutput)
        where TFunction : struct, IUnaryFunction
        where TGradient : struct, IBinaryFunction
    {
        Tape tape = x.Tape;
        Tensor y = tape.New(x.Shape);
        ElementwiseKernel.Run(x.Value, function, y);
        if (!tape.Tracks(x))
        {
            return tape.Constant(y);
        }

        Node<TGradient> node = tape.Rent<Node<TGradient>>();
        node.X = x;
        node.Saved = gradientFromOutput ? y : x.Value;
        node.Gradient = gradient;
        return tape.Emit(y, node);
    }

    private sealed class Node<TGradient> : TapeNode where TGradient : struct, IBinaryFunction
    {
        public Variable X { get; set; }

        public Tensor Saved { get; set; }

        public TGradient Gradient { get; set; }

        public override void Backward(Tape tape, Tensor gradient)
        {
            GradientTarget gradX = tape.Target(X);
            ElementwiseKernel.Run(gradient, Saved, Gradient, gradX.Tensor, gradX.Accumulate);
        }
    }
}

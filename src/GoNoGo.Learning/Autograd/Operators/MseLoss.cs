using GoNoGo.Tensors;
using GoNoGo.Tensors.Kernels;
using GoNoGo.Tensors.Kernels.Elementwise;
using GoNoGo.Tensors.Kernels.Elementwise.Functions;
using GoNoGo.Tensors.Kernels.Reductions;

namespace GoNoGo.Learning.Autograd.Operators;

/// <summary>The mean over all elements of (a - b)^2.</summary>
public static class MseLossOperator
{
    /// <summary>The mean squared error of two values of one shape: a scalar.</summary>
    /// <param name="a">Any shape.</param>
    /// <param name="b">a's shape.</param>
    /// <exception cref="ArgumentException">The shapes differ.</exception>
    public static Variable MseLoss(this Variable a, Variable b)
    {
        if (a.Shape != b.Shape)
        {
            throw new ArgumentException($"MseLoss: b has shape {b.Shape}, expected {a.Shape}.", nameof(b));
        }

        Tape tape = a.Tape;
        Tensor y = tape.New(Shape.Scalar);
        y.Span[0] = (float)(TotalReduction.Sum(a.Value, b.Value, default(SquaredDifferenceFunction)) / a.Shape.ElementCount);
        if (!tape.Tracks(a, b))
        {
            return tape.Constant(y);
        }

        Node node = tape.Rent<Node>();
        node.A = a;
        node.B = b;
        return tape.Emit(y, node);
    }

    private sealed class Node : TapeNode
    {
        public Variable A { get; set; }

        public Variable B { get; set; }

        public override void Backward(Tape tape, Tensor gradient)
        {
            float factor = (float)(2.0 * gradient.ToScalar() / A.Shape.ElementCount);
            Add(tape.Target(A), factor);
            Add(tape.Target(B), -factor);
        }

        private void Add(GradientTarget target, float factor)
        {
            if (target.IsWanted)
            {
                ElementwiseKernel.Run(A.Value, B.Value, new ScaledDifferenceFunction(factor), target.Tensor, target.Accumulate);
            }
        }
    }
}

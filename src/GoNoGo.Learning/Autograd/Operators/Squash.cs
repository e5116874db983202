using GoNoGo.Tensors;
using GoNoGo.Tensors.Kernels.Normalization;

namespace GoNoGo.Learning.Autograd.Operators;

/// <summary>The squashing of capsule networks (Sabour, Frosst, Hinton 2017, eq. 1): y = |x|^2 / (1 + |x|^2) * x / (|x| + eps), lengths below 1.</summary>
public static class SquashOperator
{
    /// <summary>Applies it to every vector along the axis.</summary>
    /// <param name="x">Any shape.</param>
    /// <param name="axis">The axis of the vectors; negative counts from the end.</param>
    /// <param name="eps">Keeps the direction of a zero vector finite; 0, as in the released VT-ADL code, gives NaN there.</param>
    /// <exception cref="ArgumentException">No such axis.</exception>
    public static Variable Squash(this Variable x, int axis = -1, double eps = 0)
    {
        Tape tape = x.Tape;
        Tensor y = tape.New(x.Shape);
        var rule = new SquashLength(eps);
        VectorLengthKernel.Forward("Squash", x.Value, axis, rule, y);
        if (!tape.Tracks(x))
        {
            return tape.Constant(y);
        }

        Node node = tape.Rent<Node>();
        node.X = x;
        node.Axis = axis;
        node.Rule = rule;
        return tape.Emit(y, node);
    }

    private sealed class Node : TapeNode
    {
        public Variable X { get; set; }

        public int Axis { get; set; }

        public SquashLength Rule { get; set; }

        public override void Backward(Tape tape, Tensor gradient) =>
            VectorLengthKernel.Backward("Squash", X.Value, gradient, Axis, Rule, tape.Target(X));
    }
}

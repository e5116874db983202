using GoNoGo.Tensors;
using GoNoGo.Tensors.Kernels.Normalization;

namespace GoNoGo.Learning.Autograd.Operators;

/// <summary>y = x / max(|x|, eps) along an axis.</summary>
public static class L2NormalizeOperator
{
    /// <summary>Applies it to every vector along the axis.</summary>
    /// <param name="x">Any shape.</param>
    /// <param name="axis">The axis of the vectors; negative counts from the end.</param>
    /// <param name="eps">Keeps the factor finite.</param>
    /// <exception cref="ArgumentException">No such axis.</exception>
    public static Variable L2Normalize(this Variable x, int axis = -1, double eps = 1e-12)
    {
        Tape tape = x.Tape;
        Tensor y = tape.New(x.Shape);
        var rule = new UnitLength(eps);
        VectorLengthKernel.Forward("L2Normalize", x.Value, axis, rule, y);
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

        public UnitLength Rule { get; set; }

        public override void Backward(Tape tape, Tensor gradient) =>
            VectorLengthKernel.Backward("L2Normalize", X.Value, gradient, Axis, Rule, tape.Target(X));
    }
}

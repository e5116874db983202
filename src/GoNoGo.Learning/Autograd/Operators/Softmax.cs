using GoNoGo.Tensors;
using GoNoGo.Tensors.Kernels.Softmax;

namespace GoNoGo.Learning.Autograd.Operators;

/// <summary>y = e^x / sum of e^x along an axis.</summary>
public static class SoftmaxOperator
{
    /// <summary>Applies it along one axis.</summary>
    /// <param name="x">Logits, any shape.</param>
    /// <param name="axis">The axis; negative counts from the end.</param>
    /// <exception cref="ArgumentException">No such axis.</exception>
    public static Variable Softmax(this Variable x, int axis = -1)
    {
        Tape tape = x.Tape;
        Tensor y = tape.New(x.Shape);
        SoftmaxKernel.Softmax(x.Value, axis, y);
        if (!tape.Tracks(x))
        {
            return tape.Constant(y);
        }

        Node node = tape.Rent<Node>();
        node.X = x;
        node.Axis = axis;
        return tape.Emit(y, node);
    }

    private sealed class Node : TapeNode
    {
        public Variable X { get; set; }

        public int Axis { get; set; }

        public override void Backward(Tape tape, Tensor gradient) =>
            SoftmaxKernel.SoftmaxBackward(Output.Value, gradient, Axis, tape.Target(X));
    }
}

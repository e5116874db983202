using GoNoGo.Tensors;

namespace GoNoGo.Learning.Autograd.Operators;

/// <summary>y = max(x, 0); the derivative at 0 is 0.</summary>
public static class ReluOperator
{
    /// <summary>Applies it to every element of x (any shape).</summary>
    public static Variable Relu(this Variable x)
    {
        Tape tape = x.Tape;
        Tensor y = tape.New(x.Shape);
        Span<float> source = x.Value.Span;
        Span<float> target = y.Span;
        for (int i = 0; i < source.Length; i++)
        {
            target[i] = MathF.Max(source[i], 0f);
        }

        if (!tape.Tracks(x))
        {
            return tape.Constant(y);
        }

        Node node = tape.Rent<Node>();
        node.X = x;
        node.Y = y;
        return tape.Emit(y, node);
    }

    private sealed class Node : TapeNode
    {
        public Variable X { get; set; }

        public Tensor Y { get; set; }

        public override void Backward(Tape tape, Tensor gradient)
        {
            Span<float> y = Y.Span;
            Span<float> gradY = gradient.Span;
            Span<float> gradX = tape.Accumulate(X).Span;
            for (int i = 0; i < y.Length; i++)
            {
                gradX[i] += y[i] > 0f ? gradY[i] : 0f;
            }
        }
    }
}

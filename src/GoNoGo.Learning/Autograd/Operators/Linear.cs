using GoNoGo.Tensors;
using GoNoGo.Tensors.Kernels;

namespace GoNoGo.Learning.Autograd.Operators;

/// <summary>A fully connected layer: y = x weight^T + bias.</summary>
public static class LinearOperator
{
    /// <summary>Applies the same linear map to every row of x.</summary>
    /// <param name="x"><c>[.., I]</c>; all dimensions but the last are rows.</param>
    /// <param name="weight"><c>[O, I]</c>.</param>
    /// <param name="bias"><c>[O]</c>, or none.</param>
    /// <param name="activation">Applied to the result, fused into the multiply when nothing is recorded for a backward pass.</param>
    /// <returns><c>[.., O]</c>.</returns>
    /// <exception cref="ArgumentException">The shapes do not fit together.</exception>
    public static Variable Linear(this Variable x, Variable weight, Variable bias = default, MatrixActivation activation = MatrixActivation.None)
    {
        Tape tape = x.Tape;
        Require(x.Shape, weight.Shape, bias);
        bool tracks = tape.Tracks(x, weight) || (!bias.IsEmpty && tape.Tracks(bias));
        if (tracks && activation != MatrixActivation.None)
        {
            Variable sum = Linear(x, weight, bias);
            return activation == MatrixActivation.Gelu ? sum.Gelu() : sum.Relu();
        }

        int outputs = weight.Shape[0];
        Tensor y = tape.New(x.Shape.With(-1, outputs));
        var epilogue = new MatrixEpilogue { ColumnBias = bias.IsEmpty ? default : bias.Value, Activation = activation };
        MatrixMultiply.Run(Rows(x.Value), transposeA: false, weight.Value, transposeB: true, Rows(y), epilogue);
        if (!tracks)
        {
            return tape.Constant(y);
        }

        Node node = tape.Rent<Node>();
        (node.X, node.Weight, node.Bias) = (x, weight, bias);
        return tape.Emit(y, node);
    }

    /// <summary>All dimensions but the last folded into one.</summary>
    private static Tensor Rows(Tensor tensor) =>
        tensor.Rank == 2 ? tensor : tensor.Reshape(new Shape(checked((int)tensor.Shape.Product(0, tensor.Rank - 1)), tensor.Shape[-1]));

    private static void Require(Shape x, Shape weight, Variable bias)
    {
        if (weight.Rank != 2 || x.Rank == 0 || x[-1] != weight[1])
        {
            throw new ArgumentException($"Linear: weight {weight} does not fit x {x}, expected [outputs, {(x.Rank == 0 ? 0 : x[-1])}].", nameof(weight));
        }

        if (!bias.IsEmpty && bias.Shape != new Shape(weight[0]))
        {
            throw new ArgumentException($"Linear: bias {bias.Shape}, expected [{weight[0]}].", nameof(bias));
        }
    }

    private sealed class Node : TapeNode
    {
        public Variable X { get; set; }

        public Variable Weight { get; set; }

        public Variable Bias { get; set; }

        public override void Backward(Tape tape, Tensor gradient)
        {
            Tensor gradY = Rows(gradient);
            if (X.NeedsGradient)
            {
                Tensor gradX = Rows(tape.Accumulate(X, out bool overwrite));
                MatrixMultiply.Run(gradY, transposeA: false, Weight.Value, transposeB: false, gradX, new MatrixEpilogue { Accumulate = !overwrite });
            }

            if (Weight.NeedsGradient)
            {
                Tensor gradWeight = tape.Accumulate(Weight, out bool overwrite);
                MatrixMultiply.Run(gradY, transposeA: true, Rows(X.Value), transposeB: false, gradWeight, new MatrixEpilogue { Accumulate = !overwrite });
            }

            if (Bias.NeedsGradient)
            {
                Tensor gradBias = tape.Accumulate(Bias, out bool overwrite);
                ColumnSum.Run(gradY, add: !overwrite, gradBias);
            }
        }
    }
}

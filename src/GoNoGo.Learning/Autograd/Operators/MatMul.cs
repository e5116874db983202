using GoNoGo.Tensors;
using GoNoGo.Tensors.Kernels;

namespace GoNoGo.Learning.Autograd.Operators;

/// <summary>Matrix product of the last two dimensions; leading dimensions are a batch.</summary>
public static class MatMulOperator
{
    /// <summary>c = a b for every matrix of the batch.</summary>
    /// <param name="a"><c>[.., M, K]</c>.</param>
    /// <param name="b"><c>[.., K, N]</c>. Batch dimensions are aligned from the end; missing ones and those of length 1 are repeated.</param>
    /// <returns><c>[.., M, N]</c>.</returns>
    /// <exception cref="ArgumentException">Fewer than two dimensions, or shapes that do not fit.</exception>
    public static Variable MatMul(this Variable a, Variable b)
    {
        Tape tape = a.Tape;
        Shape shape = ResultShape(a.Shape, b.Shape);
        Tensor c = tape.New(shape);
        if (b.Shape.Rank == 2)
        {
            MatrixMultiply.Run(Fold(a.Value), false, b.Value, false, Fold(c));
        }
        else
        {
            BatchedMatrixMultiply.Run(Align(a.Value, shape.Rank), false, Align(b.Value, shape.Rank), false, c);
        }

        if (!tape.Tracks(a, b))
        {
            return tape.Constant(c);
        }

        Node node = tape.Rent<Node>();
        (node.A, node.B) = (a, b);
        return tape.Emit(c, node);
    }

    private static Shape ResultShape(Shape a, Shape b)
    {
        bool fits = a.Rank >= 2 && b.Rank >= 2 && a[-1] == b[-2];
        int rank = Math.Max(a.Rank, b.Rank);
        Span<int> dimensions = stackalloc int[Shape.MaxRank];
        for (int axis = 0; fits && axis < rank - 2; axis++)
        {
            int left = axis - rank + a.Rank >= 0 ? a[axis - rank + a.Rank] : 1;
            int right = axis - rank + b.Rank >= 0 ? b[axis - rank + b.Rank] : 1;
            fits = left == right || left == 1 || right == 1;
            dimensions[axis] = left == 1 ? right : left;
        }

        if (!fits)
        {
            throw new ArgumentException($"MatMul: a {a} and b {b} do not fit, expected [.., M, K] and [.., K, N].", nameof(b));
        }

        dimensions[rank - 2] = a[-2];
        dimensions[rank - 1] = b[-1];
        return new Shape(dimensions[..rank]);
    }

    /// <summary>All dimensions but the last folded into one.</summary>
    private static Tensor Fold(Tensor tensor) =>
        tensor.Rank == 2 ? tensor : tensor.Reshape(new Shape(checked((int)tensor.Shape.Product(0, tensor.Rank - 1)), tensor.Shape[-1]));

    /// <summary>Leading dimensions of length 1 put in front.</summary>
    private static Tensor Align(Tensor tensor, int rank)
    {
        if (tensor.Rank == rank)
        {
            return tensor;
        }

        Span<int> dimensions = stackalloc int[Shape.MaxRank];
        dimensions.Fill(1);
        tensor.Shape.CopyTo(dimensions[(rank - tensor.Rank)..]);
        return tensor.Reshape(new Shape(dimensions[..rank]));
    }

    private sealed class Node : TapeNode
    {
        public Variable A { get; set; }

        public Variable B { get; set; }

        public override void Backward(Tape tape, Tensor gradient)
        {
            if (B.Shape.Rank == 2)
            {
                BackwardFolded(tape, gradient);
                return;
            }

            int rank = gradient.Rank;
            if (A.NeedsGradient)
            {
                Product(tape, A, gradient, false, Align(B.Value, rank), true);
            }

            if (B.NeedsGradient)
            {
                Product(tape, B, Align(A.Value, rank), true, gradient, false);
            }
        }

        private void BackwardFolded(Tape tape, Tensor gradient)
        {
            Tensor gradC = Fold(gradient);
            if (A.NeedsGradient)
            {
                Tensor gradA = Fold(tape.Accumulate(A, out bool overwrite));
                MatrixMultiply.Run(gradC, false, B.Value, true, gradA, new MatrixEpilogue { Accumulate = !overwrite });
            }

            if (B.NeedsGradient)
            {
                Tensor gradB = tape.Accumulate(B, out bool overwrite);
                MatrixMultiply.Run(Fold(A.Value), true, gradC, false, gradB, new MatrixEpilogue { Accumulate = !overwrite });
            }
        }

        /// <summary>Adds left right to the gradient of an input, summed over the batch dimensions that the input repeats.</summary>
        private static void Product(Tape tape, Variable input, Tensor left, bool transposeLeft, Tensor right, bool transposeRight)
        {
            int rank = left.Rank;
            Tensor target = Align(tape.Accumulate(input, out bool overwrite), rank);
            Shape full = target.Shape;
            Strides strides = Strides.RowMajor(full);
            for (int axis = 0; axis < rank - 2; axis++)
            {
                int length = Math.Max(left.Shape[axis], right.Shape[axis]);
                if (length != full[axis])
                {
                    full = full.With(axis, length);
                    strides[axis] = 0;
                }
            }

            if (full == target.Shape)
            {
                BatchedMatrixMultiply.Run(left, transposeLeft, right, transposeRight, target, accumulate: !overwrite);
                return;
            }

            Tensor product = tape.New(full);
            BatchedMatrixMultiply.Run(left, transposeLeft, right, transposeRight, product);
            if (overwrite)
            {
                target.Clear();
            }

            StridedCopy.Run(product, 0, Strides.RowMajor(full), full, 0, strides, add: true, target);
        }
    }
}

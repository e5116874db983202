using GoNoGo.Tensors;
using GoNoGo.Tensors.Kernels;

namespace GoNoGo.Learning.Autograd.Operators;

/// <summary>Dimensions in another order.</summary>
public static class PermuteOperator
{
    /// <summary>y whose dimension i is dimension <paramref name="axes"/>[i] of x: <c>[2, 3, 5, 4]</c> with axes 0, 2, 3, 1 gives <c>[2, 5, 4, 3]</c>.</summary>
    /// <exception cref="ArgumentException">The axes are not a permutation of 0 .. rank - 1.</exception>
    public static Variable Permute(this Variable x, params ReadOnlySpan<int> axes)
    {
        Tape tape = x.Tape;
        Shape shape = x.Shape;
        RequirePermutation(shape, axes);
        Strides dense = Strides.RowMajor(shape);
        Strides permuted = default;
        Span<int> dimensions = stackalloc int[Shape.MaxRank];
        for (int i = 0; i < axes.Length; i++)
        {
            dimensions[i] = shape[axes[i]];
            permuted[i] = dense[axes[i]];
        }

        Shape target = new(dimensions[..axes.Length]);
        Tensor y = tape.New(target);
        StridedCopy.Run(x.Value, 0, permuted, target, 0, Strides.RowMajor(target), add: false, y);
        if (!tape.Tracks(x))
        {
            return tape.Constant(y);
        }

        Node node = tape.Rent<Node>();
        node.X = x;
        node.Permuted = permuted;
        return tape.Emit(y, node);
    }

    private static void RequirePermutation(Shape shape, ReadOnlySpan<int> axes)
    {
        int seen = 0;
        foreach (int axis in axes)
        {
            seen |= (uint)axis < (uint)shape.Rank ? 1 << axis : 0;
        }

        if (axes.Length != shape.Rank || seen != (1 << shape.Rank) - 1)
        {
            throw new ArgumentException($"Permute: axes [{string.Join(", ", axes.ToArray())}] for x {shape}, expected each of 0 to {shape.Rank - 1} once.", nameof(axes));
        }
    }

    private sealed class Node : TapeNode
    {
        public Variable X { get; set; }

        public Strides Permuted { get; set; }

        public override void Backward(Tape tape, Tensor gradient)
        {
            Tensor gradX = tape.Accumulate(X, out bool overwrite);
            StridedCopy.Run(gradient, 0, Strides.RowMajor(gradient.Shape), gradient.Shape, 0, Permuted, !overwrite, gradX);
        }
    }
}

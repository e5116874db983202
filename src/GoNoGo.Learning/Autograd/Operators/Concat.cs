using GoNoGo.Tensors;
using GoNoGo.Tensors.Kernels;

namespace GoNoGo.Learning.Autograd.Operators;

/// <summary>Tensors joined along one dimension.</summary>
public static class ConcatOperator
{
    /// <summary>x followed by another tensor along <paramref name="axis"/>.</summary>
    public static Variable Concat(this Variable x, Variable other, int axis) => Concat(axis, x, other);

    /// <summary>The parts one after the other along <paramref name="axis"/> (negative: from the end); all other dimensions are equal.</summary>
    /// <exception cref="ArgumentException">No parts, or shapes that differ elsewhere than in the axis.</exception>
    public static Variable Concat(int axis, params ReadOnlySpan<Variable> parts)
    {
        if (parts.Length == 0)
        {
            throw new ArgumentException("Concat: no parts.", nameof(parts));
        }

        Tape tape = parts[0].Tape;
        Shape first = parts[0].Shape;
        int at = axis < 0 ? axis + first.Rank : axis;
        int total = 0;
        bool tracks = false;
        foreach (Variable part in parts)
        {
            if (part.Shape.Rank != first.Rank || part.Shape.With(at, first[at]) != first)
            {
                throw new ArgumentException($"Concat: part {part.Shape} does not fit {first} along dimension {at}.", nameof(parts));
            }

            total = checked(total + part.Shape[at]);
            tracks |= tape.Tracks(part);
        }

        Tensor y = tape.New(first.With(at, total));
        Strides strides = Strides.RowMajor(y.Shape);
        long offset = 0;
        foreach (Variable part in parts)
        {
            StridedCopy.Run(part.Value, 0, Strides.RowMajor(part.Shape), part.Shape, offset, strides, add: false, y);
            offset += part.Shape[at] * strides[at];
        }

        if (!tracks)
        {
            return tape.Constant(y);
        }

        Node node = tape.Rent<Node>();
        node.Axis = at;
        node.Parts.Clear();
        node.Parts.AddRange(parts);
        return tape.Emit(y, node);
    }

    private sealed class Node : TapeNode
    {
        public int Axis { get; set; }

        public List<Variable> Parts { get; } = [];

        public override void Backward(Tape tape, Tensor gradient)
        {
            Strides strides = Strides.RowMajor(gradient.Shape);
            long offset = 0;
            foreach (Variable part in Parts)
            {
                if (part.NeedsGradient)
                {
                    Tensor gradPart = tape.Accumulate(part, out bool overwrite);
                    StridedCopy.Run(gradient, offset, strides, part.Shape, 0, Strides.RowMajor(part.Shape), !overwrite, gradPart);
                }

                offset += part.Shape[Axis] * strides[Axis];
            }
        }
    }
}

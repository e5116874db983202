using GoNoGo.Tensors;
using GoNoGo.Tensors.Kernels;

namespace GoNoGo.Learning.Autograd.Operators;

/// <summary>A cyclic shift of two dimensions (shifted windows roll rows and columns).</summary>
public static class RollOperator
{
    /// <summary>
    /// y[.., (r + rowShift) mod R, (c + columnShift) mod C, ..] = x[.., r, c, ..] where R and C are the lengths of
    /// <paramref name="rowAxis"/> and the dimension after it. Shifts may be negative.
    /// </summary>
    /// <param name="x">At least two dimensions.</param>
    /// <param name="rowAxis">The first of the two neighbouring dimensions; negative counts from the end.</param>
    /// <param name="rowShift">Shift of the rows towards larger indices.</param>
    /// <param name="columnShift">Shift of the columns towards larger indices.</param>
    public static Variable Roll(this Variable x, int rowAxis, int rowShift, int columnShift)
    {
        Tape tape = x.Tape;
        int axis = rowAxis < 0 ? rowAxis + x.Shape.Rank : rowAxis;
        if (axis < 0 || axis + 1 >= x.Shape.Rank)
        {
            throw new ArgumentException($"Roll: x {x.Shape} has no dimensions {rowAxis} and {rowAxis + 1}.", nameof(rowAxis));
        }

        Tensor y = tape.New(x.Shape);
        Copy(x.Value, axis, rowShift, columnShift, add: false, y);
        if (!tape.Tracks(x))
        {
            return tape.Constant(y);
        }

        Node node = tape.Rent<Node>();
        (node.X, node.Axis, node.RowShift, node.ColumnShift) = (x, axis, rowShift, columnShift);
        return tape.Emit(y, node);
    }

    /// <summary>The shift moves up to four boxes, two halves by two halves.</summary>
    private static void Copy(Tensor source, int axis, int rowShift, int columnShift, bool add, Tensor destination)
    {
        Shape shape = source.Shape;
        if (shape.ElementCount == 0)
        {
            return;
        }

        Strides strides = Strides.RowMajor(shape);
        int rows = shape[axis];
        int columns = shape[axis + 1];
        int rowSplit = ((rowShift % rows) + rows) % rows;
        int columnSplit = ((columnShift % columns) + columns) % columns;
        for (int box = 0; box < 4; box++)
        {
            (int fromRow, int toRow, int rowCount) = (box & 1) == 0 ? (0, rowSplit, rows - rowSplit) : (rows - rowSplit, 0, rowSplit);
            (int fromColumn, int toColumn, int columnCount) = (box & 2) == 0 ? (0, columnSplit, columns - columnSplit) : (columns - columnSplit, 0, columnSplit);
            Shape extent = shape.With(axis, rowCount).With(axis + 1, columnCount);
            long from = (fromRow * strides[axis]) + (fromColumn * strides[axis + 1]);
            long to = (toRow * strides[axis]) + (toColumn * strides[axis + 1]);
            StridedCopy.Run(source, from, strides, extent, to, strides, add, destination);
        }
    }

    private sealed class Node : TapeNode
    {
        public Variable X { get; set; }

        public int Axis { get; set; }

        public int RowShift { get; set; }

        public int ColumnShift { get; set; }

        public override void Backward(Tape tape, Tensor gradient)
        {
            Tensor gradX = tape.Accumulate(X, out bool overwrite);
            Copy(gradient, Axis, -RowShift, -ColumnShift, !overwrite, gradX);
        }
    }
}

using GoNoGo.Tensors;
using GoNoGo.Tensors.Kernels.Pooling;

namespace GoNoGo.Learning.Autograd.Operators;

/// <summary>The largest pixel of every window; the gradient goes to the first largest one.</summary>
public static class MaxPool2dOperator
{
    /// <summary>Pools with a square window.</summary>
    /// <param name="x"><c>[B, C, H, W]</c>.</param>
    /// <param name="kernel">Rows and columns of the window.</param>
    /// <param name="stride">Pixels from one window to the next; 0 means <paramref name="kernel"/>.</param>
    /// <param name="padding">Pixels around the image that windows may reach over; they never win.</param>
    /// <returns><c>[B, C, H', W']</c>.</returns>
    /// <exception cref="ArgumentException">The window does not fit x.</exception>
    public static Variable MaxPool2d(this Variable x, int kernel, int stride = 0, int padding = 0) => x.MaxPool2d(new PoolWindow(kernel, stride, padding));

    /// <summary>Pools with any window.</summary>
    /// <param name="x"><c>[B, C, H, W]</c>.</param>
    /// <param name="window">Extent, stride, padding.</param>
    /// <returns><c>[B, C, H', W']</c>.</returns>
    /// <exception cref="ArgumentException">The window does not fit x.</exception>
    public static Variable MaxPool2d(this Variable x, in PoolWindow window)
    {
        Tape tape = x.Tape;
        Tensor y = tape.New(window.OutputShape(x.Shape));
        MaxPool2dKernel.Forward(x.Value, window, y);
        if (!tape.Tracks(x))
        {
            return tape.Constant(y);
        }

        Node node = tape.Rent<Node>();
        node.X = x;
        node.Window = window;
        return tape.Emit(y, node);
    }

    private sealed class Node : TapeNode
    {
        public Variable X { get; set; }

        public PoolWindow Window { get; set; }

        public override void Backward(Tape tape, Tensor gradient)
        {
            Tensor gradX = tape.Accumulate(X, out bool overwrite);
            MaxPool2dKernel.GradientOfInput(X.Value, gradient, Window, !overwrite, gradX);
        }
    }
}

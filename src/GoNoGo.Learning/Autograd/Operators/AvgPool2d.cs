using GoNoGo.Tensors;
using GoNoGo.Tensors.Kernels.Pooling;

namespace GoNoGo.Learning.Autograd.Operators;

/// <summary>The mean of every window.</summary>
public static class AvgPool2dOperator
{
    /// <summary>Pools with a square window.</summary>
    /// <param name="x"><c>[B, C, H, W]</c>.</param>
    /// <param name="kernel">Rows and columns of the window.</param>
    /// <param name="stride">Pixels from one window to the next; 0 means <paramref name="kernel"/>.</param>
    /// <param name="padding">Pixels around the image that windows may reach over.</param>
    /// <param name="countIncludePad">Whether those pixels count as zeros; otherwise only pixels of the image are averaged.</param>
    /// <returns><c>[B, C, H', W']</c>.</returns>
    /// <exception cref="ArgumentException">The window does not fit x.</exception>
    public static Variable AvgPool2d(this Variable x, int kernel, int stride = 0, int padding = 0, bool countIncludePad = true) =>
        x.AvgPool2d(new PoolWindow(kernel, stride, padding), countIncludePad);

    /// <summary>Pools with any window.</summary>
    /// <param name="x"><c>[B, C, H, W]</c>.</param>
    /// <param name="window">Extent, stride, padding.</param>
    /// <param name="countIncludePad">Whether padding counts as zeros; otherwise only pixels of the image are averaged.</param>
    /// <returns><c>[B, C, H', W']</c>.</returns>
    /// <exception cref="ArgumentException">The window does not fit x.</exception>
    public static Variable AvgPool2d(this Variable x, in PoolWindow window, bool countIncludePad = true)
    {
        Tape tape = x.Tape;
        Tensor y = tape.New(window.OutputShape(x.Shape));
        AvgPool2dKernel.Forward(x.Value, window, countIncludePad, y);
        if (!tape.Tracks(x))
        {
            return tape.Constant(y);
        }

        Node node = tape.Rent<Node>();
        node.X = x;
        node.Window = window;
        node.CountIncludePad = countIncludePad;
        return tape.Emit(y, node);
    }

    private sealed class Node : TapeNode
    {
        public Variable X { get; set; }

        public PoolWindow Window { get; set; }

        public bool CountIncludePad { get; set; }

        public override void Backward(Tape tape, Tensor gradient)
        {
            Tensor gradX = tape.Accumulate(X, out bool overwrite);
            AvgPool2dKernel.GradientOfInput(gradient, Window, CountIncludePad, !overwrite, gradX);
        }
    }
}

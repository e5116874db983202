using GoNoGo.Learning.Graphs.Onnx;
using GoNoGo.Tensors;
using GoNoGo.Tensors.Kernels;
using GoNoGo.Tensors.Memory;

namespace GoNoGo.Detection.Detectors.Onnx;

/// <summary>
/// Bilinear enlargement and Gaussian smoothing in an ONNX graph: both are linear along rows and along columns, so each side is one matrix,
/// made by the very kernels that score. Runtimes differ in their resize operators; matrix products they all compute alike.
/// </summary>
internal static class OnnxMaps
{
    /// <summary>Enlarges maps, then smooths them.</summary>
    /// <param name="onnx">Receives the nodes.</param>
    /// <param name="maps"><c>[.., h, w]</c>.</param>
    /// <param name="from">h and w.</param>
    /// <param name="to">Rows and columns of the result.</param>
    /// <param name="alignsCorners">The corner convention of the enlargement.</param>
    /// <param name="smoothing">Standard deviation in pixels of the result; 0 = none.</param>
    public static OnnxResult Enlarge(
        OnnxBuilder onnx, OnnxResult maps, (int Rows, int Columns) from, (int Rows, int Columns) to, bool alignsCorners = false, double smoothing = 0)
    {
        if (from == to && smoothing <= 0)
        {
            return maps;
        }

        OnnxResult rows = Side(onnx, from.Rows, to.Rows, alignsCorners, smoothing, transposed: false);
        OnnxResult columns = Side(onnx, from.Columns, to.Columns, alignsCorners, smoothing, transposed: true);
        return onnx.MatMul(onnx.MatMul(rows, maps), columns);
    }

    /// <summary>The matrix <c>[to, from]</c> of one side, or its transpose.</summary>
    private static OnnxResult Side(OnnxBuilder onnx, int from, int to, bool alignsCorners, double smoothing, bool transposed)
    {
        string name = FormattableString.Invariant($"enlarge.{from}.{to}{(alignsCorners ? ".corners" : "")}{(smoothing > 0 ? $".{smoothing:R}" : "")}{(transposed ? ".transposed" : "")}");
        return onnx.Constant(name, transposed ? new Shape(from, to) : new Shape(to, from), scope =>
        {
            // What becomes of each unit vector.
            Tensor units = scope.Zeros(new Shape(from, from, 1));
            for (int i = 0; i < from; i++)
            {
                units.Span[(i * from) + i] = 1;
            }

            Tensor sides = scope.New(new Shape(from, to, 1));
            Interpolate.Forward(units, InterpolationMode.Bilinear, alignsCorners, sides);
            if (smoothing > 0)
            {
                Tensor smoothed = scope.New(sides.Shape);
                GaussianFilter.Run(sides, smoothing, smoothed);
                sides = smoothed;
            }

            return transposed ? sides.Reshape(new Shape(from, to)) : Transposed(sides, from, to, scope);
        });
    }

    private static Tensor Transposed(Tensor sides, int from, int to, TensorScope scope)
    {
        Tensor matrix = scope.New(new Shape(to, from));
        for (int i = 0; i < from * to; i++)
        {
            matrix.Span[(i % to * from) + (i / to)] = sides.Span[i];
        }

        return matrix;
    }
}

using GoNoGo.Learning.Graphs.Onnx;
using GoNoGo.Tensors;
using GoNoGo.Tensors.Kernels.Distances;
using GoNoGo.Tensors.Memory;

namespace GoNoGo.Detection.Detectors.Padim;

/// <content>The ONNX form: the distance is the length of the whitened difference, |(x - mean) L^-T|.</content>
public sealed partial class PadimDetector
{
    /// <inheritdoc/>
    public override string? ReasonAgainstExport => null;

    private protected override OnnxResult ExportPatches(OnnxBuilder onnx, OnnxResult rows)
    {
        int width = _means.Shape[1];
        if (width != Stack.Width)
        {
            rows = onnx.Gather(rows, Array.ConvertAll(_selection.ToArray(), index => (int)index), 2);
        }

        OnnxResult centred = onnx.Subtract(rows, onnx.Constant("padim.means", _means));
        if (_isGlobal)
        {
            OnnxResult matrix = onnx.Constant("padim.whitening", new Shape(width, width), scope => Unpacked(scope).Reshape(new Shape(width, width)));
            return onnx.Sqrt(onnx.Sum(onnx.Square(onnx.MatMul(centred, matrix)), 2));
        }

        // A matrix for each position: positions first, [P, B, D] x [P, D, D].
        OnnxResult matrices = onnx.Constant("padim.whitening", new Shape(Stack.Patches, width, width), Unpacked);
        OnnxResult whitened = onnx.MatMul(onnx.Transpose(centred, 1, 0, 2), matrices);
        return onnx.Transpose(onnx.Sqrt(onnx.Sum(onnx.Square(whitened), 2)), 1, 0);
    }

    /// <summary>The transposed triangles as full matrices, <c>[G, D, D]</c>.</summary>
    private Tensor Unpacked(TensorScope scope)
    {
        (int groups, int width) = (_means.Shape[0], _means.Shape[1]);
        Tensor matrices = scope.Zeros(new Shape(groups, width, width));
        for (int group = 0; group < groups; group++)
        {
            ReadOnlySpan<float> packed = _whitening[group].Span;
            Span<float> matrix = matrices[group].Span;
            for (int i = 0; i < width; i++)
            {
                int line = (int)MahalanobisDistance.PackedElements(i);
                for (int j = 0; j <= i; j++)
                {
                    matrix[(j * width) + i] = packed[line + j];
                }
            }
        }

        return matrices;
    }
}

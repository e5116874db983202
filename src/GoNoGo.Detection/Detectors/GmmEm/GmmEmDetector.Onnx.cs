using GoNoGo.Learning.Densities.Gaussians;
using GoNoGo.Learning.Graphs.Onnx;
using GoNoGo.Tensors;

namespace GoNoGo.Detection.Detectors.GmmEm;

/// <content>The ONNX form: whitening, the squared lengths of the whitened differences to all components, and the logarithm of the sum of what they make.</content>
public sealed partial class GmmEmDetector
{
    /// <inheritdoc/>
    public override string? ReasonAgainstExport => null;

    private protected override OnnxResult ExportPatches(OnnxBuilder onnx, OnnxResult rows)
    {
        (int count, int width) = (_means.Shape[0], _means.Shape[1]);
        OnnxResult centred = onnx.Subtract(rows, onnx.Constant("gmm-em.mean", _mean));
        OnnxResult whitened = onnx.MatMul(centred, onnx.Transposed("gmm-em.projection", _projection));
        OnnxResult differences = _form switch
        {
            CovarianceForm.Diagonal => onnx.Multiply(
                onnx.Subtract(onnx.Reshape(whitened, 0, 0, 1, width), onnx.Constant("gmm-em.means", _means)), onnx.Constant("gmm-em.factors", _factors)),
            CovarianceForm.Tied => onnx.Subtract(
                onnx.Reshape(Transformed(onnx, whitened), 0, 0, 1, width), onnx.Reshape(Transformed(onnx, onnx.Constant("gmm-em.means", _means)), count, width)),
            _ => onnx.Reshape(onnx.Add(Transformed(onnx, whitened), onnx.Constant("gmm-em.bias", _density!.Bias)), 0, 0, count, width),
        };
        OnnxResult parts = onnx.Add(onnx.Multiply(onnx.Sum(onnx.Square(differences), 3), onnx.Number(-0.5f)), onnx.Constant("gmm-em.constants", _constants));
        OnnxResult scores = onnx.Multiply(onnx.LogSumExp(parts, 2), onnx.Number(-1));
        if (_residualVariance == 0)
        {
            return scores;
        }

        OnnxResult variances = onnx.Constant("gmm-em.variances", new Shape(_variances.Length), scope => scope.From(Array.ConvertAll(_variances, value => (float)value), new Shape(_variances.Length)));
        OnnxResult rest = onnx.Subtract(onnx.Sum(onnx.Square(centred), 2), onnx.Sum(onnx.Multiply(onnx.Square(whitened), variances), 2));
        return onnx.Add(scores, onnx.Multiply(onnx.Relu(rest), onnx.Number((float)(0.5 / _residualVariance))));
    }

    /// <summary>The product with all triangles at once, <c>[..., G D]</c>.</summary>
    private OnnxResult Transformed(OnnxBuilder onnx, OnnxResult x)
    {
        int rows = checked(_factors.Shape[0] * _means.Shape[1]);
        OnnxResult triangles = onnx.Constant("gmm-em.factors", new Shape(rows, _means.Shape[1]), scope => MixtureDensity.Unpacked(_factors, _means.Shape[1], scope));
        return onnx.MatMul(x, onnx.Transpose(triangles, 1, 0));
    }
}

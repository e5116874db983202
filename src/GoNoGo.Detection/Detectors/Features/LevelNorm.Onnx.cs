using GoNoGo.Learning.Graphs.Onnx;
using GoNoGo.Tensors;

namespace GoNoGo.Detection.Detectors.Features;

/// <content>The ONNX form.</content>
internal sealed partial class LevelNorm
{
    /// <summary>Writes the normalisation of maps <c>[B, D, h, w]</c>.</summary>
    /// <param name="onnx">Receives the nodes.</param>
    /// <param name="name">What stands before the names of weight and bias.</param>
    /// <param name="maps">The maps.</param>
    /// <param name="shape"><c>[D, h, w]</c>.</param>
    public OnnxResult Export(OnnxBuilder onnx, string name, OnnxResult maps, Shape shape)
    {
        if (!_applies)
        {
            return maps;
        }

        OnnxResult centred = onnx.Subtract(maps, onnx.Reshape(onnx.Mean(maps, 1, 2, 3), -1, 1, 1, 1));
        OnnxResult variance = onnx.Reshape(onnx.Mean(onnx.Square(centred), 1, 2, 3), -1, 1, 1, 1);
        OnnxResult result = onnx.Divide(centred, onnx.Sqrt(onnx.Add(variance, onnx.Number(Epsilon))));
        if (_weight is not null)
        {
            result = onnx.Multiply(result, onnx.Constant(name + "norm.weight", _weight.Value.Reshape(shape)));
            result = onnx.Add(result, onnx.Constant(name + "norm.bias", _bias!.Value.Reshape(shape)));
        }

        return result;
    }
}

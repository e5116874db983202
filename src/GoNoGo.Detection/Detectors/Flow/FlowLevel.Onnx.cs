using GoNoGo.Learning.Densities.Flows;
using GoNoGo.Learning.Graphs.Onnx;
using GoNoGo.Tensors;

namespace GoNoGo.Detection.Detectors.Flow;

/// <content>The ONNX form.</content>
internal sealed partial class FlowLevel
{
    /// <summary>Writes the score of every position.</summary>
    /// <param name="onnx">Receives the nodes.</param>
    /// <param name="maps"><c>[B, D, h, w]</c>.</param>
    /// <returns><c>[B, h, w]</c>.</returns>
    public OnnxResult Export(OnnxBuilder onnx, OnnxResult maps)
    {
        string name = _level.Name + ".";
        OnnxResult normalised = _norm.Export(onnx, name, maps, new Shape(_level.Width, _level.Rows, _level.Columns));
        (OnnxResult z, OnnxResult determinants) = _flow.Export(onnx, name, normalised);
        OnnxResult energy = onnx.Multiply(onnx.Mean(onnx.Square(z), 1), onnx.Number(0.5f));
        switch (_score)
        {
            case FlowScore.Energy:
                return energy;
            case FlowScore.Probability:
                return onnx.Subtract(onnx.Number(1), onnx.Exp(onnx.Multiply(energy, onnx.Number(-1))));
            default:
                OnnxResult likelihood = onnx.Subtract(energy, onnx.Multiply(determinants, onnx.Number(1f / _level.Width)));
                return _norm.CountsVolume ? onnx.Subtract(likelihood, onnx.Constant(name + "volume", new Shape(_level.Rows, _level.Columns), _norm.MeanVolumes)) : likelihood;
        }
    }
}

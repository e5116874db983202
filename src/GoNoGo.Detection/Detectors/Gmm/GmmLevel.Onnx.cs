using GoNoGo.Learning.Graphs.Onnx;
using GoNoGo.Tensors;

namespace GoNoGo.Detection.Detectors.Gmm;

/// <content>The ONNX form.</content>
internal sealed partial class GmmLevel
{
    /// <summary>Writes the log-likelihood of each position, as a mean over its features.</summary>
    /// <param name="onnx">Receives the nodes.</param>
    /// <param name="maps">Maps <c>[B, D, h, w]</c>.</param>
    /// <returns><c>[B, h, w]</c>.</returns>
    public OnnxResult Export(OnnxBuilder onnx, OnnxResult maps)
    {
        string name = _level.Name + ".";
        int patches = _level.Rows * _level.Columns;
        OnnxResult normalised = _norm.Export(onnx, name, maps, new Shape(_level.Width, _level.Rows, _level.Columns));
        OnnxResult rows = onnx.Reshape(onnx.Transpose(normalised, 0, 2, 3, 1), 0, patches, _level.Width);
        OnnxResult likelihoods = _network.Export(onnx, name, rows, patches);
        likelihoods = onnx.Reshape(likelihoods, 0, _level.Rows, _level.Columns);
        return _norm.CountsVolume ? onnx.Add(likelihoods, onnx.Constant(name + "volume", new Shape(_level.Rows, _level.Columns), _norm.MeanVolumes)) : likelihoods;
    }
}

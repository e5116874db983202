using GoNoGo.Learning.Graphs.Onnx;
using GoNoGo.Tensors;
using GoNoGo.Tensors.Memory;

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
        if (_norm.CountsVolume)
        {
            likelihoods = onnx.Add(likelihoods, onnx.Constant(name + "volume", new Shape(patches), Volumes));
        }

        return onnx.Reshape(likelihoods, 0, _level.Rows, _level.Columns);
    }

    /// <summary>What the normalisation's volume adds to each position's mean log-likelihood <c>[h w]</c>.</summary>
    private Tensor Volumes(TensorScope scope)
    {
        using var tape = new Learning.Autograd.Tape(records: false);
        Tensor volumes = scope.New(new Shape(_level.Rows * _level.Columns));
        PositionVolumes(tape).CopyTo(volumes.Span);
        foreach (ref float volume in volumes.Span)
        {
            volume /= _level.Width;
        }

        return volumes;
    }
}

using GoNoGo.Learning.Graphs.Onnx;
using GoNoGo.Learning.Layers;
using GoNoGo.Tensors;
using GoNoGo.Tensors.Memory;

namespace GoNoGo.Detection.Detectors.Onnx;

/// <summary>The tensors of a detector in an ONNX file, by the names that its model file has them under.</summary>
internal sealed class OnnxHead
{
    private readonly OnnxBuilder _onnx;
    private readonly Dictionary<string, Tensor> _tensors;

    /// <summary>The tensors of a trained detector.</summary>
    /// <param name="onnx">Receives those that are asked for.</param>
    /// <param name="detector">Keeps them until the file is saved.</param>
    public OnnxHead(OnnxBuilder onnx, IDetector detector)
    {
        _onnx = onnx;
        _tensors = detector.Parameters.Select(parameter => new KeyValuePair<string, Tensor>(parameter.Name, parameter.Value))
            .Concat(detector.Buffers).ToDictionary(StringComparer.Ordinal);
    }

    /// <summary>A tensor as it is stored.</summary>
    public OnnxResult this[string name] => _onnx.Constant("head/" + name, _tensors[name]);

    /// <summary>Whether there is a tensor of a name.</summary>
    public bool Has(string name) => _tensors.ContainsKey(name);

    /// <summary>A matrix <c>[O, I]</c> as the right side of a product, <c>[I, O]</c>.</summary>
    public OnnxResult Transposed(string name) => _onnx.Transposed("head/" + name + ".transposed", _tensors[name]);

    /// <summary>The tensors for parts that are written as graphs.</summary>
    // The exporter reads each into a scope of its own; this one stays empty.
    public WeightSource Source() => WeightSource.FromReader(new TensorScope(), (name, tensor) => _tensors[name].CopyTo(tensor));
}

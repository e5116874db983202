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
    public OnnxResult Transposed(string name)
    {
        Tensor matrix = _tensors[name];
        (int rows, int columns) = (matrix.Shape[0], matrix.Shape[1]);
        return _onnx.Constant("head/" + name + ".transposed", new Shape(columns, rows), scope =>
        {
            Tensor transposed = scope.New(new Shape(columns, rows));
            ReadOnlySpan<float> from = matrix.Span;
            Span<float> to = transposed.Span;
            for (int row = 0; row < rows; row++)
            {
                for (int column = 0; column < columns; column++)
                {
                    to[(column * rows) + row] = from[(row * columns) + column];
                }
            }

            return transposed;
        });
    }

    /// <summary>The tensors for parts that are written as graphs.</summary>
    // The exporter reads each into a scope of its own; this one stays empty.
    public WeightSource Source() => WeightSource.FromReader(new TensorScope(), (name, tensor) => _tensors[name].CopyTo(tensor));
}

using GoNoGo.Tensors;
using GoNoGo.Tensors.Memory;

namespace GoNoGo.Learning.Graphs.Inference;

/// <summary>The values of one call: handles into one rented block, the input and the caller's destinations.</summary>
internal sealed class PlanWorkspace(int nodes) : IDisposable
{
    private readonly Tensor[] _values = new Tensor[nodes];
    private readonly TensorScope _scope = new();

    /// <summary>B of this call.</summary>
    public int Images { get; private set; }

    /// <summary>The value of a node.</summary>
    public Tensor this[int node] => _values[node];

    /// <summary>Rents the block and places all values.</summary>
    public void Bind(BufferLayout layout, IReadOnlyList<GraphNode> nodes, IReadOnlyList<int> outputNodes, Tensor input, ReadOnlySpan<Tensor> outputs)
    {
        Images = input.Shape[0];
        Tensor block = _scope.New(new Shape(checked((int)(layout.ElementsPerImage * Images))));
        for (int node = 0; node < _values.Length; node++)
        {
            long offset = layout.Offsets[node];
            if (offset >= 0)
            {
                Shape shape = nodes[node].Shape.For(Images);
                _values[node] = block.Slice((int)(offset * Images), checked((int)shape.ElementCount)).Reshape(shape);
            }
        }

        _values[0] = input;
        for (int i = outputs.Length - 1; i >= 0; i--)
        {
            if (outputNodes[i] > 0)
            {
                _values[outputNodes[i]] = outputs[i];
            }
        }
    }

    /// <summary>Gives the block back.</summary>
    public void Release()
    {
        Array.Clear(_values);
        _scope.Reset();
    }

    /// <inheritdoc/>
    public void Dispose() => _scope.Dispose();
}

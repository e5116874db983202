using GoNoGo.Learning.Checkpoints;
using GoNoGo.Tensors;

namespace GoNoGo.Detection.Backbones.Weights;

/// <summary>Collects the tensors of an architecture, part by part.</summary>
internal sealed class KeyList
{
    private readonly List<KeyRule> _keys = [];

    public IReadOnlyList<KeyRule> Keys => _keys;

    public void Add(IReadOnlyList<string> levels, string name, params ReadOnlySpan<int> shape) => _keys.Add(new KeyRule(name, new Shape(shape), levels));

    /// <summary><c>NAME.weight</c> and <c>NAME.bias</c> of a norm.</summary>
    public void AddNorm(IReadOnlyList<string> levels, string name, int width)
    {
        Add(levels, name + ".weight", width);
        Add(levels, name + ".bias", width);
    }

    /// <summary>A batch norm: its norm and its running statistics.</summary>
    public void AddBatchNorm(IReadOnlyList<string> levels, string name, int width)
    {
        AddNorm(levels, name, width);
        Add(levels, name + ".running_mean", width);
        Add(levels, name + ".running_var", width);
    }

    /// <summary>A weight of the given shape and a bias as long as its first dimension.</summary>
    public void AddWithBias(IReadOnlyList<string> levels, string name, params ReadOnlySpan<int> shape)
    {
        Add(levels, name + ".weight", shape);
        Add(levels, name + ".bias", shape[0]);
    }
}

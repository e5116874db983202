using GoNoGo.Learning.Initializers;
using GoNoGo.Tensors;
using Starts = GoNoGo.Learning.Initializers.Initializers;

namespace GoNoGo.Learning.Graphs;

/// <summary>A tensor that a graph needs from outside: a weight by its full name in the reference's state dict.</summary>
/// <param name="Name">The full name, for example <c>blocks.3.attn.qkv.weight</c>. One name is one tensor, however many nodes use it.</param>
/// <param name="Shape">Its shape.</param>
/// <param name="Start">The start value where there is no file (tests, benchmarks).</param>
/// <param name="IsBuffer">Whether it is a running statistic instead of something that gradients train.</param>
public sealed record GraphParameter(string Name, Shape Shape, Initializer Start, bool IsBuffer = false)
{
    /// <summary>A matrix or kernel <c>[out, in, ..]</c>.</summary>
    public static GraphParameter Weight(string name, Shape shape) => new(name, shape, Starts.LibraryDefault());

    /// <summary>The bias that belongs to a weight, <c>[out]</c>.</summary>
    public static GraphParameter Bias(string name, Shape weight) => new(name, new Shape(weight[0]), Starts.LibraryDefaultBias(weight));

    /// <summary>A tensor that starts with one value everywhere (factors and offsets of norms, layer scales).</summary>
    public static GraphParameter Constant(string name, Shape shape, double value) => new(name, shape, Starts.Constant(value));

    /// <summary>A running statistic.</summary>
    public static GraphParameter Buffer(string name, Shape shape, double value) => new(name, shape, Starts.Constant(value), IsBuffer: true);

    /// <summary>A token, position embedding or bias table: normal with deviation 0.02.</summary>
    public static GraphParameter Table(string name, Shape shape) => new(name, shape, Starts.Normal(0.02));
}

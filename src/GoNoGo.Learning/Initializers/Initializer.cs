using GoNoGo.Tensors;

namespace GoNoGo.Learning.Initializers;

/// <summary>
/// Gives a new parameter its start value: a pure function of the shape, the seed and the stream, so that a model starts
/// the same whatever order its layers are made in.
/// </summary>
/// <param name="value">The tensor to fill.</param>
/// <param name="seed">The training seed.</param>
/// <param name="stream">A number of its own for each parameter (a hash of its name).</param>
public delegate void Initializer(Tensor value, ulong seed, ulong stream);

using GoNoGo.Tensors.Kernels;

namespace GoNoGo.Learning.Graphs.Operators;

/// <summary>A function of every element: ReLU, or GELU in its exact (erf) form. Any shape.</summary>
/// <param name="Function">Which one; not <see cref="MatrixActivation.None"/>.</param>
public sealed record ActivationOp(MatrixActivation Function) : Operator
{
    /// <inheritdoc/>
    public override GraphShape Infer(ReadOnlySpan<GraphShape> inputs)
    {
        Require(inputs.Length == 1 && Function != MatrixActivation.None, inputs, "one input and a function");
        return inputs[0];
    }
}

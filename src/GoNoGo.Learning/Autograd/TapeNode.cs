using GoNoGo.Tensors;

namespace GoNoGo.Learning.Autograd;

/// <summary>
/// What an operator leaves on the tape for the backward pass. Nodes are pooled by the tape: a subclass has a
/// parameterless constructor, is filled after <see cref="Tape.Rent{TNode}"/>, and holds only handles and numbers.
/// </summary>
public abstract class TapeNode
{
    internal Variable Output { get; set; }

    internal Stack<TapeNode>? Home { get; set; }

    /// <summary>
    /// Adds to the gradients of the operator's inputs: for each input that needs one, take its buffer from
    /// <see cref="Tape.Accumulate(Variable)"/> (zeroed on first use, add to it) or
    /// <see cref="Tape.Accumulate(Variable, out bool)"/> (may be undefined: overwrite it when told so).
    /// </summary>
    /// <param name="tape">The tape, for scratch memory and the inputs' gradients.</param>
    /// <param name="gradient">The gradient of the operator's output.</param>
    public abstract void Backward(Tape tape, Tensor gradient);
}

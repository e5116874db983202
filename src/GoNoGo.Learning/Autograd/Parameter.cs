using GoNoGo.Tensors;
using GoNoGo.Tensors.Memory;

namespace GoNoGo.Learning.Autograd;

/// <summary>
/// A named tensor that training changes: its value, and the gradient that <see cref="Tape.Backward"/> adds to.
/// Its memory belongs to the scope of the model, not to a step.
/// </summary>
public sealed class Parameter
{
    /// <summary>A parameter over memory of the model's scope.</summary>
    /// <param name="name">The full name as in the checkpoint, for example <c>vt.transformer.layers.0.0.fn.norm.weight</c>.</param>
    /// <param name="value">The value; it must live as long as the parameter.</param>
    /// <param name="scope">Lends the memory of the gradient when it is first needed.</param>
    public Parameter(string name, Tensor value, TensorScope scope)
    {
        Name = name;
        Value = value;
        _scope = scope;
    }

    private readonly TensorScope _scope;
    private Tensor _gradient;

    /// <summary>The full name as in the checkpoint.</summary>
    public string Name { get; }

    /// <summary>The value.</summary>
    public Tensor Value { get; }

    /// <summary>The shape of value and gradient.</summary>
    public Shape Shape => Value.Shape;

    /// <summary>Whether training leaves the value as it is; no gradient is computed then.</summary>
    public bool IsFrozen { get; set; }

    /// <summary>Whether a gradient was computed since <see cref="ResetGradient"/>.</summary>
    public bool HasGradient { get; internal set; }

    /// <summary>The gradient, in the value's shape; zeros before the first backward pass.</summary>
    public Tensor Gradient
    {
        get
        {
            if (_gradient.IsEmpty)
            {
                _gradient = _scope.Zeros(Shape);
            }

            return _gradient;
        }
    }

    /// <summary>Says that <see cref="Gradient"/> was filled from outside (a checkpoint): the next backward pass adds to it.</summary>
    public void MarkGradient() => HasGradient = true;

    /// <summary>Forgets the gradient: the next backward pass starts from zero.</summary>
    public void ResetGradient() => HasGradient = false;
}

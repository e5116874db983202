using GoNoGo.Tensors;

namespace GoNoGo.Learning.Autograd;

/// <summary>A value on a <see cref="Tape"/>: a handle that operators take and give. Valid until the tape is reset.</summary>
public readonly struct Variable
{
    internal Variable(Tape tape, int index)
    {
        Tape = tape;
        Index = index;
    }

    /// <summary>The tape that holds the value.</summary>
    public Tape Tape { get; }

    internal int Index { get; }

    /// <summary>Whether this is "no variable", used for optional arguments.</summary>
    public bool IsEmpty => Tape is null;

    /// <summary>The computed value.</summary>
    public Tensor Value => Tape.ValueOf(this);

    /// <summary>The shape of the value.</summary>
    public Shape Shape => Value.Shape;

    /// <summary>Whether a backward pass computes a gradient for this value.</summary>
    public bool NeedsGradient => !IsEmpty && Tape.NeedsGradient(this);

    /// <summary>The gradient after <see cref="Autograd.Tape.Backward"/> (empty where nothing flowed here).</summary>
    public Tensor Gradient => Tape.GradientOf(this);
}

namespace GoNoGo.Learning.Graphs;

/// <summary>
/// What a node of a <see cref="Graph"/> computes: its attributes, the parameters it needs and the shape it gives. An operator holds
/// no weights and computes nothing itself; the tape, the inference plan and the exporters each say how.
/// </summary>
public abstract record Operator
{
    /// <summary>The parameters, in the order of their first use; most operators have none.</summary>
    public virtual IReadOnlyList<GraphParameter> Parameters => [];

    /// <summary>The shape of the result.</summary>
    /// <param name="inputs">The shapes of the inputs.</param>
    /// <exception cref="ArgumentException">They do not fit the operator.</exception>
    public abstract GraphShape Infer(ReadOnlySpan<GraphShape> inputs);

    /// <summary>The only input's shape, which must have the given number of dimensions after the first.</summary>
    protected GraphShape Single(ReadOnlySpan<GraphShape> inputs, int rank, string expected)
    {
        if (inputs.Length != 1 || inputs[0].Item.Rank != rank)
        {
            throw new ArgumentException($"{GetType().Name}: {Text(inputs)}, expected {expected}.", nameof(inputs));
        }

        return inputs[0];
    }

    /// <summary>Throws unless a condition on the inputs holds.</summary>
    protected void Require(bool fits, ReadOnlySpan<GraphShape> inputs, string expected)
    {
        if (!fits)
        {
            throw new ArgumentException($"{GetType().Name}: {Text(inputs)}, expected {expected}.", nameof(inputs));
        }
    }

    private static string Text(ReadOnlySpan<GraphShape> inputs)
    {
        string[] shapes = new string[inputs.Length];
        for (int i = 0; i < shapes.Length; i++)
        {
            shapes[i] = inputs[i].ToString();
        }

        return shapes.Length == 0 ? "no input" : "inputs " + string.Join(" and ", shapes);
    }
}

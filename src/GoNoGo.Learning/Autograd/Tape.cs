using GoNoGo.Tensors;
using GoNoGo.Tensors.Memory;

namespace GoNoGo.Learning.Autograd;

/// <summary>
/// Records the operators of one training step and runs them backwards (reverse-mode automatic differentiation).
/// Nodes and memory are reused after <see cref="Reset"/>, so that a steady training loop allocates no managed memory.
/// A tape that does not record computes values only. Used by one thread at a time.
/// </summary>
public sealed class Tape : IDisposable
{
    private readonly TensorScope _scope;
    private readonly List<Entry> _entries = [];
    private readonly List<TapeNode> _nodes = [];
    private readonly Dictionary<Type, Stack<TapeNode>> _pool = [];

    /// <summary>A tape over the given pool.</summary>
    /// <param name="pool">Lends the memory of values and gradients; default: the shared pool.</param>
    /// <param name="records">False: values only, no backward pass (inference).</param>
    public Tape(MemoryPool? pool = null, bool records = true)
    {
        _scope = new TensorScope(pool);
        Records = records;
    }

    /// <summary>Whether operators are recorded for a backward pass.</summary>
    public bool Records { get; }

    /// <summary>Owns every value and gradient of the step.</summary>
    public TensorScope Scope => _scope;

    /// <summary>A value that no gradient is wanted for. Its memory may belong to any scope that outlives the step.</summary>
    public Variable Constant(Tensor value) => Add(value, needsGradient: false, parameter: null);

    /// <summary>A value whose gradient is wanted (an input under test, a detached activation).</summary>
    public Variable Input(Tensor value) => Add(value, needsGradient: Records, parameter: null);

    /// <summary>A parameter's value; its gradient accumulates in the parameter.</summary>
    public Variable Use(Parameter parameter)
    {
        ArgumentNullException.ThrowIfNull(parameter);
        return Add(parameter.Value, needsGradient: Records && !parameter.IsFrozen, parameter);
    }

    /// <summary>A tensor of the step with undefined contents, for results and scratch.</summary>
    public Tensor New(Shape shape) => _scope.New(shape);

    /// <summary>A node of the given type, reused where possible; fill it and pass it to <see cref="Emit"/>.</summary>
    public TNode Rent<TNode>() where TNode : TapeNode, new()
    {
        if (!_pool.TryGetValue(typeof(TNode), out Stack<TapeNode>? stack))
        {
            _pool[typeof(TNode)] = stack = new Stack<TapeNode>();
        }

        TNode node = stack.Count > 0 ? (TNode)stack.Pop() : new TNode();
        node.Home = stack;
        return node;
    }

    /// <summary>Puts an operator's result and its node on the tape.</summary>
    public Variable Emit(Tensor value, TapeNode node)
    {
        ArgumentNullException.ThrowIfNull(node);
        Variable output = Add(value, needsGradient: true, parameter: null);
        node.Output = output;
        _nodes.Add(node);
        return output;
    }

    /// <summary>Whether an operator with these inputs must leave a node.</summary>
    public bool Tracks(Variable a) => Records && a.NeedsGradient;

    /// <inheritdoc cref="Tracks(Variable)"/>
    public bool Tracks(Variable a, Variable b) => Records && (a.NeedsGradient || b.NeedsGradient);

    /// <inheritdoc cref="Tracks(Variable)"/>
    public bool Tracks(Variable a, Variable b, Variable c) => Records && (a.NeedsGradient || b.NeedsGradient || c.NeedsGradient);

    /// <summary>
    /// Computes the gradient of a loss with respect to everything it depends on.
    /// </summary>
    /// <param name="loss">A one-element value, or any value when <paramref name="seed"/> is given.</param>
    /// <param name="seed">The gradient to start from, in the loss's shape; default 1.</param>
    /// <exception cref="ArgumentException">The loss has several elements and no seed, or the seed another shape.</exception>
    public void Backward(Variable loss, Tensor seed = default)
    {
        if (!loss.NeedsGradient)
        {
            throw new ArgumentException("Backward: the loss depends on nothing that needs a gradient (or the tape does not record).", nameof(loss));
        }

        Tensor start = Accumulate(loss);
        if (seed.IsEmpty)
        {
            if (loss.Value.ElementCount != 1)
            {
                throw new ArgumentException($"Backward: a loss of shape {loss.Shape} needs a seed gradient.", nameof(loss));
            }

            start.Span[0] += 1f;
        }
        else
        {
            if (seed.Shape != loss.Shape)
            {
                throw new ArgumentException($"Backward: seed shape {seed.Shape}, expected {loss.Shape}.", nameof(seed));
            }

            seed.CopyTo(start);
        }

        for (int i = _nodes.Count - 1; i >= 0; i--)
        {
            TapeNode node = _nodes[i];
            Tensor gradient = _entries[node.Output.Index].Gradient;
            if (!gradient.IsEmpty)
            {
                node.Backward(this, gradient);
            }
        }
    }

    /// <summary>The buffer to add a variable's gradient to: zeros when nothing flowed into it yet.</summary>
    public Tensor Accumulate(Variable variable)
    {
        Tensor gradient = Accumulate(variable, out bool overwrite);
        if (overwrite)
        {
            gradient.Clear();
        }

        return gradient;
    }

    /// <summary>
    /// The buffer of a variable's gradient. When <paramref name="overwrite"/> is true its contents are undefined and the
    /// caller must write every element; otherwise the caller must add.
    /// </summary>
    public Tensor Accumulate(Variable variable, out bool overwrite)
    {
        Entry entry = _entries[variable.Index];
        if (!entry.NeedsGradient)
        {
            throw new InvalidOperationException("Accumulate: this variable needs no gradient; ask NeedsGradient first.");
        }

        if (entry.Parameter is { } parameter)
        {
            overwrite = !parameter.HasGradient;
            parameter.HasGradient = true;
            entry.Gradient = parameter.Gradient;
            _entries[variable.Index] = entry;
            return entry.Gradient;
        }

        overwrite = entry.Gradient.IsEmpty;
        if (overwrite)
        {
            entry.Gradient = _scope.New(entry.Value.Shape);
            _entries[variable.Index] = entry;
        }

        return entry.Gradient;
    }

    /// <summary>Forgets the step: values and gradients are given back, nodes are kept for reuse.</summary>
    public void Reset()
    {
        foreach (TapeNode node in _nodes)
        {
            node.Home!.Push(node);
        }

        _nodes.Clear();
        _entries.Clear();
        _scope.Reset();
    }

    /// <summary>Gives all memory back.</summary>
    public void Dispose() => _scope.Dispose();

    internal Tensor ValueOf(Variable variable) => _entries[variable.Index].Value;

    internal Tensor GradientOf(Variable variable) => _entries[variable.Index].Gradient;

    internal bool NeedsGradient(Variable variable) => _entries[variable.Index].NeedsGradient;

    private Variable Add(Tensor value, bool needsGradient, Parameter? parameter)
    {
        _entries.Add(new Entry { Value = value, NeedsGradient = needsGradient, Parameter = parameter });
        return new Variable(this, _entries.Count - 1);
    }

    private struct Entry
    {
        public Tensor Value;
        public Tensor Gradient;
        public Parameter? Parameter;
        public bool NeedsGradient;
    }
}

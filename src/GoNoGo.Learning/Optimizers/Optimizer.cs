using GoNoGo.Learning.Autograd;
using GoNoGo.Tensors;
using GoNoGo.Tensors.Formats;
using GoNoGo.Tensors.Formats.Safetensors;
using GoNoGo.Tensors.Memory;

namespace GoNoGo.Learning.Optimizers;

/// <summary>
/// Changes parameters by their gradients. A parameter that is frozen or received no gradient since
/// <see cref="ResetGradients"/> is left alone, its state and step count too. A step allocates no managed memory once
/// every parameter has its state.
/// </summary>
public abstract class Optimizer : IDisposable
{
    private readonly Slot[] _slots;
    private readonly TensorScope _scope;
    private readonly int _stateCount;

    /// <summary>An optimizer over parameters.</summary>
    /// <param name="parameters">The parameters; their names must differ.</param>
    /// <param name="learningRate">The first learning rate.</param>
    /// <param name="stateCount">How many tensors of a parameter's shape the method keeps.</param>
    /// <param name="pool">Lends the memory of the state; default: the shared pool.</param>
    protected Optimizer(IReadOnlyList<Parameter> parameters, double learningRate, int stateCount, MemoryPool? pool)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        ArgumentOutOfRangeException.ThrowIfNegative(learningRate);
        LearningRate = learningRate;
        _stateCount = stateCount;
        _scope = new TensorScope(pool);
        _slots = [.. parameters.Select(parameter => new Slot { Parameter = parameter, State = new Tensor[stateCount] })];
        if (_slots.DistinctBy(slot => slot.Parameter.Name).Count() != _slots.Length)
        {
            throw new ArgumentException("Optimizer: two parameters have the same name.", nameof(parameters));
        }
    }

    /// <summary>The factor of each step; can be changed between steps.</summary>
    public double LearningRate { get; set; }

    /// <summary>The checkpoint names of the state tensors, for example <c>exp_avg</c>.</summary>
    protected abstract ReadOnlySpan<string> StateNames { get; }

    /// <summary>Updates every parameter that has a gradient.</summary>
    public void Step()
    {
        foreach (Slot slot in _slots)
        {
            if (slot.Parameter.IsFrozen || !slot.Parameter.HasGradient)
            {
                continue;
            }

            EnsureState(slot);
            slot.Steps++;
            Update(slot.Parameter.Value, slot.Parameter.Gradient, slot.State, slot.Steps);
        }
    }

    /// <summary>Forgets all gradients: the next backward pass starts from zero.</summary>
    public void ResetGradients()
    {
        foreach (Slot slot in _slots)
        {
            slot.Parameter.ResetGradient();
        }
    }

    /// <summary>
    /// Adds the state to a checkpoint, exact to the bit: per parameter <c>PREFIX + name + "/step"</c> and one tensor per
    /// state name. The tensors are read when the writer writes.
    /// </summary>
    public void Save(SafetensorsWriter writer, string prefix = "optimizer/")
    {
        ArgumentNullException.ThrowIfNull(writer);
        foreach (Slot slot in _slots.Where(slot => slot.Steps > 0))
        {
            string name = prefix + slot.Parameter.Name;
            writer.Add(name + "/step", [slot.Steps]);
            for (int i = 0; i < _stateCount; i++)
            {
                writer.Add($"{name}/{StateNames[i]}", slot.State[i]);
            }
        }
    }

    /// <summary>Takes the state from a checkpoint; parameters that had none there start anew.</summary>
    /// <exception cref="TensorFileException">A tensor is missing, has another shape, or belongs to no parameter.</exception>
    public void Restore(SafetensorsReader reader, string prefix = "optimizer/")
    {
        ArgumentNullException.ThrowIfNull(reader);
        var known = new HashSet<string>(StringComparer.Ordinal);
        foreach (Slot slot in _slots)
        {
            string name = prefix + slot.Parameter.Name;
            slot.Steps = reader.Contains(name + "/step") ? ReadSteps(reader, name + "/step") : 0;
            known.Add(name + "/step");
            if (slot.Steps > 0)
            {
                EnsureState(slot);
            }

            for (int i = 0; i < _stateCount; i++)
            {
                known.Add($"{name}/{StateNames[i]}");
                if (slot.Steps > 0)
                {
                    reader.Read($"{name}/{StateNames[i]}", slot.State[i]);
                }
                else if (!slot.State[i].IsEmpty)
                {
                    slot.State[i].Clear();
                }
            }
        }

        SafetensorsEntry? stranger = reader.Entries.FirstOrDefault(entry =>
            entry.Name.StartsWith(prefix, StringComparison.Ordinal) && !known.Contains(entry.Name));
        if (stranger is not null)
        {
            throw new TensorFileException($"'{reader.Name}': optimizer state '{stranger.Name}' belongs to no parameter of this model; resume with the options the checkpoint was made with.");
        }
    }

    /// <summary>Gives the state's memory back.</summary>
    public void Dispose()
    {
        _scope.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>One parameter's update.</summary>
    /// <param name="value">The parameter; changed in place.</param>
    /// <param name="gradient">Its gradient; left as it is.</param>
    /// <param name="state">The state tensors, zeros before the first step.</param>
    /// <param name="step">1 for the parameter's first step.</param>
    protected abstract void Update(Tensor value, Tensor gradient, ReadOnlySpan<Tensor> state, long step);

    private static long ReadSteps(SafetensorsReader reader, string name) => reader.ReadIntegers(name) is [>= 0 and var steps]
        ? steps
        : throw new TensorFileException($"'{reader.Name}': optimizer state '{name}' is not one number from 0 on; the checkpoint is damaged: remove it and train anew.");

    private void EnsureState(Slot slot)
    {
        for (int i = 0; i < _stateCount; i++)
        {
            if (slot.State[i].IsEmpty)
            {
                slot.State[i] = _scope.Zeros(slot.Parameter.Shape);
            }
        }
    }

    private sealed class Slot
    {
        public required Parameter Parameter { get; init; }

        public required Tensor[] State { get; init; }

        public long Steps { get; set; }
    }
}

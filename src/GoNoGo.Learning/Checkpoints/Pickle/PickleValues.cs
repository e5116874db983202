namespace GoNoGo.Learning.Checkpoints.Pickle;

// A pickle's values as inert data. None, bool, long, double and string are the machine's own (null and boxed); the others:

/// <summary>Something of no use to a reader of weights: bytes, sets, numbers beyond 64 bits (those up to 16 bytes keep their digits).</summary>
internal sealed record PickleOpaque(UInt128 Digits)
{
    public static PickleOpaque Instance { get; } = new(UInt128.Zero);
}

/// <summary>A tuple.</summary>
internal sealed record PickleTuple(object?[] Items)
{
    public static PickleTuple Empty { get; } = new([]);
}

/// <summary>A list.</summary>
internal sealed class PickleList
{
    public List<object?> Items { get; } = [];
}

/// <summary>Marks what a dictionary of weights is recognised by.</summary>
internal interface IPickleTensor;

/// <summary>A dictionary; entries whose key is no string are not kept.</summary>
internal class PickleDictionary
{
    private readonly Dictionary<string, int> _index = new(StringComparer.Ordinal);
    private readonly List<KeyValuePair<string, object?>> _entries = [];

    /// <summary>The entries in the order in which their keys came first.</summary>
    public IReadOnlyList<KeyValuePair<string, object?>> Entries => _entries;

    /// <summary>Whether a tensor was ever put in, known without a search: many entries may lead to the same dictionary.</summary>
    public bool HoldsTensors { get; private set; }

    public bool TryGet(string key, out object? value)
    {
        bool found = _index.TryGetValue(key, out int at);
        value = found ? _entries[at].Value : null;
        return found;
    }

    public void Set(object? key, object? value, MemoryBudget budget)
    {
        if (key is not string name)
        {
            return;
        }

        HoldsTensors |= value is IPickleTensor;
        if (_index.TryGetValue(name, out int at))
        {
            _entries[at] = new(name, value);
            return;
        }

        budget.Charge(MemoryBudget.EntryBytes);
        _index.Add(name, _entries.Count);
        _entries.Add(new(name, value));
    }
}

/// <summary>An object of a class that is not known here: only its dictionary items are kept, its code is never looked for.</summary>
internal sealed class PickleObject(PickleGlobal type) : PickleDictionary
{
    public PickleGlobal Type => type;
}

/// <summary>The name of a class or function; nothing is ever looked up by it.</summary>
internal sealed record PickleGlobal(string Module, string Name)
{
    public override string ToString() => $"{Module}.{Name}";
}

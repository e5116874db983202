using GoNoGo.Learning.Checkpoints.Pickle;
using GoNoGo.Tensors.Formats;

namespace GoNoGo.Learning.Checkpoints.Torch;

/// <summary>
/// What the few calls that torch.save writes mean: tensors, parameters, ordered dictionaries. Every other class becomes an
/// inert object; a call of something that runs commands refuses the file, although nothing would run it here.
/// </summary>
internal sealed class TorchWorld(string file) : IPickleWorld
{
    private const int MaxRank = 64;

    /// <summary>All storages named so far, by their record.</summary>
    public Dictionary<string, StorageReference> Storages { get; } = new(StringComparer.Ordinal);

    public object? Call(PickleGlobal callable, PickleTuple arguments, MemoryBudget budget)
    {
        object?[] items = arguments.Items;
        switch (callable.Module, callable.Name)
        {
            case ("torch._utils", "_rebuild_tensor" or "_rebuild_tensor_v2"):
                return Tensor(items, null, budget);
            case ("torch._utils", "_rebuild_tensor_v3"):
                return Tensor(items, items.Length > 6 ? items[6] : null, budget);
            case ("torch._utils", "_rebuild_parameter" or "_rebuild_parameter_with_state"):
            case ("torch.nn.parameter", "Parameter" or "Buffer"):
                return items.Length > 0 ? items[0] : PickleOpaque.Instance;
            // (function, class, arguments, state): a tensor with attributes or of a derived class.
            case ("torch._tensor", "_rebuild_from_type_v2") when items is [PickleGlobal { Module: "torch._utils", Name: "_rebuild_tensor_v2" }, _, PickleTuple inner, ..]:
                return Tensor(inner.Items, null, budget);
            case ("torch", "Size"):
                return items.Length > 0 ? items[0] : PickleTuple.Empty;
            case ("collections", "OrderedDict"):
            case ("builtins" or "__builtin__", "dict"):
                return Dictionary(items, budget);
            case ("collections", "defaultdict"):
                return Dictionary([], budget);
            default:
                if (HostileCalls.Contains(callable))
                {
                    throw new TensorFileException(
                        $"'{file}' is hostile: it calls '{callable}', which runs commands where Python loads the file; nothing was run here. Do not use it; take the weights from their source.");
                }

                budget.Charge(4 * MemoryBudget.ObjectBytes);
                return new PickleObject(callable);
        }
    }

    public object? Persistent(object? id, MemoryBudget budget)
    {
        if (id is not PickleTuple { Items: ["storage", PickleGlobal global, string key, _, long count, ..] items })
        {
            // ('module', class, file, source): the source code of a pickled module.
            return id is PickleTuple { Items: ["module", ..] } ? PickleOpaque.Instance : throw Bad("a reference to something other than a storage");
        }

        StorageType? type = StorageType.Of(global);
        if (type is null || count < 0 || count > long.MaxValue / 16)
        {
            throw Bad($"a storage '{Short(key)}' of class '{global}' with {count} elements");
        }

        budget.Charge(2 * MemoryBudget.ObjectBytes);
        var storage = new StorageReference(key, type, count, 0, count);
        if (items is [_, _, _, _, _, PickleTuple { Items: [_, long first, long viewed] }])
        {
            storage = first >= 0 && viewed >= 0 && first <= count && viewed <= count - first
                ? storage with { First = first, Count = viewed }
                : throw Bad($"a view of storage '{Short(key)}' beyond its end");
        }

        if (!Storages.TryGetValue(key, out StorageReference? known))
        {
            budget.Charge(MemoryBudget.EntryBytes);
            Storages.Add(key, storage);
        }
        else if (known.Type != type || known.RecordCount != count)
        {
            throw Bad($"the storage '{Short(key)}' is described in two ways");
        }

        return storage;
    }

    private TensorReference Tensor(object?[] items, object? dtype, MemoryBudget budget)
    {
        if (items is not [StorageReference storage, long offset, var size, var stride, ..] || offset < 0)
        {
            throw Bad("a tensor without storage, offset, size and strides");
        }

        long[] dimensions = Numbers(size, budget);
        long[] strides = Numbers(stride, budget);
        if (dimensions.Length != strides.Length)
        {
            throw Bad($"a tensor with {dimensions.Length} dimensions and {strides.Length} strides");
        }

        budget.Charge(2 * MemoryBudget.ObjectBytes);
        ElementType? type = dtype is null ? storage.Type.Type : StorageType.ElementOf(dtype);
        return new TensorReference(storage, type, offset, dimensions, strides);
    }

    private long[] Numbers(object? value, MemoryBudget budget)
    {
        IReadOnlyList<object?>? items = value switch { PickleTuple tuple => tuple.Items, PickleList list => list.Items, _ => null };
        if (items is null || items.Count > MaxRank)
        {
            throw Bad($"a tensor whose size or strides are not up to {MaxRank} whole numbers");
        }

        budget.Charge(MemoryBudget.ObjectBytes + (sizeof(long) * items.Count));
        var numbers = new long[items.Count];
        for (int i = 0; i < numbers.Length; i++)
        {
            numbers[i] = items[i] is long number and >= 0 ? number : throw Bad("a tensor with a size or stride that is no whole number from 0");
        }

        return numbers;
    }

    private static PickleDictionary Dictionary(object?[] items, MemoryBudget budget)
    {
        budget.Charge(4 * MemoryBudget.ObjectBytes);
        var dictionary = new PickleDictionary();
        // Python 2 wrote an ordered dictionary as a call with its pairs.
        foreach (object? pair in items is [PickleList list] ? list.Items : [])
        {
            if (pair is PickleTuple { Items: [var key, var value] })
            {
                dictionary.Set(key, value, budget);
            }
            else if (pair is PickleList { Items: [var first, var second] })
            {
                dictionary.Set(first, second, budget);
            }
        }

        return dictionary;
    }

    private static string Short(string text) => text.Length <= 40 ? text : string.Concat(text.AsSpan(0, 40), "...");

    private TensorFileException Bad(string what) => new($"'{file}' is damaged, or not written by torch.save: {what}.");
}

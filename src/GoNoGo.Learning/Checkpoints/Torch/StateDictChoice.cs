using GoNoGo.Learning.Checkpoints.Pickle;
using GoNoGo.Tensors.Formats;

namespace GoNoGo.Learning.Checkpoints.Torch;

/// <summary>
/// Finds the dictionary of tensors in what was pickled. Where none is asked for: the first of <see cref="Precedence"/> that holds
/// tensors, itself searched likewise; else the value itself; else the only entry that holds tensors.
/// </summary>
internal static class StateDictChoice
{
    private const int MaxDepth = 4;

    /// <summary>Names under which training scripts keep the weights, in the order in which they are looked for.</summary>
    public static readonly string[] Precedence = ["state_dict", "model_state_dict", "model", "student", "teacher"];

    /// <param name="root">What was pickled.</param>
    /// <param name="branch">The entry asked for (with '/' between nested ones), or null.</param>
    /// <param name="file">For messages.</param>
    /// <returns>The dictionary and its path, empty for the value itself.</returns>
    public static (PickleDictionary Tensors, string Branch) Find(object? root, string? branch, string file)
    {
        if (root is not PickleDictionary dictionary)
        {
            throw new TensorFileException($"'{file}' holds {Describe(root)}, not a dictionary of tensors; save model.state_dict() with torch.save and use that file.");
        }

        return branch is null ? Search(dictionary, file) : Follow(dictionary, branch, file);
    }

    private static (PickleDictionary Tensors, string Branch) Follow(PickleDictionary dictionary, string branch, string file)
    {
        PickleDictionary current = dictionary;
        foreach (string name in branch.Split('/'))
        {
            current = current.TryGet(name, out object? value) && value is PickleDictionary inner
                ? inner
                : throw new TensorFileException($"'{file}' has no '{branch}'; it holds {Listing(dictionary)}.");
        }

        return current.HoldsTensors ? (current, branch) : throw new TensorFileException($"'{file}' holds no tensors under '{branch}'.");
    }

    private static (PickleDictionary Tensors, string Branch) Search(PickleDictionary root, string file)
    {
        PickleDictionary current = root;
        string path = "";
        for (int depth = 0; depth < MaxDepth && Step(current) is { } next; depth++)
        {
            current = next.Value;
            path = path.Length == 0 ? next.Key : $"{path}/{next.Key}";
        }

        if (current.HoldsTensors)
        {
            return (current, path);
        }

        string found = root is PickleObject unknown ? $"an object of class '{unknown.Type}'" : Listing(root);
        throw new TensorFileException($"'{file}' holds {found} and no dictionary of tensors; save model.state_dict() with torch.save and use that file.");
    }

    private static KeyValuePair<string, PickleDictionary>? Step(PickleDictionary current)
    {
        foreach (string name in Precedence)
        {
            if (current.TryGet(name, out object? value) && value is PickleDictionary inner && LeadsToTensors(inner, MaxDepth))
            {
                return new(name, inner);
            }
        }

        if (current.HoldsTensors)
        {
            return null;
        }

        KeyValuePair<string, PickleDictionary>[] holders =
        [
            .. current.Entries.Where(entry => entry.Value is PickleDictionary inner && inner.HoldsTensors)
                .Select(entry => new KeyValuePair<string, PickleDictionary>(entry.Key, (PickleDictionary)entry.Value!)).Take(2),
        ];
        return holders.Length == 1 ? holders[0] : null;
    }

    private static bool LeadsToTensors(PickleDictionary dictionary, int depth) =>
        dictionary.HoldsTensors || (depth > 0 && Array.Exists(
            Precedence, name => dictionary.TryGet(name, out object? value) && value is PickleDictionary inner && LeadsToTensors(inner, depth - 1)));

    private static string Describe(object? value) => value switch
    {
        TensorReference => "a single tensor",
        PickleList or PickleTuple => "a list",
        _ => "a value",
    };

    private static string Listing(PickleDictionary dictionary)
    {
        string[] names = [.. dictionary.Entries.Select(entry => entry.Key.Length <= 40 ? entry.Key : entry.Key[..40] + "...").Take(9)];
        return names.Length == 0 ? "nothing" : $"{string.Join(", ", names.Take(8).Select(name => $"'{name}'"))}{(names.Length > 8 ? ", ..." : "")}";
    }
}

using GoNoGo.Learning.Checkpoints.Pickle;
using GoNoGo.Tensors.Formats;

namespace GoNoGo.Learning.Checkpoints.Torch;

/// <summary>A PyTorch checkpoint of either container.</summary>
internal sealed class TorchCheckpoint : CheckpointFile
{
    /// <summary>Views may repeat elements (a broadcast), but no honest one makes this much out of its storage.</summary>
    private const int MaxExpansion = 64;

    private readonly ByteSource _source;
    private readonly Dictionary<string, View> _views = new(StringComparer.Ordinal);

    private TorchCheckpoint(ByteSource source, ITorchContainer container, string branch) : base(source.Name)
    {
        _source = source;
        Format = container.Format;
        Branch = branch;
        Branches = container.Root is PickleDictionary root ? BranchesOf(root) : [];
    }

    public override CheckpointFormat Format { get; }

    public override string Branch { get; }

    public override IReadOnlyList<string> Branches { get; }

    public static TorchCheckpoint Open(ByteSource source, CheckpointFormat format, CheckpointOptions options)
    {
        var budget = new MemoryBudget(source.Name, source.Length);
        ITorchContainer container = format == CheckpointFormat.TorchZip ? new ZipContainer(source, budget) : new LegacyContainer(source, budget);
        (PickleDictionary tensors, string branch) = StateDictChoice.Find(container.Root, options.Branch, source.Name);
        var file = new TorchCheckpoint(source, container, branch);
        file.AddEntries(tensors, container, options.StripPrefixes, budget);
        return file;
    }

    public override void Dispose() => _source.Dispose();

    internal override ElementCursor OpenElements(CheckpointEntry entry)
    {
        View view = _views[entry.Name];
        return view.SpanElements == 0
            ? new ContiguousCursor(_source, view.Position)
            : new StridedCursor(_source, view.Position, view.SpanElements, entry.Type.Size(), entry.Dimensions.ToArray(), view.Strides);
    }

    private static string[] BranchesOf(PickleDictionary root) =>
        [.. root.Entries.Where(entry => entry.Value is PickleDictionary { HoldsTensors: true }).Select(entry => entry.Key)];

    private void AddEntries(PickleDictionary tensors, ITorchContainer container, bool stripPrefixes, MemoryBudget budget)
    {
        KeyValuePair<string, TensorReference>[] found =
            [.. tensors.Entries.Where(entry => entry.Value is TensorReference).Select(entry => new KeyValuePair<string, TensorReference>(entry.Key, (TensorReference)entry.Value!))];
        budget.Charge((long)found.Length * 6 * MemoryBudget.EntryBytes);
        string[] stored = Array.ConvertAll(found, entry => entry.Key);
        string[] names = stripPrefixes ? PrefixRule.Strip(stored) : stored;
        for (int i = 0; i < found.Length; i++)
        {
            TensorReference tensor = found[i].Value;
            if (tensor.Type is not { } type)
            {
                AddUnreadable(names[i], $"its elements are of a type that cannot be read ({tensor.Storage.Type.Name})");
                continue;
            }

            _views.Add(names[i], Check(names[i], type, tensor, container.Locate(tensor.Storage)));
            Add(new CheckpointEntry(names[i], stored[i], type, tensor.Dimensions));
        }
    }

    private View Check(string name, ElementType type, TensorReference tensor, StorageRange range)
    {
        long[] dimensions = tensor.Dimensions;
        StorageReference storage = tensor.Storage;
        // The record may be longer than the storage says, never shorter.
        if ((UInt128)storage.RecordCount * (UInt128)storage.Type.Size > (UInt128)range.ByteLength)
        {
            throw Bad($"is cut off: the storage of tensor '{Short(name)}' should have {storage.RecordCount} elements of {storage.Type.Size} bytes, {range.ByteLength} bytes are there");
        }

        long bytes = ElementReader.ByteLength(dimensions, type);
        long storageBytes = storage.Count * storage.Type.Size;
        long position = range.Position + (storage.First * storage.Type.Size);
        if (bytes == 0)
        {
            return new View(range.Position, 0, []);
        }

        if (bytes < 0 || (UInt128)bytes > (UInt128)storageBytes * (UInt128)MaxExpansion)
        {
            throw Bad($"is hostile: tensor '{Short(name)}' of shape [{string.Join(", ", dimensions)}] would be more than {MaxExpansion} times its storage of {storageBytes} bytes");
        }

        UInt128 last = (UInt128)tensor.Offset;
        bool isContiguous = true;
        long expected = 1;
        for (int axis = dimensions.Length - 1; axis >= 0; axis--)
        {
            last += (UInt128)(dimensions[axis] - 1) * (UInt128)tensor.Strides[axis];
            isContiguous &= dimensions[axis] == 1 || tensor.Strides[axis] == expected;
            expected *= dimensions[axis];
        }

        if ((last + 1) * (UInt128)type.Size() > (UInt128)storageBytes)
        {
            throw Bad($"is damaged: tensor '{Short(name)}' reaches element {last} of a storage of {storageBytes / type.Size()}");
        }

        long span = isContiguous ? 0 : (long)last - tensor.Offset + 1;
        return new View(position + (tensor.Offset * type.Size()), span, tensor.Strides);
    }

    /// <summary>Where a tensor lies; <see cref="SpanElements"/> is 0 where it is contiguous.</summary>
    private readonly record struct View(long Position, long SpanElements, long[] Strides);
}

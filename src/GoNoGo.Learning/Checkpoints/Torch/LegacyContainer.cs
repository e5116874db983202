using GoNoGo.Learning.Checkpoints.Pickle;
using GoNoGo.Tensors.Formats;

namespace GoNoGo.Learning.Checkpoints.Torch;

/// <summary>
/// The container before torch 1.6: pickles of a magic number, a version, facts about the machine, the value, and the keys of the
/// storages; then each storage as a 64-bit count and its elements.
/// </summary>
internal sealed class LegacyContainer : ITorchContainer
{
    private const long Version = 1001;
    private static readonly UInt128 Magic = new(0x1950, 0xA86A20F9469CFC6C);

    private readonly string _file;
    private readonly Dictionary<string, StorageRange> _ranges = new(StringComparer.Ordinal);

    public LegacyContainer(ByteSource source, MemoryBudget budget)
    {
        _file = source.Name;
        var input = new PickleInput(source, 0, source.Length);
        var world = new TorchWorld(source.Name);
        if (PickleMachine.Run(input, world, budget) is not PickleOpaque { Digits: var magic } || magic != Magic
            || PickleMachine.Run(input, world, budget) is not Version)
        {
            throw Bad("is a pickle but no PyTorch checkpoint: it does not begin with the magic number and version 1001");
        }

        if (PickleMachine.Run(input, world, budget) is not PickleDictionary machine || !machine.TryGet("little_endian", out object? little) || little is not true)
        {
            throw Bad("was written on a big-endian machine, which is not supported; load and save it again on a little-endian one");
        }

        Root = PickleMachine.Run(input, world, budget);
        object? keys = PickleMachine.Run(input, world, budget);
        ReadStorages(source, input.Position, keys as PickleList ?? throw Bad("is damaged: it has no list of storages"), world, budget);
    }

    public CheckpointFormat Format => CheckpointFormat.TorchLegacy;

    public object? Root { get; }

    public StorageRange Locate(StorageReference storage) => _ranges.TryGetValue(storage.Key, out StorageRange range)
        ? range
        : throw Bad($"is damaged: it has no storage '{storage.Key}'");

    private void ReadStorages(ByteSource source, long position, PickleList keys, TorchWorld world, MemoryBudget budget)
    {
        Span<byte> count = stackalloc byte[sizeof(long)];
        foreach (object? item in keys.Items)
        {
            if (item is not string key || !world.Storages.TryGetValue(key, out StorageReference? storage))
            {
                throw Bad("is damaged: it holds a storage that nothing refers to");
            }

            if (position > source.Length - sizeof(long))
            {
                throw Bad($"is cut off: storage '{key}' should begin at byte {position}, the file has {source.Length}");
            }

            source.Read(position, count);
            position += sizeof(long);
            long elements = System.Buffers.Binary.BinaryPrimitives.ReadInt64LittleEndian(count);
            if (elements != storage.RecordCount)
            {
                throw Bad($"is damaged: storage '{key}' has {elements} elements, {storage.RecordCount} are announced");
            }

            long bytes = elements * storage.Type.Size;
            if (bytes > source.Length - position)
            {
                throw Bad($"is cut off: storage '{key}' of {bytes} bytes begins at byte {position}, the file has {source.Length}");
            }

            budget.Charge(MemoryBudget.EntryBytes);
            if (!_ranges.TryAdd(key, new StorageRange(position, bytes)))
            {
                throw Bad($"is damaged: storage '{key}' occurs twice");
            }

            position += bytes;
        }
    }

    private TensorFileException Bad(string what) => new($"'{_file}' {what}.");
}

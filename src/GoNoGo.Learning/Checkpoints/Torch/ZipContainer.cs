using GoNoGo.Learning.Checkpoints.Pickle;
using GoNoGo.Tensors.Formats;

namespace GoNoGo.Learning.Checkpoints.Torch;

/// <summary>
/// The zip container (torch 1.6 and later): <c>NAME/data.pkl</c>, one record <c>NAME/data/KEY</c> a storage, and, since torch
/// 2.1, <c>NAME/byteorder</c>.
/// </summary>
internal sealed class ZipContainer : ITorchContainer
{
    private const string PickleName = "data.pkl";

    private readonly ZipRecords _records;
    private readonly string _folder;

    public ZipContainer(ByteSource source, MemoryBudget budget)
    {
        _records = ZipRecords.Read(source, budget);
        string[] pickles = [.. _records.Names.Where(name => name == PickleName || name.EndsWith("/" + PickleName, StringComparison.Ordinal)).Take(2)];
        if (pickles.Length != 1)
        {
            throw new TensorFileException($"'{source.Name}' is a zip archive but no PyTorch checkpoint: {(pickles.Length == 0 ? "it holds no data.pkl" : "it holds several data.pkl")}.");
        }

        _folder = pickles[0][..^PickleName.Length];
        if (_records.Contains(_folder + "constants.pkl"))
        {
            throw new TensorFileException($"'{source.Name}' is a TorchScript program, not a checkpoint; save model.state_dict() with torch.save and use that file.");
        }

        CheckByteOrder(source);
        StorageRange pickle = _records.Locate(pickles[0]);
        Root = PickleMachine.Run(new PickleInput(source, pickle.Position, pickle.Position + pickle.ByteLength), new TorchWorld(source.Name), budget);
    }

    public CheckpointFormat Format => CheckpointFormat.TorchZip;

    public object? Root { get; }

    public StorageRange Locate(StorageReference storage) => _records.Locate($"{_folder}data/{storage.Key}");

    private void CheckByteOrder(ByteSource source)
    {
        if (!_records.Contains(_folder + "byteorder"))
        {
            return;
        }

        StorageRange range = _records.Locate(_folder + "byteorder");
        Span<byte> order = stackalloc byte[6];
        bool isLittle = range.ByteLength == order.Length;
        if (isLittle)
        {
            source.Read(range.Position, order);
            isLittle = order.SequenceEqual("little"u8);
        }

        if (!isLittle)
        {
            throw new TensorFileException($"'{source.Name}' was written on a big-endian machine, which is not supported; load and save it again on a little-endian one.");
        }
    }
}

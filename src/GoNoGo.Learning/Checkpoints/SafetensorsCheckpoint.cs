using GoNoGo.Tensors.Formats;
using GoNoGo.Tensors.Formats.Safetensors;

namespace GoNoGo.Learning.Checkpoints;

/// <summary>A safetensors file.</summary>
internal sealed class SafetensorsCheckpoint : CheckpointFile
{
    private readonly SafetensorsReader _reader;
    private readonly bool _owns;

    public SafetensorsCheckpoint(SafetensorsReader reader, bool owns, CheckpointOptions options) : base(reader.Name)
    {
        _reader = reader;
        _owns = owns;
        Branch = reader.Metadata.GetValueOrDefault(BranchKey, "");
        if (options.Branch is { } asked && Branch.Length > 0 && asked != Branch)
        {
            throw Bad($"was made from '{Branch}', '{asked}' is asked for; import the original checkpoint again");
        }

        string[] stored = [.. reader.Entries.Select(entry => entry.Name)];
        string[] names = options.StripPrefixes ? PrefixRule.Strip(stored) : stored;
        for (int i = 0; i < stored.Length; i++)
        {
            Add(new CheckpointEntry(names[i], stored[i], reader.Entries[i].Type, reader.Entries[i].Dimensions));
        }
    }

    public override CheckpointFormat Format => CheckpointFormat.Safetensors;

    public override string Branch { get; }

    public override IReadOnlyList<string> Branches => [];

    public override void Dispose()
    {
        if (_owns)
        {
            _reader.Dispose();
        }
    }

    internal override ElementCursor OpenElements(CheckpointEntry entry) => new Cursor(_reader, _reader[entry.StoredName]);

    private sealed class Cursor(SafetensorsReader reader, SafetensorsEntry entry) : ElementCursor
    {
        private long _offset;

        public override void Read(Span<byte> destination)
        {
            reader.ReadBytes(entry, _offset, destination);
            _offset += destination.Length;
        }
    }
}

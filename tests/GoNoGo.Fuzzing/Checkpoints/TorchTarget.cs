using GoNoGo.Learning.Checkpoints;
using GoNoGo.Tensors.Formats;
using GoNoGo.Testing;
using GoNoGo.Testing.SyntheticData;

namespace GoNoGo.Fuzzing.Checkpoints;

/// <summary>PyTorch checkpoints: the structure, and every tensor as numbers.</summary>
internal sealed class TorchTarget : FuzzTarget
{
    /// <summary>What a test reads of one file's tensors: views may make many times the file of it, and the caller decides on those.</summary>
    private const long MaxElements = 1 << 20;

    public override string Name => "pth";

    public override string Extension => ".pth";

    public override string Summary => "PyTorch checkpoints, zip and legacy";

    public override IReadOnlyList<byte[]> Seeds()
    {
        byte[] floats = new byte[24];
        byte[] small = PickleWriter.OneTensor("FloatStorage", 6, 1, [2, 2], [1, 3]);
        var seeds = new List<byte[]>
        {
            TorchZip.Checkpoint(small, floats),
            new TorchZip { Wide = true }.Add("a/data.pkl", small).Add("a/data/0", floats).Add("a/byteorder", "little"u8.ToArray()).End(),
        };
        foreach (string name in (string[])["zip.pth", "zip_protocol4.pth", "legacy_training.pth"])
        {
            using Stream stream = typeof(TorchTarget).Assembly.GetManifestResourceStream(name)!;
            var copy = new MemoryStream();
            stream.CopyTo(copy);
            seeds.Add(copy.ToArray());
        }

        string shared = Path.Combine(SharedFolder.Root, "golden", "checkpoints");
        if (Directory.Exists(shared))
        {
            seeds.AddRange(Directory.GetFiles(shared, "*.pth").Order(StringComparer.Ordinal).Select(File.ReadAllBytes));
        }

        return seeds;
    }

    public override byte[] MutateStructure(byte[] file, Random random) => TorchMutation.Mutate(file, random);

    public override bool IsRefusal(Exception exception) => exception is TensorFileException && exception.Message.EndsWith('.');

    public override long Read(byte[] file)
    {
        using CheckpointFile checkpoint = CheckpointFile.Open(new MemoryStream(file), "fuzz");
        long bytes = 0;
        foreach (CheckpointEntry entry in checkpoint.Entries)
        {
            if (entry.ElementCount > MaxElements)
            {
                continue;
            }

            if (checkpoint.ReadFloats(entry.Name).Length != entry.ElementCount)
            {
                throw new FuzzFailureException($"the tensor '{entry.Name}' has not the {entry.ElementCount} elements that the pickle says");
            }

            bytes += sizeof(float) * entry.ElementCount;
        }

        return bytes;
    }
}

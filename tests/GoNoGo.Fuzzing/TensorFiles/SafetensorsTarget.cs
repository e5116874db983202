using System.Buffers.Binary;
using GoNoGo.Tensors.Formats;
using GoNoGo.Tensors.Formats.Safetensors;

namespace GoNoGo.Fuzzing.TensorFiles;

/// <summary>Safetensors: the header, and every tensor as numbers and as bytes.</summary>
internal sealed class SafetensorsTarget : FuzzTarget
{
    public override string Name => "safetensors";

    public override string Extension => ".safetensors";

    public override string Summary => "tensors in safetensors files, which models are";

    public override IReadOnlyList<byte[]> Seeds()
    {
        var model = new MemoryStream();
        new SafetensorsWriter().SetMetadata("gonogo", "{\"format\": 1}").SetMetadata("about", "ü")
            .Add("head/weight", [1f, 2, 3, 4, 5, 6], 2, 3)
            .Add("head/bias", [1.0, 2], 2)
            .Add("calibration/index", [1L, 2, 3], 3, 1)
            .Add("mask", ElementType.Bool, new byte[] { 0, 1, 1 }, 3)
            .Add("scalar", ElementType.U16, new byte[] { 1, 0 })
            .Write(model);
        var single = new MemoryStream();
        new SafetensorsWriter().Add("x", [1f], 1).Write(single);
        return [model.ToArray(), single.ToArray()];
    }

    public override byte[] MutateStructure(byte[] file, Random random) => HeaderMutation.Mutate(
        file, 8, file.Length < 8 ? 0 : BinaryPrimitives.ReadInt64LittleEndian(file), (result, length) => BinaryPrimitives.WriteInt64LittleEndian(result, length), random);

    public override bool IsRefusal(Exception exception) => exception is TensorFileException;

    public override long Read(byte[] file)
    {
        using SafetensorsReader reader = SafetensorsReader.Open(new MemoryStream(file));
        long bytes = 0;
        foreach (SafetensorsEntry entry in reader.Entries)
        {
            if (reader.ReadFloats(entry.Name).Length != entry.ElementCount || reader.ReadBytes(entry.Name).Length != entry.ByteLength)
            {
                throw new FuzzFailureException($"the tensor '{entry.Name}' has not the {entry.ElementCount} elements that the header says");
            }

            bytes += entry.ByteLength + (sizeof(float) * entry.ElementCount);
        }

        return bytes;
    }
}

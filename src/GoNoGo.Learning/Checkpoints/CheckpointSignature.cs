using System.Text;
using GoNoGo.Tensors.Formats;

namespace GoNoGo.Learning.Checkpoints;

/// <summary>Tells the kinds of checkpoint files apart by their first bytes.</summary>
internal static class CheckpointSignature
{
    private const int Bytes = 32;

    /// <exception cref="TensorFileException">None of them; the message says what the file looks like.</exception>
    public static CheckpointFormat Recognise(ByteSource source)
    {
        Span<byte> start = stackalloc byte[(int)Math.Min(Bytes, source.Length)];
        source.Read(0, start);
        if (start.StartsWith("PK\x03\x04"u8))
        {
            return CheckpointFormat.TorchZip;
        }

        // PROTO 2 to 5, then LONG1 of ten bytes: the magic number.
        if (start is [0x80, >= 2 and <= 5, 0x8A, 10, ..])
        {
            return CheckpointFormat.TorchLegacy;
        }

        return start is [_, _, _, _, _, _, _, _, (byte)'{', ..]
            ? CheckpointFormat.Safetensors
            : throw new TensorFileException($"'{source.Name}' is neither a safetensors file nor a PyTorch checkpoint: {Describe(start)}.");
    }

    private static string Describe(ReadOnlySpan<byte> start)
    {
        if (start.Length == 0)
        {
            return "it is empty";
        }

        string text = Encoding.Latin1.GetString(start).TrimStart();
        if (text.StartsWith("version https://git-lfs", StringComparison.Ordinal))
        {
            return "it is a Git LFS pointer; fetch the file it stands for ('git lfs pull')";
        }

        if (text.StartsWith('<'))
        {
            return "it looks like a web page; the download was answered with a page instead of the file";
        }

        return start[0] == 0x80
            ? "it is a pickle that torch.save did not write; load it in Python and save its state dict with torch.save"
            : $"it begins with the bytes {Convert.ToHexString(start[..Math.Min(8, start.Length)])}";
    }
}

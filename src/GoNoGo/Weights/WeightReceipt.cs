using System.Buffers;
using System.Text.Json;
using GoNoGo.Tensors.Formats;

namespace GoNoGo.Weights;

/// <summary>What the store noted about a file when it came in; stands beside it as <c>NAME.json</c>.</summary>
/// <param name="Bytes">The size of the file in the store.</param>
/// <param name="Sha256">Its SHA-256.</param>
/// <param name="Source">Where it came from: an address, or the name of the imported file.</param>
/// <param name="SourceSha256">The SHA-256 of what came from there.</param>
internal sealed record WeightReceipt(long Bytes, string Sha256, string Source, string SourceSha256)
{
    private const int MaxBytes = 1 << 16;

    public static string PathFor(string weights) => Path.ChangeExtension(weights, ".json");

    public void Write(string weights)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Indented = true, NewLine = "\n" }))
        {
            json.WriteStartObject();
            json.WriteNumber("bytes", Bytes);
            json.WriteString("sha256", Sha256);
            json.WriteString("source", Source);
            json.WriteString("source_sha256", SourceSha256);
            json.WriteEndObject();
        }

        AtomicFile.WriteAllBytes(PathFor(weights), buffer.WrittenMemory);
    }

    /// <summary>The receipt of a file, or null where there is none that can be read.</summary>
    public static WeightReceipt? Read(string weights)
    {
        try
        {
            var file = new FileInfo(PathFor(weights));
            if (!file.Exists || file.Length > MaxBytes)
            {
                return null;
            }

            using JsonDocument json = JsonDocument.Parse(File.ReadAllBytes(file.FullName));
            JsonElement root = json.RootElement;
            return new WeightReceipt(
                root.GetProperty("bytes").GetInt64(),
                root.GetProperty("sha256").GetString() ?? "",
                root.GetProperty("source").GetString() ?? "",
                root.GetProperty("source_sha256").GetString() ?? "");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or JsonException or InvalidOperationException or KeyNotFoundException or FormatException)
        {
            return null;
        }
    }
}

using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace GoNoGo.Tensors.Formats.Safetensors;

/// <summary>Writes the JSON header of a safetensors file.</summary>
internal static class SafetensorsHeaderWriter
{
    /// <summary>The header, padded with spaces to a multiple of 8 bytes.</summary>
    /// <param name="metadata">Strings, in the order in which they are written.</param>
    /// <param name="tensors">The tensors, in the order of their data, which lies without gaps.</param>
    /// <exception cref="InvalidOperationException">It would be longer than readers accept.</exception>
    public static byte[] Write(
        IEnumerable<KeyValuePair<string, string>> metadata, IEnumerable<(string Name, ElementType Type, long[] Dimensions, long Bytes)> tensors)
    {
        var buffer = new ArrayBufferWriter<byte>();
        // Relaxed: readable text instead of \u escapes; the file is no web page.
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            if (metadata.Any())
            {
                json.WriteStartObject(SafetensorsHeader.MetadataKey);
                foreach ((string key, string value) in metadata)
                {
                    json.WriteString(key, value);
                }

                json.WriteEndObject();
            }

            long offset = 0;
            foreach ((string name, ElementType type, long[] dimensions, long bytes) in tensors)
            {
                json.WriteStartObject(name);
                json.WriteString("dtype"u8, SafetensorsHeader.NameOf(type));
                WriteNumbers(json, "shape"u8, dimensions);
                WriteNumbers(json, "data_offsets"u8, [offset, offset += bytes]);
                json.WriteEndObject();
            }

            json.WriteEndObject();
        }

        int padding = -buffer.WrittenCount & 7;
        buffer.Write("       "u8[..padding]);
        if (buffer.WrittenCount > SafetensorsHeader.MaxBytes)
        {
            throw new InvalidOperationException($"Write: the header would have {buffer.WrittenCount} bytes, the format allows {SafetensorsHeader.MaxBytes}.");
        }

        return buffer.WrittenSpan.ToArray();
    }

    private static void WriteNumbers(Utf8JsonWriter json, ReadOnlySpan<byte> name, ReadOnlySpan<long> numbers)
    {
        json.WriteStartArray(name);
        foreach (long number in numbers)
        {
            json.WriteNumberValue(number);
        }

        json.WriteEndArray();
    }
}

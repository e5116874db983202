using System.Text.Json;

namespace GoNoGo.Tensors.Formats.Safetensors;

/// <summary>Reads and checks the JSON header of a safetensors file.</summary>
internal sealed class SafetensorsHeader
{
    /// <summary>The largest header accepted, in bytes (the limit of the reference implementation).</summary>
    public const long MaxBytes = 100_000_000;

    /// <summary>The reserved key under which strings can be stored.</summary>
    public const string MetadataKey = "__metadata__";

    private const int MaxRank = 64;

    private readonly string _file;

    private SafetensorsHeader(string file) => _file = file;

    public Dictionary<string, SafetensorsEntry> Entries { get; } = new(StringComparer.Ordinal);

    public List<SafetensorsEntry> InFileOrder { get; } = [];

    public Dictionary<string, string> Metadata { get; } = new(StringComparer.Ordinal);

    /// <summary>The position of the first data byte in the file.</summary>
    public long DataStart { get; private set; }

    public static SafetensorsHeader Read(ByteSource source)
    {
        var header = new SafetensorsHeader(source.Name);
        if (source.Length < 10)
        {
            throw header.Bad($"is no safetensors file: {source.Length} bytes, at least 10 expected");
        }

        Span<byte> prefix = stackalloc byte[8];
        source.Read(0, prefix);
        ulong length = System.Buffers.Binary.BinaryPrimitives.ReadUInt64LittleEndian(prefix);
        if (length is < 2 or > (ulong)MaxBytes)
        {
            throw header.Bad($"is no safetensors file, or damaged: header length {length}, expected 2 to {MaxBytes}");
        }

        if ((long)length > source.Length - 8)
        {
            throw header.Bad($"is cut off: the header should have {length} bytes, {source.Length - 8} are there");
        }

        var json = new byte[length];
        source.Read(8, json);
        header.DataStart = 8 + (long)length;
        try
        {
            header.Parse(json);
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or FormatException)
        {
            throw new TensorFileException($"'{source.Name}' is no safetensors file, or damaged: the header is not the JSON expected ({exception.Message})", exception);
        }

        header.CheckRanges(source.Length - header.DataStart);
        return header;
    }

    private void Parse(ReadOnlySpan<byte> json)
    {
        if (json[0] != (byte)'{')
        {
            throw Bad("is no safetensors file: the header does not begin with '{'");
        }

        // A well-formed header is three deep: header, tensor, dimensions.
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = 8 });
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            string name = reader.GetString()!;
            reader.Read();
            if (name == MetadataKey)
            {
                ParseMetadata(ref reader);
                continue;
            }

            SafetensorsEntry entry = ParseEntry(ref reader, name);
            if (!Entries.TryAdd(name, entry))
            {
                throw Bad($"is damaged: tensor '{name}' occurs twice");
            }

            InFileOrder.Add(entry);
        }

        // Only spaces may follow; the reader throws on anything else.
        while (reader.Read())
        {
        }
    }

    private void ParseMetadata(ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.StartObject || Metadata.Count > 0)
        {
            throw Bad($"is damaged: {MetadataKey} must be one object of strings");
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            string key = reader.GetString()!;
            reader.Read();
            if (reader.TokenType != JsonTokenType.String || !Metadata.TryAdd(key, reader.GetString()!))
            {
                throw Bad($"is damaged: {MetadataKey} '{key}' is no string or occurs twice");
            }
        }
    }

    private SafetensorsEntry ParseEntry(ref Utf8JsonReader reader, string name)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            throw Bad($"is damaged: the entry of tensor '{name}' is not an object");
        }

        ElementType? type = null;
        long[]? shape = null;
        long[]? offsets = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("dtype"u8))
            {
                reader.Read();
                type = ParseType(reader.GetString(), name);
            }
            else if (reader.ValueTextEquals("shape"u8))
            {
                shape = ParseNumbers(ref reader, name, MaxRank);
            }
            else if (reader.ValueTextEquals("data_offsets"u8))
            {
                offsets = ParseNumbers(ref reader, name, 2);
            }
            else
            {
                reader.Skip();
            }
        }

        if (type is null || shape is null || offsets is not { Length: 2 })
        {
            throw Bad($"is damaged: tensor '{name}' lacks dtype, shape or the two data_offsets");
        }

        long bytes = offsets[1] - offsets[0];
        if (bytes < 0 || ByteLength(shape, type.Value) != bytes)
        {
            throw Bad($"is damaged: tensor '{name}' ({type} [{string.Join(", ", shape)}]) has the data range {offsets[0]} to {offsets[1]}, whose length does not fit");
        }

        return new SafetensorsEntry(name, type.Value, shape, offsets[0], bytes);
    }

    private ElementType ParseType(string? text, string name) => text switch
    {
        "BOOL" => ElementType.Bool,
        _ when Enum.TryParse(text, out ElementType type) && type != ElementType.Bool && type.ToString() == text => type,
        _ => throw Bad($"holds tensor '{name}' of type '{text}', which is not supported (F64, F32, F16, BF16, I64 to U8, BOOL are)"),
    };

    private long[] ParseNumbers(ref Utf8JsonReader reader, string name, int max)
    {
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            throw Bad($"is damaged: shape and data_offsets of tensor '{name}' must be arrays");
        }

        Span<long> numbers = stackalloc long[max];
        int count = 0;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (count == max || reader.TokenType != JsonTokenType.Number || !reader.TryGetInt64(out long number) || number < 0)
            {
                throw Bad($"is damaged: shape or data_offsets of tensor '{name}' holds something other than up to {max} whole numbers from 0 to 2^63 - 1");
            }

            numbers[count++] = number;
        }

        return numbers[..count].ToArray();
    }

    /// <summary>The size of a tensor, or -1 where it exceeds 64 bits.</summary>
    private static long ByteLength(long[] shape, ElementType type)
    {
        UInt128 bytes = (UInt128)type.Size();
        if (Array.IndexOf(shape, 0) >= 0)
        {
            return 0;
        }

        foreach (long dimension in shape)
        {
            bytes *= (ulong)dimension;
            if (bytes > long.MaxValue)
            {
                return -1;
            }
        }

        return (long)bytes;
    }

    /// <summary>The tensors must fill the data exactly: no overlap, no hole, nothing beyond the end.</summary>
    private void CheckRanges(long dataBytes)
    {
        InFileOrder.Sort((a, b) => a.Offset != b.Offset ? a.Offset.CompareTo(b.Offset)
            : a.ByteLength != b.ByteLength ? a.ByteLength.CompareTo(b.ByteLength)
            : string.CompareOrdinal(a.Name, b.Name));
        long end = 0;
        foreach (SafetensorsEntry entry in InFileOrder)
        {
            if (entry.Offset != end)
            {
                throw Bad($"is damaged: tensor '{entry.Name}' begins at data byte {entry.Offset}, expected {end} ({(entry.Offset < end ? "overlap" : "hole")})");
            }

            end += entry.ByteLength;
            if (end > dataBytes)
            {
                throw Bad($"is cut off: tensor '{entry.Name}' ends at data byte {end}, the file holds {dataBytes}");
            }
        }

        if (end != dataBytes)
        {
            throw Bad($"is damaged: {dataBytes - end} bytes follow the last tensor");
        }
    }

    private TensorFileException Bad(string what) => new($"'{_file}' {what}.");
}

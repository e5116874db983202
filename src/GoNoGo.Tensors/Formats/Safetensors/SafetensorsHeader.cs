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

    /// <summary>An entry takes at least this many bytes: its name, <c>dtype</c>, <c>shape</c> and <c>data_offsets</c>.</summary>
    private const int MinEntryBytes = 48;

    /// <summary>A hostile header could hold millions of empty strings, each many times larger in memory than in the file.</summary>
    private const int MaxMetadata = 10_000;

    private static readonly (byte[] Name, ElementType Type)[] Types =
        [.. Enum.GetValues<ElementType>().Select(type => (System.Text.Encoding.ASCII.GetBytes(NameOf(type)), type))];

    private readonly string _file;

    private SafetensorsHeader(string file) => _file = file;

    public Dictionary<string, SafetensorsEntry> Entries { get; private set; } = [];

    public List<SafetensorsEntry> InFileOrder { get; private set; } = [];

    public Dictionary<string, string> Metadata { get; } = new(StringComparer.Ordinal);

    /// <summary>The position of the first data byte in the file.</summary>
    public long DataStart { get; private set; }

    /// <summary>The name of a type in the header.</summary>
    public static string NameOf(ElementType type) => type == ElementType.Bool ? "BOOL" : type.ToString();

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

        // What is no whole entry is refused when its turn comes; it must not be allocated for before.
        int count = Math.Min(CountTensors(json), json.Length / MinEntryBytes);
        Entries = new Dictionary<string, SafetensorsEntry>(count, StringComparer.Ordinal);
        InFileOrder = new List<SafetensorsEntry>(count);
        Utf8JsonReader reader = NewReader(json);
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
                throw Bad($"is damaged: tensor '{Short(name)}' occurs twice");
            }

            InFileOrder.Add(entry);
        }

        // Only spaces may follow; the reader throws on anything else.
        while (reader.Read())
        {
        }
    }

    /// <summary>A well-formed header is three deep: header, tensor, dimensions.</summary>
    private static Utf8JsonReader NewReader(ReadOnlySpan<byte> json) => new(json, new JsonReaderOptions { MaxDepth = 8 });

    /// <summary>How many tensors there are at most, so that the tables grow once.</summary>
    private static int CountTensors(ReadOnlySpan<byte> json)
    {
        int count = 0;
        Utf8JsonReader reader = NewReader(json);
        while (reader.Read())
        {
            count += reader.TokenType == JsonTokenType.PropertyName && reader.CurrentDepth == 1 ? 1 : 0;
        }

        return count;
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
                throw Bad($"is damaged: {MetadataKey} '{Short(key)}' is no string or occurs twice");
            }

            if (Metadata.Count > MaxMetadata)
            {
                throw Bad($"is damaged or hostile: {MetadataKey} holds more than {MaxMetadata} strings");
            }
        }
    }

    private SafetensorsEntry ParseEntry(ref Utf8JsonReader reader, string name)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            throw Bad($"is damaged: the entry of tensor '{Short(name)}' is not an object");
        }

        ElementType? type = null;
        long[]? shape = null;
        Span<long> offsets = stackalloc long[2];
        int offsetCount = 0;
        Span<long> dimensions = stackalloc long[MaxRank];
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("dtype"u8))
            {
                reader.Read();
                type = ParseType(in reader, name);
            }
            else if (reader.ValueTextEquals("shape"u8))
            {
                shape = dimensions[..ParseNumbers(ref reader, name, dimensions)].ToArray();
            }
            else if (reader.ValueTextEquals("data_offsets"u8))
            {
                offsetCount = ParseNumbers(ref reader, name, offsets);
            }
            else
            {
                reader.Skip();
            }
        }

        if (type is null || shape is null || offsetCount != 2)
        {
            throw Bad($"is damaged: tensor '{Short(name)}' lacks dtype, shape or the two data_offsets");
        }

        long bytes = offsets[1] - offsets[0];
        if (bytes < 0 || ElementReader.ByteLength(shape, type.Value) != bytes)
        {
            throw Bad($"is damaged: tensor '{Short(name)}' ({type} [{string.Join(", ", shape)}]) has the data range {offsets[0]} to {offsets[1]}, whose length does not fit");
        }

        return new SafetensorsEntry(name, type.Value, shape, offsets[0], bytes);
    }

    private ElementType ParseType(in Utf8JsonReader reader, string name)
    {
        if (reader.TokenType == JsonTokenType.String)
        {
            foreach ((byte[] text, ElementType type) in Types)
            {
                if (reader.ValueTextEquals(text))
                {
                    return type;
                }
            }
        }

        string found = reader.TokenType == JsonTokenType.String ? reader.GetString()! : reader.TokenType.ToString();
        throw Bad($"holds tensor '{Short(name)}' of type '{Short(found)}', which is not supported (F64, F32, F16, BF16, I64 to U8, BOOL are)");
    }

    private int ParseNumbers(ref Utf8JsonReader reader, string name, scoped Span<long> numbers)
    {
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            throw Bad($"is damaged: shape and data_offsets of tensor '{Short(name)}' must be arrays");
        }

        int count = 0;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (count == numbers.Length || reader.TokenType != JsonTokenType.Number || !reader.TryGetInt64(out long number) || number < 0)
            {
                throw Bad($"is damaged: shape or data_offsets of tensor '{Short(name)}' holds something other than up to {numbers.Length} whole numbers from 0 to 2^63 - 1");
            }

            numbers[count++] = number;
        }

        return count;
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
                throw Bad($"is damaged: tensor '{Short(entry.Name)}' begins at data byte {entry.Offset}, expected {end} ({(entry.Offset < end ? "overlap" : "hole")})");
            }

            end += entry.ByteLength;
            if (end > dataBytes)
            {
                throw Bad($"is cut off: tensor '{Short(entry.Name)}' ends at data byte {end}, the file holds {dataBytes}");
            }
        }

        if (end != dataBytes)
        {
            throw Bad($"is damaged: {dataBytes - end} bytes follow the last tensor");
        }
    }

    /// <summary>Messages stay readable whatever the file holds.</summary>
    private static string Short(string text) => text.Length <= 100 ? text : string.Concat(text.AsSpan(0, 100), "...");

    private TensorFileException Bad(string what) => new($"'{_file}' {what}.");
}

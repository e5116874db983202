using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;
using GoNoGo.Tensors;
using GoNoGo.Tensors.Formats.Safetensors;
using GoNoGo.Tensors.Memory;

namespace GoNoGo.Testing;

/// <summary>A safetensors file of reference numbers with its case attributes.</summary>
public sealed class Goldens
{
    private static readonly ConcurrentDictionary<string, Goldens> Opened = new(StringComparer.Ordinal);

    private readonly SafetensorsReader _reader;
    private readonly Dictionary<string, int> _strides = new(StringComparer.Ordinal);
    private readonly JsonElement _cases;

    private Goldens(string path)
    {
        // Mapped and never closed: all tests of a process share it.
        _reader = SafetensorsReader.Open(path, memoryMapped: true);
        _cases = _reader.Metadata.TryGetValue("cases", out string? cases)
            ? JsonDocument.Parse(cases).RootElement
            : JsonDocument.Parse("{}").RootElement;
        foreach (SafetensorsEntry entry in _reader.Entries)
        {
            int at = entry.Name.LastIndexOf("@stride", StringComparison.Ordinal);
            if (at >= 0)
            {
                _strides[entry.Name[..at]] = int.Parse(entry.Name.AsSpan(at + 7), CultureInfo.InvariantCulture);
            }
        }
    }

    /// <summary>Opens a file of the shared folder, for example <c>golden/ops.safetensors</c>; skips the test when it is absent.</summary>
    public static Goldens Open(string relativePath) =>
        Opened.GetOrAdd(SharedFolder.RequireFile(relativePath), path => new Goldens(path));

    /// <summary>The attributes of all cases.</summary>
    public JsonElement Cases => _cases;

    /// <summary>The names of all cases (those that begin with '@' are no cases).</summary>
    public IEnumerable<string> CaseNames => _cases.EnumerateObject().Select(property => property.Name).Where(name => name[0] != '@');

    /// <summary>The tensor names as in the file, without <c>@strideS</c>.</summary>
    public IEnumerable<string> Names => _reader.Entries.Select(entry =>
    {
        int at = entry.Name.LastIndexOf("@stride", StringComparison.Ordinal);
        return at < 0 ? entry.Name : entry.Name[..at];
    });

    /// <summary>The strings of the file's metadata.</summary>
    public IReadOnlyDictionary<string, string> Metadata => _reader.Metadata;

    /// <summary>The attributes of one case.</summary>
    public JsonElement Case(string name) => _cases.GetProperty(name);

    /// <summary>Whether the file holds a tensor of this name, in full or subsampled.</summary>
    public bool Contains(string name) => _reader.Contains(name) || _strides.ContainsKey(name);

    /// <summary>A tensor, stored in full or subsampled.</summary>
    public GoldenTensor this[string name]
    {
        get
        {
            if (!_strides.TryGetValue(name, out int stride) || _reader.Contains(name))
            {
                return new GoldenTensor(name, _reader.ReadFloats(name), Dimensions(name), 1);
            }

            string stored = string.Create(CultureInfo.InvariantCulture, $"{name}@stride{stride}");
            if (!_cases.TryGetProperty("@shapes", out _))
            {
                // Files without cases do not say the full shape: the caller knows it.
                return new GoldenTensor(name, _reader.ReadFloats(stored), [], stride);
            }

            int[] dimensions = [.. _cases.GetProperty("@shapes").GetProperty(stored).EnumerateArray().Select(d => d.GetInt32())];
            return new GoldenTensor(name, _reader.ReadFloats(stored), dimensions, stride);
        }
    }

    /// <summary>The values of a tensor stored in full, as floats.</summary>
    public float[] Floats(string name) => _reader.ReadFloats(name);

    /// <summary>The values of a tensor stored in full, as doubles.</summary>
    public double[] Doubles(string name) => _reader.ReadDoubles(name);

    /// <summary>The values of an integer or boolean tensor.</summary>
    public long[] Integers(string name) => _reader.ReadIntegers(name);

    /// <summary>The raw bytes of a tensor.</summary>
    public byte[] Bytes(string name) => _reader.ReadBytes(name);

    /// <summary>The only value of a one-element tensor.</summary>
    public double Scalar(string name) => _reader.ReadDoubles(name).Single();

    /// <summary>The dimensions of a tensor stored in full.</summary>
    public int[] Dimensions(string name) => Array.ConvertAll(_reader[name].Dimensions.ToArray(), d => checked((int)d));

    /// <summary>A tensor stored in full, in the scope's memory.</summary>
    public Tensor Tensor(string name, TensorScope scope) => _reader.ReadTensor(name, scope);
}

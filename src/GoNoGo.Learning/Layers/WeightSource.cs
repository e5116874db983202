using GoNoGo.Learning.Autograd;
using GoNoGo.Learning.Checkpoints;
using GoNoGo.Learning.Initializers;
using GoNoGo.Tensors;
using GoNoGo.Tensors.Formats;
using GoNoGo.Tensors.Formats.Safetensors;
using GoNoGo.Tensors.Memory;

namespace GoNoGo.Learning.Layers;

/// <summary>
/// Where layers get their parameters from: start values, or a file. Path-scoped, so that names equal the checkpoint's:
/// <c>source.Child("attn").Get("qkv.weight", shape, initializer)</c>. One constructor of a layer serves both.
/// </summary>
public sealed class WeightSource
{
    private readonly Root _root;
    private readonly string _path;

    private WeightSource(Root root, string path)
    {
        _root = root;
        _path = path;
    }

    /// <summary>All parameters given out so far, in their order.</summary>
    public IReadOnlyList<Parameter> Parameters => _root.Parameters;

    /// <summary>All buffers (running statistics) given out so far, in their order.</summary>
    public IReadOnlyList<KeyValuePair<string, Tensor>> Buffers => _root.Buffers;

    /// <summary>What was odd in the file so far, a sentence each: NaN and infinite values.</summary>
    public IReadOnlyList<string> Warnings => _root.Warnings;

    /// <summary>A source of start values.</summary>
    /// <param name="scope">Owns the memory of the model.</param>
    /// <param name="seed">The training seed.</param>
    public static WeightSource Fresh(TensorScope scope, ulong seed) => new(new Root(scope, seed, null, ""), "");

    /// <summary>
    /// A source for a model that is to be looked at and not run: parameters are reserved and never written, which takes no memory on most systems;
    /// buffers have their start values, which layers read while they are made.
    /// </summary>
    /// <param name="scope">Owns the memory of the model.</param>
    public static WeightSource Unfilled(TensorScope scope) => new(new Root(scope, 0, null, "") { LeavesParameters = true }, "");

    /// <summary>A source that reads the tensors of a file whose names start with a prefix.</summary>
    /// <param name="scope">Owns the memory of the model.</param>
    /// <param name="reader">The file.</param>
    /// <param name="prefix">What stands before the names in the file, for example <c>head/</c>.</param>
    public static WeightSource FromFile(TensorScope scope, SafetensorsReader reader, string prefix = "") =>
        FromFile(scope, CheckpointFile.Of(reader), prefix);

    /// <summary>A source that reads the tensors of a checkpoint whose names start with a prefix.</summary>
    /// <inheritdoc cref="FromFile(TensorScope, SafetensorsReader, string)"/>
    public static WeightSource FromFile(TensorScope scope, CheckpointFile file, string prefix = "")
    {
        ArgumentNullException.ThrowIfNull(file);
        return new(new Root(scope, 0, file, prefix), "");
    }

    /// <summary>A source that asks for every tensor by name: values from a formula, a checkpoint of another format.</summary>
    /// <param name="scope">Owns the memory of the model.</param>
    /// <param name="read">Fills a tensor of the expected shape, or throws.</param>
    public static WeightSource FromReader(TensorScope scope, Action<string, Tensor> read)
    {
        ArgumentNullException.ThrowIfNull(read);
        return new(new Root(scope, 0, null, "") { Fill = read }, "");
    }

    /// <summary>The source of a part of the model: names get <paramref name="name"/> and a dot in front.</summary>
    public WeightSource Child(string name) => new(_root, _path + name + ".");

    /// <summary>A parameter, made anew or read.</summary>
    /// <exception cref="TensorFileException">The file lacks it or has another shape.</exception>
    public Parameter Get(string name, Shape shape, Initializer initializer)
    {
        ArgumentNullException.ThrowIfNull(initializer);
        string full = _path + name;
        Tensor value = _root.LeavesParameters ? _root.Scope.New(shape) : Read(name, shape, initializer, _root.Scope);
        var parameter = new Parameter(full, value, _root.Scope);
        _root.Parameters.Add(parameter);
        return parameter;
    }

    /// <summary>
    /// A tensor for short use, made anew or read into a scope of the caller's and not kept here: what a plan for inference packs and lets go.
    /// </summary>
    /// <exception cref="TensorFileException">The file lacks it or has another shape.</exception>
    public Tensor Read(string name, Shape shape, Initializer initializer, TensorScope scope)
    {
        ArgumentNullException.ThrowIfNull(initializer);
        ArgumentNullException.ThrowIfNull(scope);
        string full = _path + name;
        // Before memory is taken: the shape may come from a file too.
        _root.Require(full, shape);
        Tensor value = scope.New(shape);
        if (_root.Fill is not null)
        {
            _root.Fill(full, value);
        }
        else if (_root.File is null)
        {
            initializer(value, _root.Seed, HashOf(full));
        }
        else
        {
            _root.Read(full, value);
        }

        return value;
    }

    /// <summary>A tensor that is part of the model's state but not trained by gradients (running statistics).</summary>
    /// <exception cref="TensorFileException">The file lacks it or has another shape.</exception>
    public Tensor GetBuffer(string name, Shape shape, float startValue) =>
        GetBuffer(name, shape, (tensor, _, _) => tensor.Span.Fill(startValue));

    /// <inheritdoc cref="GetBuffer(string, Shape, float)"/>
    public Tensor GetBuffer(string name, Shape shape, Initializer initializer)
    {
        string full = _path + name;
        Tensor value = Read(name, shape, initializer, _root.Scope);
        _root.Buffers.Add(new(full, value));
        return value;
    }

    /// <summary>Call when the model is complete: every tensor under the prefix must have been used.</summary>
    /// <param name="ignorable">Names (after the prefix) that may stay unused.</param>
    /// <exception cref="TensorFileException">Tensors are left over; the message lists them.</exception>
    public void CheckAllUsed(Func<string, bool>? ignorable = null)
    {
        if (_root.File is null)
        {
            return;
        }

        string[] unused = [.. _root.File.Entries.Select(entry => entry.Name)
            .Where(name => name.StartsWith(_root.Prefix, StringComparison.Ordinal) && !_root.Used.Contains(name))
            .Where(name => ignorable is null || !ignorable(name[_root.Prefix.Length..]))];
        if (unused.Length > 0)
        {
            throw new TensorFileException(
                $"'{_root.File.Name}' holds {unused.Length} tensors that this architecture has no place for ({Listing(unused)}); it was made for another architecture.");
        }
    }

    private static string Listing(string[] names) => string.Join(", ", names.Take(5)) + (names.Length > 5 ? ", ..." : "");

    /// <summary>FNV-1a, 64 bits, over the UTF-8 bytes of a name.</summary>
    private static ulong HashOf(string name)
    {
        ulong hash = 0xCBF29CE484222325;
        foreach (byte letter in System.Text.Encoding.UTF8.GetBytes(name))
        {
            hash = unchecked((hash ^ letter) * 0x100000001B3);
        }

        return hash;
    }

    private sealed class Root(TensorScope scope, ulong seed, CheckpointFile? file, string prefix)
    {
        public TensorScope Scope { get; } = scope;

        public ulong Seed { get; } = seed;

        public CheckpointFile? File { get; } = file;

        public string Prefix { get; } = prefix;

        public Action<string, Tensor>? Fill { get; init; }

        public bool LeavesParameters { get; init; }

        public List<Parameter> Parameters { get; } = [];

        public List<KeyValuePair<string, Tensor>> Buffers { get; } = [];

        public HashSet<string> Used { get; } = new(StringComparer.Ordinal);

        public List<string> Warnings { get; } = [];

        public void Require(string name, Shape shape)
        {
            if (File is null)
            {
                return;
            }

            string full = Prefix + name;
            if (!File.TryGet(full, out CheckpointEntry? entry))
            {
                throw new TensorFileException($"'{File.Name}' lacks the tensor '{full}' (expected shape {shape}); it was made for another architecture or is damaged.");
            }

            if (!entry.HasShape(shape))
            {
                throw new TensorFileException($"'{File.Name}': tensor '{full}' has shape {entry.DimensionText}, expected {shape}.");
            }
        }

        public void Read(string name, Tensor value)
        {
            string full = Prefix + name;
            File!.Read(full, value);
            Used.Add(full);
            if (NonFinite.Warning(File.Name, full, value) is { } warning)
            {
                Warnings.Add(warning);
            }
        }
    }
}

using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using GoNoGo.Detection.Backbones;
using GoNoGo.Detection.Backbones.Weights;
using GoNoGo.Learning.Autograd;
using GoNoGo.Learning.Checkpoints;
using GoNoGo.Learning.Graphs.Execution;
using GoNoGo.Learning.Graphs.Inference;
using GoNoGo.Learning.Graphs.Operators;
using GoNoGo.Learning.Layers;
using GoNoGo.Tensors;
using GoNoGo.Tensors.Formats;
using GoNoGo.Tensors.Formats.Safetensors;
using GoNoGo.Tensors.Kernels;
using GoNoGo.Tensors.Memory;
using GoNoGo.Tensors.Random;

namespace GoNoGo.Detection.Features;

/// <summary>
/// A backbone with its weights: preprocessed pictures to feature maps of some levels. Immutable and shared in evaluation mode, where a
/// picture's features depend on nothing but the picture; in training mode (choice 1) they depend on the batch, and calls take turns.
/// </summary>
public sealed class FeatureExtractor : IDisposable
{
    private const string DropPath = "drop-path";

    private readonly InferencePlan? _plan;
    private readonly TapeExecutor? _live;
    private readonly TensorScope? _parameters;
    private readonly Lock _turn = new();
    private readonly Lazy<string> _weightsSha256;

    /// <summary>One that cannot compute.</summary>
    private FeatureExtractor(Backbone backbone, IReadOnlyList<FeatureLevel> levels)
    {
        Backbone = backbone;
        Levels = levels;
        _weightsSha256 = new Lazy<string>("");
    }

    private FeatureExtractor(Backbone backbone, IReadOnlyList<FeatureLevel> levels, WeightSource source, TensorScope? parameters, Func<string> weightsSha256)
    {
        _parameters = parameters;
        Backbone = backbone;
        Levels = levels;
        _weightsSha256 = new Lazy<string>(weightsSha256);
        string[] names = [.. levels.Select(level => level.Name)];
        if (backbone.Options.IsTraining)
        {
            _live = new TapeExecutor(backbone.Graph, names, source);
        }
        else
        {
            _plan = backbone.Compile(names, source);
        }
    }

    /// <summary>The network.</summary>
    public Backbone Backbone { get; }

    /// <summary>The levels, in the order in which they were asked for.</summary>
    public IReadOnlyList<FeatureLevel> Levels { get; }

    /// <summary>
    /// SHA-256 of the weights file, lower-case hexadecimal digits; empty where the weights came from no file. The file is read for it when
    /// it is asked for first.
    /// </summary>
    /// <exception cref="TensorFileException">The file is not the one any more that the weights were read from.</exception>
    public string WeightsSha256 => _weightsSha256.Value;

    /// <summary>What a reader must know of the weights (values that are no numbers); sentences.</summary>
    public IReadOnlyList<string> Warnings { get; private init; } = [];

    /// <summary>Whether a picture's features are a function of the picture alone: only such features may be cached.</summary>
    public bool IsDeterministic => !Backbone.Options.IsTraining;

    /// <summary>Whether features are drawn: training mode drops branches of this network at random.</summary>
    public bool IsRandom => !IsDeterministic && Backbone.Graph.Restrict([.. Levels.Select(level => level.Name)]).Nodes.Any(node => node.Operator is DropPathOp { Rate: > 0 });

    /// <summary>Reads the weights that some levels need.</summary>
    /// <param name="backbone">The network.</param>
    /// <param name="levels">Names of its levels.</param>
    /// <param name="weightsFile">safetensors or a PyTorch checkpoint with the reference's names.</param>
    /// <exception cref="BackboneException">An unknown level; the file does not fit or cannot be read.</exception>
    public static FeatureExtractor Open(Backbone backbone, IReadOnlyList<string> levels, string weightsFile)
    {
        ArgumentNullException.ThrowIfNull(backbone);
        FeatureLevel[] wanted = Resolve(backbone, levels);
        try
        {
            (long Length, DateTime Written) state = StateOf(weightsFile);
            using CheckpointFile file = CheckpointFile.Open(weightsFile, new CheckpointOptions { Branch = backbone.Options.Branch });
            WeightCheck.Require(file, WeightManifests.Of(backbone, backbone.Id), levels, WeightManifests.All);
            var warnings = new List<string>();
            // In training mode the network keeps its parameters; a plan packs them and lets them go.
            var parameters = new TensorScope();
            WeightSource source = WeightSource.FromReader(parameters, (name, tensor) =>
            {
                file.Read(name, tensor);
                if (NonFinite.Warning(weightsFile, name, tensor) is { } warning)
                {
                    warnings.Add(warning);
                }
            });
            try
            {
                return new FeatureExtractor(backbone, wanted, source, backbone.Options.IsTraining ? parameters : null, () => HashOf(weightsFile, state)) { Warnings = warnings };
            }
            finally
            {
                if (!backbone.Options.IsTraining)
                {
                    parameters.Dispose();
                }
            }
        }
        catch (TensorFileException exception)
        {
            throw new BackboneException(exception.Message.TrimEnd('.'), exception);
        }
    }

    /// <summary>An extractor with weights from anywhere (start values for tests and measurements).</summary>
    /// <param name="backbone">The network.</param>
    /// <param name="levels">Names of its levels.</param>
    /// <param name="source">Where the weights come from; used here only, unless the backbone is in training mode.</param>
    public static FeatureExtractor Create(Backbone backbone, IReadOnlyList<string> levels, WeightSource source)
    {
        ArgumentNullException.ThrowIfNull(backbone);
        return new FeatureExtractor(backbone, Resolve(backbone, levels), source, null, () => "");
    }

    /// <summary>An extractor without weights, which computes nothing: for what a head would look like on a backbone.</summary>
    /// <param name="backbone">The network.</param>
    /// <param name="levels">Names of its levels.</param>
    /// <exception cref="BackboneException">An unknown level.</exception>
    public static FeatureExtractor Describe(Backbone backbone, IReadOnlyList<string> levels)
    {
        ArgumentNullException.ThrowIfNull(backbone);
        return new FeatureExtractor(backbone, Resolve(backbone, levels));
    }

    /// <summary>An extractor with the weights that a model file holds.</summary>
    /// <param name="backbone">The network.</param>
    /// <param name="levels">Names of its levels.</param>
    /// <param name="reader">The model file.</param>
    /// <param name="prefix">What stands before the names of the weights.</param>
    /// <param name="sha256">SHA-256 of the file that the weights came from.</param>
    /// <exception cref="TensorFileException">A weight is missing or has another shape, or there are others.</exception>
    internal static FeatureExtractor FromModel(Backbone backbone, IReadOnlyList<string> levels, SafetensorsReader reader, string prefix, string sha256)
    {
        var parameters = new TensorScope();
        bool keep = backbone.Options.IsTraining;
        try
        {
            WeightSource source = WeightSource.FromFile(parameters, reader, prefix);
            var extractor = new FeatureExtractor(backbone, Resolve(backbone, levels), source, keep ? parameters : null, () => sha256);
            source.CheckAllUsed();
            return extractor;
        }
        catch
        {
            keep = false;
            throw;
        }
        finally
        {
            if (!keep)
            {
                parameters.Dispose();
            }
        }
    }

    /// <summary>Computes the features of a batch into memory of a scope, without managed allocation in evaluation mode.</summary>
    /// <param name="images">Preprocessed pictures <c>[B, 3, H, W]</c>.</param>
    /// <param name="scope">Owns the results.</param>
    /// <param name="levels">Receives for each level its maps <c>[B, D, h, w]</c>.</param>
    /// <exception cref="ArgumentException">The pictures have another size, or there are not as many places as levels.</exception>
    public void Extract(Tensor images, TensorScope scope, Span<Tensor> levels)
    {
        ArgumentNullException.ThrowIfNull(scope);
        if (levels.Length != Levels.Count)
        {
            throw new ArgumentException($"FeatureExtractor.Extract: {levels.Length} places for {Levels.Count} levels.", nameof(levels));
        }

        if (_plan is null)
        {
            // Training mode, or no weights: refused there.
            Extract(images, scope).CopyTo(levels);
            return;
        }

        int count = images.Shape[0];
        for (int i = 0; i < levels.Length; i++)
        {
            levels[i] = scope.New(_plan.OutputShape(i, count));
        }

        _plan.Run(images, levels);
        for (int i = 0; i < levels.Length; i++)
        {
            levels[i] = ToMaps(levels[i], Levels[i], scope);
        }
    }

    /// <summary>Computes the features of a batch. What training mode draws is a function of the batch: the same pictures have the same features again.</summary>
    /// <param name="images">Preprocessed pictures <c>[B, 3, H, W]</c>.</param>
    /// <param name="scope">Owns the results.</param>
    /// <returns>For each level its maps <c>[B, D, h, w]</c>.</returns>
    /// <exception cref="ArgumentException">The pictures have another size.</exception>
    public Tensor[] Extract(Tensor images, TensorScope scope)
    {
        ArgumentNullException.ThrowIfNull(scope);
        if (_plan is not null)
        {
            Tensor[] levels = _plan.Run(images, scope);
            for (int i = 0; i < levels.Length; i++)
            {
                levels[i] = ToMaps(levels[i], Levels[i], scope);
            }

            return levels;
        }

        return ExtractLive(images, scope, new RandomStream(0, DropPath));
    }

    /// <summary>Computes the features of a batch in training mode.</summary>
    /// <param name="images">Preprocessed pictures <c>[B, 3, H, W]</c>.</param>
    /// <param name="scope">Owns the results.</param>
    /// <param name="seed">The training seed.</param>
    /// <param name="step">The training step: what is drawn is a function of seed, step and batch, whatever was computed before.</param>
    /// <returns>For each level its maps <c>[B, D, h, w]</c>.</returns>
    /// <exception cref="InvalidOperationException">The backbone is in evaluation mode.</exception>
    internal Tensor[] ExtractStep(Tensor images, TensorScope scope, ulong seed, long step) =>
        ExtractLive(images, scope, new RandomStream(seed, DropPath).Child((ulong)step));

    private Tensor[] ExtractLive(Tensor images, TensorScope scope, RandomStream draws)
    {
        TapeExecutor live = _live ?? throw new InvalidOperationException("FeatureExtractor: the backbone is in evaluation mode, or without weights.");
        // Batches of a judgement have no number of their own.
        Span<byte> sum = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(MemoryMarshal.AsBytes(images.Span), sum);
        var run = new TapeRun { IsTraining = true, Draws = draws.Child(BinaryPrimitives.ReadUInt64LittleEndian(sum)) };
        lock (_turn)
        {
            using var tape = new Tape(records: false);
            Variable[] values = live.Run(tape.Constant(images), run);
            var maps = new Tensor[values.Length];
            for (int i = 0; i < maps.Length; i++)
            {
                Tensor own = scope.New(values[i].Value.Shape);
                values[i].Value.CopyTo(own);
                maps[i] = ToMaps(own, Levels[i], scope);
            }

            return maps;
        }
    }

    /// <summary>Gives the weights back.</summary>
    public void Dispose()
    {
        _plan?.Dispose();
        _parameters?.Dispose();
    }

    private static FeatureLevel[] Resolve(Backbone backbone, IReadOnlyList<string> levels)
    {
        ArgumentNullException.ThrowIfNull(levels);
        return levels.Count == 0 || levels.Distinct().Count() != levels.Count
            ? throw new BackboneException($"levels of backbone '{backbone.Id}': {(levels.Count == 0 ? "none given" : "one is given twice")}; name each once, of {string.Join(", ", backbone.Levels.Select(level => level.Name))}")
            : [.. levels.Select(backbone.Level)];
    }

    private static Tensor ToMaps(Tensor features, FeatureLevel level, TensorScope scope)
    {
        if (level.Layout == FeatureLayout.Maps)
        {
            return features;
        }

        int tokens = level.Rows * level.Columns;
        Tensor maps = scope.New(new Shape(features.Shape[0], level.Width, level.Rows, level.Columns));
        Strides from = default;
        Strides to = default;
        (from[0], from[1], from[2]) = (tokens * level.Width, level.Width, 1);
        (to[0], to[1], to[2]) = (tokens * level.Width, 1, tokens);
        StridedCopy.Run(features, 0, from, features.Shape, 0, to, add: false, maps);
        return maps;
    }

    private static (long Length, DateTime Written) StateOf(string path)
    {
        var file = new FileInfo(path);
        return file.Exists ? (file.Length, file.LastWriteTimeUtc) : default;
    }

    private static string HashOf(string path, (long Length, DateTime Written) state)
    {
        using FileStream stream = File.OpenRead(path);
        return StateOf(path) == state
            ? Convert.ToHexStringLower(SHA256.HashData(stream))
            : throw new TensorFileException($"the weights file '{path}' was changed while it was in use; run the command again.");
    }
}

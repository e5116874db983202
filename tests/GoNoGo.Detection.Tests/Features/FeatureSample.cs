using GoNoGo.Detection.Backbones;
using GoNoGo.Detection.Backbones.ResNet;
using GoNoGo.Detection.Backbones.Weights;
using GoNoGo.Detection.Features;
using GoNoGo.Detection.Features.Caching;
using GoNoGo.Detection.Scoring;
using GoNoGo.Learning.Checkpoints;
using GoNoGo.Tensors.Formats.Safetensors;
using GoNoGo.Testing;
using GoNoGo.Testing.SyntheticData;
using GoNoGo.Vision.Datasets;
using GoNoGo.Vision.Imaging;

namespace GoNoGo.Detection.Tests.Features;

/// <summary>A small backbone with a weights file, pictures and a cache folder: all in one temporary folder.</summary>
internal sealed class FeatureSample : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public FeatureSample(string level = "last", BackboneOptions? options = null, ulong seed = 0)
    {
        Backbone = Make(options);
        Weights = _folder["weights.safetensors"];
        WriteWeights(Backbone, Weights, seed);
        Extractor = FeatureExtractor.Open(Backbone, [level], Weights);
        Options = new FeatureCacheOptions { Folder = _folder["cache"] };
    }

    public Backbone Backbone { get; }

    public string Weights { get; }

    public FeatureExtractor Extractor { get; }

    public FeatureCacheOptions Options { get; set; }

    public PictureFrame Frame => new(Backbone.InputPreprocessing, null);

    public string CacheFolder => _folder["cache"];

    /// <summary>The only set's files: data and index.</summary>
    public (string Data, string Index) Files
    {
        get
        {
            string set = Directory.GetDirectories(CacheFolder).Single();
            return (Path.Combine(set, "features.bin"), Path.Combine(set, "index.bin"));
        }
    }

    public static Backbone Make(BackboneOptions? options = null) =>
        ResNetFamily.Create(new ResNetSettings("tiny", [1, 1, 1, 1], false) { Width = 8, TrainedSize = 32, Classes = 5 }, options);

    public static void WriteWeights(Backbone backbone, string path, ulong seed = 0)
    {
        var writer = new SafetensorsWriter();
        foreach (KeyRule key in WeightManifests.Of(backbone, backbone.Id).Keys)
        {
            writer.Add(key.Name, FormulaParameters.Values(key.Name, key.Shape, seed: seed), Array.ConvertAll(key.Shape.ToArray(), d => (long)d));
        }

        writer.Save(path);
    }

    /// <summary>Picture files, the same for the same numbers.</summary>
    public IReadOnlyList<DatasetItem> Pictures(params int[] numbers) => [.. numbers.Select(number => new PictureItem(
        _folder.File($"pictures/{number}.png", TestPictures.Png(20, 18, 3, number))))];

    public FeatureTable Build(IReadOnlyList<DatasetItem> items, FeatureExtractor? extractor = null, PictureFrame? frame = null, Action<int, int>? progress = null, CancellationToken cancellation = default) =>
        FeatureTable.Build(extractor ?? Extractor, items, frame ?? Frame, new FeatureCache(Options), "", progress, cancellation);

    public FeatureTable BuildWithoutCache(IReadOnlyList<DatasetItem> items) => FeatureTable.Build(Extractor, items, Frame, null);

    public string this[string path] => _folder[path];

    /// <summary>All values of a table, picture by picture.</summary>
    public static float[][] ValuesOf(FeatureTable table)
    {
        FeatureLevel level = table.Levels[0];
        return [.. Enumerable.Range(0, table.Count).Select(index =>
        {
            var values = new float[level.Width * level.Rows * level.Columns];
            table.Read(index, 0, values);
            return values;
        })];
    }

    public void Dispose()
    {
        Extractor.Dispose();
        _folder.Dispose();
    }

    /// <summary>A picture file.</summary>
    internal sealed class PictureItem(string path) : DatasetItem
    {
        public override string RelativePath => Path.GetFileName(path);

        public override bool IsDefective => false;

        public override string DefectKind => GoodKind;

        public override bool HasMask => false;

        public override string? FilePath => path;

        public override PictureFormat Identify()
        {
            ImageInfo info = ImageDecoder.Identify(path);
            return new PictureFormat(info.Width, info.Height, info.Channels, info.BitDepth);
        }

        public override Image LoadImage() => ImageDecoder.Load(path);

        public override Image? LoadMask() => null;
    }

    /// <summary>A picture without a file of its own.</summary>
    internal sealed class MemoryItem(int seed) : DatasetItem
    {
        public override string RelativePath => $"train/{seed}";

        public override bool IsDefective => false;

        public override string DefectKind => GoodKind;

        public override bool HasMask => false;

        public override PictureFormat Identify() => throw new NotSupportedException();

        public override Image LoadImage() => TestPictures.Make(14, 14, 1, seed);

        public override Image? LoadMask() => null;
    }
}

using System.Text.Json;
using GoNoGo.Detection.Backbones;
using GoNoGo.Detection.Detectors;
using GoNoGo.Detection.Features;
using GoNoGo.Detection.Options;
using GoNoGo.Detection.Scoring;
using GoNoGo.Learning.Autograd;
using GoNoGo.Learning.Checkpoints;
using GoNoGo.Learning.Layers;
using GoNoGo.Tensors;
using GoNoGo.Tensors.Formats;
using GoNoGo.Tensors.Formats.Safetensors;
using GoNoGo.Tensors.Memory;
using GoNoGo.Vision.Imaging;
using GoNoGo.Vision.Imaging.Regions;

namespace GoNoGo.Detection.Models;

/// <summary>
/// A <c>.gonogo</c> file: safetensors with the network under <c>head/</c>, a bundled backbone under <c>backbone/</c>, the held-out good pictures' scores under
/// <c>calibration/</c>, and the <see cref="Manifest"/> in the metadata. Nothing in it is ever executed.
/// </summary>
public static class ModelFile
{
    private const string ManifestKey = "gonogo";
    private const string HeadPrefix = "head/";
    private const string BackbonePrefix = "backbone/";

    /// <summary>The tensor of the image scores of the held-out good pictures, <c>[n]</c>.</summary>
    public const string ValidationScores = "calibration/validation-scores";

    /// <summary>The tensor of the largest map value of each held-out good picture, <c>[n]</c>.</summary>
    public const string ValidationMapMaxima = "calibration/validation-map-maxima";

    /// <summary>The tensor of the judged pixels, bytes <c>[H, ceil(W / 8)]</c>, eight pixels each, the first in the highest bit; present with a region.</summary>
    public const string Judged = "regions/judged";

    /// <summary>
    /// The tensor of what good parts score at each position of a tile, <c>[rows * columns + 1, 4]</c> (<see cref="TileLevels"/>), and of the
    /// numbers of columns and rows, <c>[2]</c>; present where scores are standardised.
    /// </summary>
    public const string TileLevelValues = "calibration/tile-levels";

    /// <summary>The tensor of the numbers of columns and rows of tiles, <c>[2]</c>.</summary>
    public const string TileLevelGrid = "calibration/tile-level-grid";

    /// <summary>The tensor of hashes of training pictures, <c>[n, 4]</c>; models of earlier versions lack it.</summary>
    public const string TrainingPictureHashes = "calibration/training-pictures";

    /// <summary>Writes a model: to a temporary file first, then renamed, so that a failure leaves the old file whole.</summary>
    public static void Write(
        string path, Manifest manifest, IDetector detector, Calibration calibration, JudgedRegion? region = null, IReadOnlyList<KeyValuePair<string, Tensor>>? backbone = null) =>
        Write(path, manifest, new DetectorSet(detector), calibration, region, backbone);

    /// <summary>Writes a model of one network, or of a network for each position of a tile.</summary>
    /// <param name="path">The file.</param>
    /// <param name="manifest">What it says about itself.</param>
    /// <param name="detectors">The networks, trained.</param>
    /// <param name="calibration">What the held-out good pictures scored.</param>
    /// <param name="region">Which pixels of a picture are judged; null: all.</param>
    /// <param name="backbone">The weights of a bundled backbone.</param>
    public static void Write(
        string path, Manifest manifest, DetectorSet detectors, Calibration calibration, JudgedRegion? region = null, IReadOnlyList<KeyValuePair<string, Tensor>>? backbone = null)
    {
        ArgumentNullException.ThrowIfNull(manifest);
        ArgumentNullException.ThrowIfNull(detectors);
        ArgumentNullException.ThrowIfNull(calibration);
        var writer = new SafetensorsWriter();
        writer.SetMetadata(ManifestKey, manifest.ToJson());
        foreach ((string prefix, IDetector detector) in detectors.Named)
        {
            foreach (Parameter parameter in detector.Parameters)
            {
                writer.Add(HeadPrefix + prefix + parameter.Name, parameter.Value);
            }

            foreach ((string name, Tensor buffer) in detector.Buffers)
            {
                writer.Add(HeadPrefix + prefix + name, buffer);
            }
        }

        foreach ((string name, Tensor weight) in backbone ?? [])
        {
            writer.Add(BackbonePrefix + name, weight);
        }

        writer.Add(ValidationScores, calibration.Scores, calibration.Scores.Length);
        writer.Add(ValidationMapMaxima, calibration.MapMaxima, calibration.MapMaxima.Length);
        if (calibration.TrainingPictures.Count > 0)
        {
            float[] packed = TrainingPictures.Pack([.. calibration.TrainingPictures]);
            writer.Add(TrainingPictureHashes, packed, calibration.TrainingPictures.Count, packed.Length / calibration.TrainingPictures.Count);
        }

        if (calibration.TileLevels is { } levels)
        {
            writer.Add(TileLevelValues, levels.Values, levels.Values.Length / TileLevels.NumbersEach, TileLevels.NumbersEach);
            writer.Add(TileLevelGrid, [(float)levels.Columns, levels.Rows], 2);
        }

        if (region is not null)
        {
            writer.Add(Judged, ElementType.U8, region.Pack(), region.Height, (region.Width + 7) / 8);
        }

        AtomicFile.RemoveStale(path);
        writer.Save(path);
    }

    /// <summary>Reads the manifest alone.</summary>
    /// <exception cref="ModelException">The file is missing, no model, damaged, or of a newer format.</exception>
    public static Manifest ReadManifest(string path)
    {
        using SafetensorsReader reader = Open(path);
        return ReadManifest(path, reader);
    }

    /// <summary>Reads the scores of the held-out good pictures.</summary>
    /// <exception cref="ModelException">As <see cref="ReadManifest(string)"/>.</exception>
    public static Calibration ReadCalibration(string path)
    {
        using SafetensorsReader reader = Open(path);
        return Guard(path, () => ReadCalibration(path, reader));
    }

    /// <summary>Name and shape of every tensor of the head, in file order, without reading them.</summary>
    /// <exception cref="ModelException">As <see cref="ReadManifest(string)"/>.</exception>
    public static IReadOnlyList<SafetensorsEntry> ReadHead(string path)
    {
        using SafetensorsReader reader = Open(path);
        return [.. reader.Entries.Where(entry => entry.Name.StartsWith(HeadPrefix, StringComparison.Ordinal))];
    }

    /// <summary>Reads a model whole.</summary>
    /// <param name="path">The file.</param>
    /// <param name="findWeights">Finds the weights file of a backbone that is not bundled, or throws; null: such models are refused.</param>
    /// <exception cref="ModelException">As <see cref="ReadManifest(string)"/>, or a tensor is missing or misshapen.</exception>
    public static LoadedModel Load(string path, Func<StoredBackbone, string>? findWeights = null)
    {
        using SafetensorsReader reader = Open(path);
        Manifest manifest = ReadManifest(path, reader);
        return Guard(path, () =>
        {
            DetectorEntry entry = DetectorCatalog.Find(manifest.Detector);
            OptionSet options = entry.Options.FromStored(manifest.Options);
            TileSettings? tiles = TileSettings.From(options);
            JudgedRegion? region = ReadRegion(path, manifest, reader);
            DetectorSet detectors = tiles is { IsPerPosition: true }
                ? ReadPositions(path, manifest, entry, options, region, reader)
                : new DetectorSet(ReadDetector(path, manifest, entry, options, "", manifest.Statistics, reader, findWeights));
            try
            {
                Calibration calibration = ReadCalibration(path, reader);
                return new LoadedModel(manifest, detectors, calibration, new PictureFrame(detectors.First.Preprocessing, region, tiles));
            }
            catch
            {
                detectors.Dispose();
                throw;
            }
        });
    }

    /// <summary>A network, checked against what the manifest says of it.</summary>
    private static IDetector ReadDetector(
        string path, Manifest manifest, DetectorEntry entry, OptionSet options, string prefix, SortedDictionary<string, double> statistics, SafetensorsReader reader,
        Func<StoredBackbone, string>? findWeights = null)
    {
        FeatureExtractor? features = OpenBackbone(path, manifest, entry, reader, findWeights);
        var scope = new TensorScope();
        try
        {
            WeightSource source = WeightSource.FromFile(scope, reader, HeadPrefix + prefix);
            IDetector detector = entry.Create(options, source, scope, statistics, features);
            source.CheckAllUsed();
            return detector.MapWidth == manifest.MapWidth && detector.MapHeight == manifest.MapHeight
                && JsonSerializer.Serialize(detector.Preprocessing, PreprocessingJson.Default.Preprocessing)
                    == JsonSerializer.Serialize(manifest.Preprocessing, PreprocessingJson.Default.Preprocessing)
                ? detector
                : throw new ModelException($"'{path}' has a manifest that contradicts its options; it is damaged: take a copy or train anew.");
        }
        catch
        {
            scope.Dispose();
            features?.Dispose();
            throw;
        }
    }

    /// <summary>The backbone of a model, from the model itself or from a weights file; null where the detector has none.</summary>
    private static FeatureExtractor? OpenBackbone(
        string path, Manifest manifest, DetectorEntry entry, SafetensorsReader reader, Func<StoredBackbone, string>? findWeights)
    {
        if (!entry.UsesBackbone)
        {
            return null;
        }

        if (manifest.Backbone is not { Id: not null, Options: not null, Levels.Count: > 0, Sha256: not null } stored)
        {
            throw new ModelException($"'{path}' is a model of '{manifest.Detector}' whose manifest names no backbone; it is damaged or of another version: train anew.");
        }

        Backbone backbone = stored.Make();
        if (stored.IsBundled)
        {
            return FeatureExtractor.FromModel(backbone, stored.Levels, reader, BackbonePrefix, stored.Sha256);
        }

        return findWeights is null
            ? throw new ModelException($"'{path}' does not hold the weights of its backbone '{stored.Id}' (SHA-256 {stored.Sha256}); name a file with them.")
            : FeatureExtractor.Open(backbone, stored.Levels, findWeights(stored));
    }

    /// <summary>Lends the weights of a model's backbone one tensor at a time, from the model itself or from a weights file; nothing where the detector has none.</summary>
    /// <param name="path">The model file.</param>
    /// <param name="findWeights">Finds the weights file of a backbone that is not bundled, or throws.</param>
    /// <param name="use">Reads them; what it reads into its own scope stays.</param>
    /// <exception cref="ModelException">As <see cref="ReadManifest(string)"/>.</exception>
    internal static void WithBackboneWeights(string path, Func<StoredBackbone, string> findWeights, Action<WeightSource?> use)
    {
        using SafetensorsReader reader = Open(path);
        if (ReadManifest(path, reader).Backbone is not { } stored)
        {
            use(null);
            return;
        }

        using var scope = new TensorScope();
        if (stored.IsBundled)
        {
            use(WeightSource.FromFile(scope, reader, BackbonePrefix));
            return;
        }

        using CheckpointFile file = CheckpointFile.Open(findWeights(stored), new CheckpointOptions { Branch = stored.Make().Options.Branch });
        use(WeightSource.FromReader(scope, file.Read));
    }

    /// <summary>The networks of all positions of a tile in pictures of the training size.</summary>
    private static DetectorSet ReadPositions(
        string path, Manifest manifest, DetectorEntry entry, OptionSet options, JudgedRegion? region, SafetensorsReader reader)
    {
        TrainingData data = manifest.TrainingData;
        if (data.Widths[0] != data.Widths[^1] || data.Heights[0] != data.Heights[^1] || (long)data.Widths[0] * data.Heights[0] > JudgedRegion.MostPixels)
        {
            throw new ModelException($"'{path}' has a network for each position but no one size of training pictures; it is damaged: take a copy or train anew.");
        }

        int[] tiles;
        try
        {
            tiles = TilePositions.Of(new PictureFrame(manifest.Preprocessing, region, TileSettings.From(options)), data.Widths[0], data.Heights[0]);
        }
        catch (Exception exception) when (exception is ImageFormatException or OverflowException)
        {
            throw new ModelException($"'{path}' has a judged region or a picture size that its tiles do not fit; it is damaged: take a copy or train anew.", exception);
        }

        string[] prefixes = [.. tiles.Select(tile => HeadPrefix + DetectorSet.PrefixOf(tile))];
        if (reader.Entries.Any(tensor => tensor.Name.StartsWith(HeadPrefix, StringComparison.Ordinal)
            && !prefixes.Any(prefix => tensor.Name.StartsWith(prefix, StringComparison.Ordinal))))
        {
            throw new ModelException($"'{path}' has networks for positions that its tiles do not have; it is damaged: take a copy or train anew.");
        }

        var detectors = new DetectorSet(data.Widths[0], data.Heights[0]);
        try
        {
            foreach (int tile in tiles)
            {
                string prefix = DetectorSet.PrefixOf(tile);
                var own = new SortedDictionary<string, double>(StringComparer.Ordinal);
                foreach ((string name, double value) in manifest.Statistics.Where(pair => pair.Key.StartsWith(prefix, StringComparison.Ordinal)))
                {
                    own.Add(name[prefix.Length..], value);
                }

                detectors.Add(tile, ReadDetector(path, manifest, entry, options, prefix, own, reader));
            }

            return detectors;
        }
        catch
        {
            detectors.Dispose();
            throw;
        }
    }

    /// <summary>The judged region, checked against what the manifest says of it.</summary>
    private static JudgedRegion? ReadRegion(string path, Manifest manifest, SafetensorsReader reader)
    {
        if (manifest.Region is not { } stored)
        {
            return !reader.Contains(Judged) ? null : throw new ModelException($"'{path}' has a judged region that its manifest does not know; it is damaged: take a copy or train anew.");
        }

        JudgedRegion? region = JudgedRegion.Unpack(stored.Width, stored.Height, reader.ReadBytes(Judged));
        return region is not null && stored.Describes(region)
            ? region
            : throw new ModelException($"'{path}' has a judged region that contradicts its manifest; it is damaged: take a copy or train anew.");
    }

    /// <summary>
    /// Writes a copy of a model with another manifest; all tensors stay byte for byte the same.
    /// </summary>
    /// <exception cref="ModelException">As <see cref="ReadManifest(string)"/>.</exception>
    public static void Rewrite(string source, string destination, Manifest manifest)
    {
        ArgumentNullException.ThrowIfNull(manifest);
        using var scope = new TensorScope();
        SafetensorsWriter writer = Guard(source, () =>
        {
            // Read, not mapped: some systems do not let a file be replaced while it is open.
            using SafetensorsReader reader = Open(source);
            ReadManifest(source, reader);
            SafetensorsWriter copy = new SafetensorsWriter().SetMetadata(ManifestKey, manifest.ToJson());
            foreach (SafetensorsEntry entry in reader.Entries)
            {
                if (entry.Type == ElementType.U8)
                {
                    copy.Add(entry.Name, entry.Type, reader.ReadBytes(entry.Name), entry.Dimensions.ToArray());
                }
                else
                {
                    copy.Add(entry.Name, reader.ReadTensor(entry.Name, scope));
                }
            }

            return copy;
        });
        AtomicFile.RemoveStale(destination);
        writer.Save(destination);
    }

    private static TileLevels? ReadTileLevels(string path, SafetensorsReader reader)
    {
        if (!reader.Contains(TileLevelValues) && !reader.Contains(TileLevelGrid))
        {
            return null;
        }

        // Whole numbers below 2^24, which a float holds exactly.
        float[] grid = reader.ReadFloats(TileLevelGrid);
        bool whole = grid.Length == 2 && Array.TrueForAll(grid, count => count is >= 1 and < 1 << 24 && count == MathF.Floor(count));
        return (whole ? TileLevels.From((int)grid[0], (int)grid[1], reader.ReadFloats(TileLevelValues)) : null)
            ?? throw new ModelException($"'{path}' has levels of its tiles that are none; it is damaged: take a copy or train anew.");
    }

    private static Calibration ReadCalibration(string path, SafetensorsReader reader) => new(reader.ReadFloats(ValidationScores), reader.ReadFloats(ValidationMapMaxima))
    {
        TrainingPictures = reader.Contains(TrainingPictureHashes) ? TrainingPictures.Unpack(reader.ReadFloats(TrainingPictureHashes)) : [],
        TileLevels = ReadTileLevels(path, reader),
    };

    private static SafetensorsReader Open(string path)
    {
        if (Directory.Exists(path))
        {
            throw new ModelException($"'{path}' is a folder; give the .gonogo file.");
        }

        if (!File.Exists(path))
        {
            throw new ModelException($"there is no model '{path}'; train one with 'gonogo train ... --output {path}'.");
        }

        return Guard(path, () => SafetensorsReader.Open(path));
    }

    private static Manifest ReadManifest(string path, SafetensorsReader reader)
    {
        if (!reader.Metadata.TryGetValue(ManifestKey, out string? json))
        {
            throw new ModelException($"'{path}' is a safetensors file but no GoNoGo model (no manifest in it); give a file made by 'gonogo train'.");
        }

        return Guard(path, () =>
        {
            // The number first: a newer format may have other fields.
            using var document = JsonDocument.Parse(json);
            if (document.RootElement.ValueKind != JsonValueKind.Object
                || !document.RootElement.TryGetProperty("formatVersion", out JsonElement version) || !version.TryGetInt32(out int number))
            {
                throw new ModelException($"'{path}' has a manifest without a format version; it is damaged: take a copy or train anew.");
            }

            if (number > Manifest.CurrentFormat)
            {
                throw new ModelException($"'{path}' has format {number}, this version reads up to {Manifest.CurrentFormat}; use a newer gonogo.");
            }

            if (number < Manifest.OldestFormat)
            {
                throw new ModelException($"'{path}' has format {number}, this version reads from {Manifest.OldestFormat} on; train anew, or use the gonogo that made it.");
            }

            Manifest manifest = JsonSerializer.Deserialize(json, ManifestJson.Default.Manifest)
                ?? throw new ModelException($"'{path}' has an empty manifest; it is damaged: take a copy or train anew.");
            TrainingData data = manifest.TrainingData;
            bool whole = data is { Widths: [> 0, > 0], Heights: [> 0, > 0], Channels.Count: > 0, Sha256: not null } && manifest.Training.StopReason is not null
                && !float.IsNaN(manifest.ImageThreshold?.Value ?? 0) && !float.IsNaN(manifest.PixelThreshold?.Value ?? 0);
            return whole ? manifest : throw new ModelException($"'{path}' has a manifest that contradicts itself; it is damaged: take a copy or train anew.");
        });
    }

    /// <summary>Turns what readers throw into one sentence about the model.</summary>
    private static T Guard<T>(string path, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception exception) when (exception is TensorFileException or JsonException or OptionException or BackboneException)
        {
            string reason = exception.Message.TrimEnd('.');
            throw new ModelException($"'{path}' cannot be used as a model: {reason}; take a whole copy of it or train anew.", exception);
        }
        catch (UnauthorizedAccessException exception)
        {
            throw new ModelException($"'{path}' cannot be read: {exception.Message}", exception);
        }
    }
}

/// <summary>What the held-out good pictures scored: thresholds can be found anew from it without training.</summary>
/// <param name="Scores">Image scores.</param>
/// <param name="MapMaxima">The largest map value of each picture.</param>
public sealed record Calibration(float[] Scores, float[] MapMaxima)
{
    /// <summary>Hashes of training pictures, as <see cref="Models.TrainingPictures.Keep"/> gives them; empty in models of earlier versions.</summary>
    public IReadOnlyList<ulong> TrainingPictures { get; init; } = [];

    /// <summary>What good parts score at each position of a tile, where scores and maps are standardised; null: they are not.</summary>
    public TileLevels? TileLevels { get; init; }
}

/// <summary>A model in memory.</summary>
/// <param name="Manifest">What it says about itself.</param>
/// <param name="Detectors">Its networks, ready to score.</param>
/// <param name="Calibration">What the held-out good pictures scored.</param>
/// <param name="Frame">What of a picture the networks see.</param>
public sealed record LoadedModel(Manifest Manifest, DetectorSet Detectors, Calibration Calibration, PictureFrame Frame) : IDisposable
{
    /// <summary>The network; the first one where there are several.</summary>
    public IDetector Detector => Detectors.First;

    /// <summary>Scores pictures: the networks behind the frame that the model was trained with.</summary>
    public PictureScorer Scorer { get; } = new(Detectors, Frame, Calibration.TileLevels);

    /// <summary>Gives the networks' memory back.</summary>
    public void Dispose() => Detectors.Dispose();
}

using GoNoGo.Detection.Backbones;
using GoNoGo.Detection.Detectors;
using GoNoGo.Detection.Features;
using GoNoGo.Detection.Models;
using GoNoGo.Detection.Options;
using GoNoGo.Detection.Scoring;
using GoNoGo.Vision.Datasets;
using GoNoGo.Vision.Imaging;
using GoNoGo.Vision.Imaging.Regions;
using GoNoGo.Weights;

namespace GoNoGo.Training;

/// <summary>The backbone that a training asks for: which network, which levels, which weights, and whether the model takes them along.</summary>
/// <param name="Backbone">The network.</param>
/// <param name="Levels">The levels that the detector looks at.</param>
/// <param name="Options">Every option of the backbone.</param>
/// <param name="WeightsFile">The file of its weights.</param>
internal sealed record BackboneChoice(Backbone Backbone, IReadOnlyList<string> Levels, OptionSet Options, string WeightsFile)
{
    /// <summary>Weights below this are bundled where their licence allows.</summary>
    private const long MostBundledBytes = 100_000_000;

    private static readonly string[] FreeLicenses = ["Apache-2.0", "MIT", "BSD-3-Clause"];

    /// <summary>The choice of a request; null for a detector that brings its own network.</summary>
    /// <param name="request">What to train.</param>
    /// <param name="entry">The detector.</param>
    /// <param name="settings">Receives the settings that are the detector's; the others are the backbone's.</param>
    /// <exception cref="OptionException">A backbone for a detector that has none, or an unknown setting.</exception>
    /// <exception cref="BackboneException">An unknown backbone or level.</exception>
    /// <exception cref="WeightsException">The weights are not there; the message says how to get them.</exception>
    public static BackboneChoice? Of(TrainRequest request, DetectorEntry entry, out IReadOnlyList<string> settings)
    {
        settings = request.Settings;
        if (!entry.UsesBackbone)
        {
            return request is { Backbone: null, Levels.Count: 0, Weights: null, BundleBackbone: null }
                ? null
                : throw new OptionException($"detector '{entry.Id}' brings its own network; it takes no --backbone, --levels, --weights or bundling");
        }

        BackboneEntry network = BackboneCatalog.Find(request.Backbone ?? entry.DefaultBackbone!);
        OptionTable table = BackboneOptionTable.Of(network.Family);
        string[] own = [.. request.Settings.Where(setting => Has(table, setting) && !Has(entry.Options, setting))];
        settings = [.. request.Settings.Except(own)];
        // The presets of a paper's detector are those of its whole system; the others look at the backbone as it should be.
        bool isPapers = entry.Options.HasPaperPresets && request.Preset is OptionTable.PaperCode or OptionTable.PaperText;
        string[] preset = [.. entry.Options.BackboneSettings(request.Preset).Where(setting => Has(table, setting))];
        OptionSet options = table.Create(isPapers ? request.Preset : OptionTable.Default, [.. preset, .. own]);
        Backbone backbone = network.Create(BackboneOptionTable.Read(options));
        IReadOnlyList<string> levels = request.Levels.Count > 0 ? request.Levels
            : isPapers ? LevelChoice.Of(backbone, entry.PaperLevels)
            : LevelChoice.Default(backbone);
        foreach (string level in levels)
        {
            _ = backbone.Level(level);
        }

        if (request.Weights is { } file && !File.Exists(file))
        {
            throw new WeightsException($"there is no weights file '{file}'.");
        }

        return new BackboneChoice(backbone, levels, options, request.Weights ?? WeightStore.Default.Require(network.Id, backbone.Options.Branch));
    }

    /// <summary>The choice with numbers in <c>input-scaling</c>: <c>minmax</c> is found from the pictures that are fitted.</summary>
    /// <param name="detector">The options of the detector, with the intensity range that is used.</param>
    /// <param name="fit">The pictures that are fitted.</param>
    /// <param name="region">Which pixels are judged; null: all.</param>
    /// <param name="notes">Receives what a reader must know.</param>
    /// <param name="cancellation">Stops between two pictures.</param>
    public BackboneChoice Resolve(OptionSet detector, DatasetItem[] fit, JudgedRegion? region, List<string> notes, CancellationToken cancellation)
    {
        if (Options[InputScalingOption.Id] != InputScalingOption.MinMax)
        {
            return this;
        }

        Preprocessing preprocessing = Backbone.InputPreprocessing with { Intensity = IntensityOption.Parse(detector[IntensityOption.Id]), JpegScale = JpegScaleOption.Of(detector) };
        ChannelRange[] ranges = ChannelRangeFinder.Find(fit, new PictureFrame(preprocessing, region), cancellation);
        OptionSet options = Options.With(InputScalingOption.Id, InputScalingOption.Write(ranges));
        notes.Add($"{InputScalingOption.Id}={InputScalingOption.MinMax}: the channels of the fitted pictures lie in {options[InputScalingOption.Id]}.");
        return this with { Options = options, Backbone = BackboneCatalog.Create(Backbone.Id, BackboneOptionTable.Read(options)) };
    }

    /// <summary>The backbone as the manifest has it.</summary>
    /// <param name="sha256">SHA-256 of the weights file.</param>
    /// <param name="bundle">Whether the model takes the weights along; null: where they are small and free.</param>
    public StoredBackbone Store(string sha256, bool? bundle) => new(
        Backbone.Id,
        new SortedDictionary<string, string>(Options.Values.ToDictionary(), StringComparer.Ordinal),
        Levels,
        sha256,
        bundle ?? (BackboneBundle.Bytes(Backbone, Levels) < MostBundledBytes && IsFree(Backbone.Id)));

    private static bool IsFree(string id) => WeightRegistry.All.FirstOrDefault(variant => variant.Id == id) is { } variant && FreeLicenses.Contains(variant.License);

    private static bool Has(OptionTable table, string setting)
    {
        string id = setting.Split('=')[0].Trim();
        return table.Definitions.Any(definition => definition.Id == id);
    }
}

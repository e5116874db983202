using System.Globalization;
using GoNoGo.Detection.Detectors.Features;
using GoNoGo.Detection.Models;
using GoNoGo.Detection.Training;
using GoNoGo.Tensors.Memory;

namespace GoNoGo.Training;

/// <summary>The training of a plan with one seed, up to its model file.</summary>
internal sealed class SeededTraining : IDisposable
{
    private readonly TrainingPlan _plan;
    private readonly ulong _seed;
    private readonly NetworkTraining _networks;
    private readonly StoredBackbone? _backbone;
    private readonly List<string> _notes = [];

    /// <summary>Makes the networks with start values.</summary>
    /// <exception cref="Detection.Options.OptionException">The options do not fit together or not to the pictures.</exception>
    public SeededTraining(TrainingPlan plan, ulong seed, bool? bundlesBackbone)
    {
        (_plan, _seed) = (plan, seed);
        _networks = new NetworkTraining(_plan.Entry, _plan.Options, seed, _plan.Region, _plan.Data, _plan.Fit, _plan.Validation, _plan.Backbone, _notes);
        _backbone = _plan.Backbone?.Store(((FeatureDetector)_networks.Detectors.First).Features.WeightsSha256, bundlesBackbone);
        Identity = MakeIdentity();
    }

    /// <summary>What a checkpoint must agree with.</summary>
    public IReadOnlyDictionary<string, string> Identity { get; }

    /// <summary>What a reader must know of this training.</summary>
    public IReadOnlyList<string> Notes => _notes;

    /// <summary>Fits, finds the thresholds and writes the model.</summary>
    /// <param name="path">The model file.</param>
    /// <param name="control">Limits, checkpoints and progress; seed and identity are set here.</param>
    /// <exception cref="OperationCanceledException">Stopped; a checkpoint was kept.</exception>
    public (Manifest Manifest, Calibration Calibration) Run(string path, TrainingControl control)
    {
        (TrainingOutcome outcome, Calibration calibration) = _networks.Run(control with { Seed = _seed, Identity = Identity });
        if (outcome.StopReason == TrainingOutcome.Diverged)
        {
            _notes.Add(string.Create(
                CultureInfo.InvariantCulture,
                $"the training loss stopped being a number in epoch {outcome.Epochs}; the model has the weights of epoch {outcome.BestEpoch + 1}. A smaller learning rate (--set learning-rate=...) goes further."));
        }

        calibration = calibration with { TrainingPictures = _plan.Fingerprint.Pictures };
        StoredThreshold? image = null;
        StoredThreshold? pixel = null;
        if (_plan.Options["threshold-from"] == "validation")
        {
            (image, pixel) = ThresholdRules.FromNormals(calibration, _plan.Options.Number("false-reject-rate"), _notes);
        }

        var manifest = new Manifest
        {
            FormatVersion = Manifest.CurrentFormat,
            Detector = _plan.Entry.Id,
            Options = new SortedDictionary<string, string>(_plan.Options.Values.ToDictionary(), StringComparer.Ordinal),
            Backbone = _backbone,
            Preprocessing = _networks.Frame.Preprocessing,
            Region = StoredRegion.Of(_plan.Region),
            Category = _plan.Category.Name,
            Seed = _seed,
            TrainingData = _plan.Data,
            Training = outcome,
            MapWidth = _networks.Detectors.First.MapWidth,
            MapHeight = _networks.Detectors.First.MapHeight,
            ImageThreshold = image,
            PixelThreshold = pixel,
            Statistics = _networks.Detectors.Statistics,
        };
        using var bundle = new TensorScope();
        ModelFile.Write(
            path, manifest, _networks.Detectors, calibration, _plan.Region,
            _backbone is { IsBundled: true } ? BackboneBundle.Read(_plan.Backbone!.Backbone, _plan.Backbone.Levels, _plan.Backbone.WeightsFile, bundle) : null);
        return (manifest, calibration);
    }

    /// <summary>Gives the networks' memory back.</summary>
    public void Dispose() => _networks.Dispose();

    /// <summary>What a checkpoint must agree with. Limits (max-epochs, max-minutes) may change between runs.</summary>
    private Dictionary<string, string> MakeIdentity()
    {
        var identity = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["detector"] = _plan.Entry.Id,
            // Other widths round differently: the end of a training would not be that of an uninterrupted one.
            ["vector width"] = ((int)Tensors.Simd.VectorWidths.Current).ToString(CultureInfo.InvariantCulture),
            ["version"] = MachineInfo.Version,
            ["seed"] = _seed.ToString(CultureInfo.InvariantCulture),
            ["training pictures"] = _plan.Data.Sha256,
        };
        if (_plan.Region is not null)
        {
            identity["judged region"] = _plan.Region.Hash();
        }

        if (_backbone is { } backbone)
        {
            identity["backbone"] = backbone.Id;
            identity["levels"] = string.Join(',', backbone.Levels);
            identity["backbone weights"] = backbone.Sha256;
            foreach ((string id, string value) in backbone.Options)
            {
                identity["backbone option " + id] = value;
            }
        }

        foreach ((string id, string value) in _plan.Options.Values)
        {
            if (id != "max-epochs")
            {
                identity["option " + id] = value;
            }
        }

        return identity;
    }
}

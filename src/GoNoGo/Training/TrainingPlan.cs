using GoNoGo.Detection.Detectors;
using GoNoGo.Detection.Options;
using GoNoGo.Vision.Datasets;
using GoNoGo.Vision.Imaging.Regions;

namespace GoNoGo.Training;

/// <summary>What a training is about, whatever its seed: detector, options, pictures.</summary>
internal sealed class TrainingPlan
{
    public required DetectorEntry Entry { get; init; }

    /// <summary>The backbone; null for detectors that bring their own network.</summary>
    public required BackboneChoice? Backbone { get; init; }

    /// <summary>Every option, with what was found from the pictures.</summary>
    public required OptionSet Options { get; init; }

    public required Category Category { get; init; }

    /// <summary>The good pictures that are fitted.</summary>
    public required DatasetItem[] Fit { get; init; }

    /// <summary>Those that are held out.</summary>
    public required DatasetItem[] Validation { get; init; }

    public required DataFingerprint Fingerprint { get; init; }

    /// <summary>The fingerprint as the manifest has it.</summary>
    public required Detection.Models.TrainingData Data { get; init; }

    /// <summary>Which pixels are judged; null: all.</summary>
    public required JudgedRegion? Region { get; init; }

    /// <summary>What a reader must know about them.</summary>
    public required IReadOnlyList<string> Notes { get; init; }

    /// <summary>Reads the data.</summary>
    /// <param name="request">What to train.</param>
    /// <param name="entry">The detector.</param>
    /// <param name="backbone">Its backbone.</param>
    /// <param name="options">Its options.</param>
    /// <param name="cancellation">Stops between two pictures.</param>
    /// <exception cref="DatasetException">The data cannot be used.</exception>
    public static TrainingPlan Of(TrainRequest request, DetectorEntry entry, BackboneChoice? backbone, OptionSet options, CancellationToken cancellation)
    {
        Category category = Dataset.Open(request.DataFolder, request.Layout).Load(request.Category);
        var notes = new List<string>(category.Notes);
        (DatasetItem[] fit, DatasetItem[] validation) = Divide(category, options, notes);
        DataFingerprint fingerprint = DataFingerprint.Of(category.Train, cancellation);
        notes.AddRange(fingerprint.Notes);
        int jpegScale = JpegScaleOption.Of(options);
        if (jpegScale > 1)
        {
            notes.Add(JpegScaleNote.Of(jpegScale, fingerprint.JpegCount, category.Train.Count - fingerprint.JpegCount));
        }

        Detection.Models.TrainingData data = fingerprint.Describe(fit.Length, validation.Length, options.Integer("split-seed"));
        JudgedRegion? region = RegionChoice.Of(request, category, data, notes);
        options = IntensityFinder.Resolve(options, fit, fingerprint.Depths, region, notes, cancellation);
        backbone = backbone?.Resolve(options, fit, region, notes, cancellation);
        return new TrainingPlan
        {
            Entry = entry,
            Backbone = backbone,
            Options = options,
            Category = category,
            Fit = fit,
            Validation = validation,
            Fingerprint = fingerprint,
            Data = data,
            Region = region,
            Notes = notes,
        };
    }

    /// <summary>The good pictures to fit and those held out.</summary>
    private static (DatasetItem[] Fit, DatasetItem[] Validation) Divide(Category category, OptionSet options, List<string> notes)
    {
        if (options["validation"] == "none")
        {
            return ([.. category.Train], []);
        }

        NormalSplit split = NormalSplit.Split(category.Train.Count, options.Number("split"), (ulong)options.Integer("split-seed"));
        if (options.Number("split") >= 1)
        {
            notes.Add("split=1 holds no pictures out: there is no early stopping and no threshold from held-out pictures.");
            return ([.. category.Train], []);
        }

        if (split.Fit.Length == 0 || split.Validation.Length == 0)
        {
            notes.Add($"{category.Train.Count} good picture(s) are too few to hold some out: all are fitted, there is no early stopping and no threshold from held-out pictures.");
            return ([.. category.Train], []);
        }

        return ([.. split.Fit.Select(index => category.Train[index])], [.. split.Validation.Select(index => category.Train[index])]);
    }
}

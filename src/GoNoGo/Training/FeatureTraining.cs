using GoNoGo.Detection.Detectors.Features;
using GoNoGo.Detection.Features;
using GoNoGo.Detection.Features.Caching;
using GoNoGo.Detection.Models;
using GoNoGo.Detection.Scoring;
using GoNoGo.Detection.Training;
using GoNoGo.Vision.Datasets;

namespace GoNoGo.Training;

/// <summary>Trains a head on features: one pass of the frozen backbone, or what the cache kept of an earlier one.</summary>
internal static class FeatureTraining
{
    public static TrainingOutcome Run(
        FeatureDetector detector, DatasetItem[] fit, DatasetItem[] validation, PictureFrame frame, TrainingControl control, List<string> notes)
    {
        var cache = new FeatureCache();
        var clock = System.Diagnostics.Stopwatch.StartNew();
        int all = fit.Length + (detector.UsesValidation ? validation.Length : 0);
        using FeatureTable good = Table(fit, 0);
        good.ReleaseCache();
        using FeatureTable? held = detector.UsesValidation ? Table(validation, fit.Length) : null;
        notes.AddRange(good.Notes.Concat(held?.Notes ?? []).Distinct());
        return detector.Fit(good, held ?? good, control);

        FeatureTable Table(DatasetItem[] items, int before) => FeatureTable.Build(
            detector.Features, items, frame, cache, "",
            (done, _) => control.Progress?.Invoke(TrainingProgress.OfFeatures(before + done, all, clock.Elapsed)),
            control.Cancellation);
    }
}

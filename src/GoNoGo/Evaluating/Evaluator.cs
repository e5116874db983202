using System.Diagnostics;
using System.Globalization;
using GoNoGo.Detection.Detectors;
using GoNoGo.Detection.Models;
using GoNoGo.Detection.Scoring;
using GoNoGo.Evaluation.Metrics;
using GoNoGo.Evaluation.Metrics.Pixel;
using GoNoGo.Evaluation.Thresholds;
using GoNoGo.Inspecting;
using GoNoGo.Reports;
using GoNoGo.Tensors;
using GoNoGo.Training;
using GoNoGo.Vision.Datasets;
using GoNoGo.Vision.Datasets.Loading;
using GoNoGo.Vision.Imaging;
using GoNoGo.Vision.Imaging.Resizing;

namespace GoNoGo.Evaluating;

/// <summary>Judges the test pictures of a data set and measures how well.</summary>
public static class Evaluator
{
    /// <summary>Evaluates a model.</summary>
    /// <param name="request">What to evaluate on what.</param>
    /// <param name="progress">Told the number of pictures judged and of all.</param>
    /// <param name="cancellation">Stops between two batches.</param>
    /// <exception cref="ModelException">The model cannot be used.</exception>
    /// <exception cref="DatasetException">The data cannot be used, or none of its test pictures can be judged.</exception>
    public static EvaluationResult Run(EvaluateRequest request, Action<int, int>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (request.Threshold is { } threshold && float.IsNaN(threshold))
        {
            throw new ArgumentException("Evaluator.Run: the threshold is not a number; every part would be go.", nameof(request));
        }

        using LoadedModel model = Models.ModelLoader.Load(request.Model, request.Weights);
        Dataset dataset = Dataset.Open(request.DataFolder, request.Layout);
        Category category = dataset.Load(request.Category ?? OwnCategory(model.Manifest, dataset));
        var run = new EvaluationRun(request, model, category);
        return run.Execute(progress, cancellation);
    }

    /// <summary>The category that the model was trained on, where the data set has it; otherwise the reader decides.</summary>
    private static string? OwnCategory(Manifest manifest, Dataset dataset) =>
        dataset.Categories.Contains(manifest.Category) ? manifest.Category : null;

    /// <summary>The state of one evaluation.</summary>
    private sealed class EvaluationRun(EvaluateRequest request, LoadedModel model, Category category)
    {
        private readonly List<string> _notes = [.. category.Notes];
        private readonly JudgingOrder _order = JudgingOrder.Of(category, model);
        private readonly List<JudgedPicture> _pictures = [];
        private readonly List<int> _positions = [];
        private readonly List<KeyValuePair<string, string>> _unreadable = [];
        private int _withoutMask;
        private int _emptyMasks;
        private int _outside;
        private int _different;
        private string? _firstDifference;
        private readonly DisplayScale? _display = (request.Threshold ?? model.Manifest.ImageThreshold?.Value) is { } threshold
            ? DisplayScale.Of(model.Calibration.Scores, threshold)
            : null;
        private readonly HashSet<ulong> _trained = [.. model.Calibration.TrainingPictures];
        private int _seen;
        private string? _firstSeen;
        private int _withAlpha;
        private int _turned;
        private int _withPages;

        private IDetector Detector => model.Detector;

        private PictureFrame Frame => model.Scorer.Frame;

        private float? Threshold => request.Threshold ?? model.Manifest.ImageThreshold?.Value;

        public EvaluationResult Execute(Action<int, int>? progress, CancellationToken cancellation)
        {
            if (category.Test.Count == 0)
            {
                throw new ModelException($"category '{category.Name}' has no test pictures; nothing can be evaluated.");
            }

            if (request.RequiresBothKinds)
            {
                Models.ThresholdEditor.RequireBothKinds(category.Name, category.Test.Any(item => !item.IsDefective), category.Test.Any(item => item.IsDefective));
            }

            var clock = Stopwatch.StartNew();
            using PixelMetrics? pixels = category.Test.Any(item => item.HasMask) ? new PixelMetrics() : null;
            Judge(pixels, progress, cancellation);
            if (_pictures.Count == 0)
            {
                throw new DatasetException(string.Create(
                    CultureInfo.InvariantCulture, $"none of the {_unreadable.Count} test picture(s) of category '{category.Name}' can be judged, the first for this reason: {_unreadable[0].Value}"));
            }

            TimeSpan scoring = clock.Elapsed;
            clock.Restart();
            EvaluationResult result = Measure(pixels) with { ScoringTime = scoring, MetricsTime = clock.Elapsed };
            return result with { Showcase = request.ShowcaseCount > 0 ? Show(cancellation) : [] };
        }

        private void Judge(PixelMetrics? pixels, Action<int, int>? progress, CancellationToken cancellation)
        {
            var options = new BatchLoaderOptions { OnUnreadable = UnreadablePictures.Report, CacheBytes = 0 };
            foreach (ScoredPicture scored in model.Scorer.ScoreAll(_order.Items, model.Scorer.BatchSize, options, wantsPictures: false, cancellation))
            {
                Add(_order.Items[scored.Index], scored, pixels);
                progress?.Invoke(scored.Index + 1, category.Test.Count);
            }

            if (model.Scorer.BatchDependence is { } reason)
            {
                _notes.Add(string.Create(
                    CultureInfo.InvariantCulture,
                    $"{reason}, so that scores depend on more than the picture: they hold for batches of {model.Scorer.BatchSize} in the published order alone, and the model inspects nothing."));
            }

            AddNotes(pixels is not null);
        }

        private void Add(DatasetItem item, in ScoredPicture scored, PixelMetrics? pixels)
        {
            if (scored.Failure is { } failure)
            {
                _unreadable.Add(new(item.RelativePath, failure.Message));
                return;
            }

            if (float.IsNaN(scored.Score))
            {
                throw new ModelException($"the model '{request.Model}' gives no number as the score of '{item.RelativePath}'; it is damaged or did not train: train anew.");
            }

            Compare(item);
            CountSeen(item);
            _pictures.Add(new JudgedPicture(item.RelativePath, item.IsDefective, item.DefectKind, scored.Score, Threshold is { } t ? scored.Score >= t : null)
            {
                LargestMapValue = scored.LargestMapValue,
                LargestInDefect = pixels is null ? null : AddPixels(pixels, item, scored),
                DisplayScore = _display?.Of(scored.Score),
            });
            _positions.Add(scored.Index);
        }

        /// <summary>Pictures unlike the training pictures are judged, and counted for one note.</summary>
        private void Compare(DatasetItem item)
        {
            PictureFormat format = item.Identify();
            _withAlpha += format.HasAlpha ? 1 : 0;
            _turned += format.IsTurned ? 1 : 0;
            _withPages += format.Pages > 1 ? 1 : 0;
            if (Inspector.DifferencesTo(model.Manifest.TrainingData, format) is { Count: > 0 } differences)
            {
                _different++;
                _firstDifference ??= $"'{item.RelativePath}': {string.Join("; ", differences)}";
            }
        }

        /// <summary>Takes a map into the pixel metrics; the largest value in the defect, null where none is shown.</summary>
        private float? AddPixels(PixelMetrics pixels, DatasetItem item, in ScoredPicture scored)
        {
            if (item.IsDefective && !item.HasMask)
            {
                _withoutMask++;
                return null;
            }

            using Image? mask = item.LoadMask();
            if (!request.NativeMapSize)
            {
                byte[] target = MaskOf(mask, scored.Map);
                CountEmpty(item, mask, target);
                pixels.Add(scored.Map.Span, target, scored.Judged.Span, scored.Map.Shape[1], scored.Map.Shape[0]);
                return LargestIn(target, scored.Map.Span);
            }

            PictureFormat format = item.Identify();
            NativeMap native = NativeMap.Make(scored, Frame.ViewOf(format.Width, format.Height), format.Width, format.Height);
            byte[] cut = native.Cut(mask);
            CountEmpty(item, mask, cut);
            pixels.Add(native.Values, cut, native.Judged, native.Width, native.Height);
            return LargestIn(cut, native.Values);
        }

        private static float? LargestIn(ReadOnlySpan<byte> mask, ReadOnlySpan<float> map)
        {
            float? largest = null;
            for (int i = 0; i < mask.Length; i++)
            {
                // The comparison is false for what is not judged (NaN).
                if (mask[i] != 0 && map[i] >= (largest ?? float.NegativeInfinity))
                {
                    largest = map[i];
                }
            }

            return largest;
        }

        /// <summary>A mask at the map's size, zeros where there is none and where nothing is judged.</summary>
        private byte[] MaskOf(Image? mask, Tensor map)
        {
            var target = new byte[map.ElementCount];
            if (mask is not null)
            {
                Frame.RunMask(mask, target, MaskRuleOf(Detector));
            }

            return target;
        }

        private void CountEmpty(DatasetItem item, Image? mask, byte[] reduced)
        {
            if (!item.IsDefective || reduced.AsSpan().IndexOfAnyExcept((byte)0) >= 0)
            {
                return;
            }

            if (mask is not null && LiesOutside(mask))
            {
                _outside++;
            }
            else
            {
                _emptyMasks++;
            }
        }

        /// <summary>Whether a mask has a defect, and none of it is judged.</summary>
        private bool LiesOutside(Image mask)
        {
            if (Frame.ViewOf(mask.Width, mask.Height).Region is not { } region)
            {
                return false;
            }

            var full = new byte[mask.Width * mask.Height];
            MaskResize.Run(mask, mask.Width, mask.Height, MaskRule.Nearest, full);
            bool any = false;
            for (int i = 0; i < full.Length; i++)
            {
                if (full[i] != 0 && region.Judged[i] != 0)
                {
                    return false;
                }

                any |= full[i] != 0;
            }

            return any;
        }

        /// <summary>Counts a picture that the model was trained on, as far as the model keeps hashes.</summary>
        private void CountSeen(DatasetItem item)
        {
            if (_trained.Count > 0 && _trained.Contains(PictureContent.Hash(PictureContent.Read(item))))
            {
                _seen++;
                _firstSeen ??= item.RelativePath;
            }
        }

        private void AddNotes(bool hasMasks)
        {
            if (_seen > 0)
            {
                // A full list may be a sample of more pictures.
                string least = _trained.Count == TrainingPictures.Most ? "at least " : "";
                _notes.Add(string.Create(CultureInfo.InvariantCulture, $"{least}{_seen} picture(s) judged here were trained on, first '{_firstSeen}'; the metrics are too good."));
            }

            if (_unreadable.Count > 0)
            {
                _notes.Add(string.Create(CultureInfo.InvariantCulture, $"{_unreadable.Count} test picture(s) could not be read and are in no metric."));
            }

            if (_different > 0)
            {
                _notes.Add(string.Create(CultureInfo.InvariantCulture, $"{_different} picture(s) differ in size, channels or depth from the training pictures, first {_firstDifference}."));
            }

            if (_withAlpha > 0)
            {
                _notes.Add(AlphaNote.Of(_withAlpha));
            }

            if (_turned > 0)
            {
                _notes.Add(OrientationNote.Of(_turned));
            }

            if (_withPages > 0)
            {
                _notes.Add(PagesNote.Of(_withPages));
            }

            if (!hasMasks)
            {
                _notes.Add("the data set has no masks, so there are no pixel metrics.");
            }

            if (_withoutMask > 0)
            {
                _notes.Add(string.Create(CultureInfo.InvariantCulture, $"{_withoutMask} defective picture(s) have no mask and are left out of the pixel metrics."));
            }

            if (_outside > 0)
            {
                _notes.Add(string.Create(CultureInfo.InvariantCulture, $"{_outside} defective picture(s) have their defect where the model does not judge; they count as their label says, so the model misses them unless it sees something else."));
            }

            if (_emptyMasks > 0)
            {
                _notes.Add(string.Create(CultureInfo.InvariantCulture, $"{_emptyMasks} defective picture(s) have a mask without a defect at the map's size; their pixels count as good."));
            }
        }

        private EvaluationResult Measure(PixelMetrics? pixels)
        {
            float[] scores = [.. _pictures.Select(picture => picture.Score)];
            byte[] labels = [.. _pictures.Select(picture => picture.IsDefective ? (byte)1 : (byte)0)];
            RocCurve? roc = labels.Contains((byte)1) && labels.Contains((byte)0) ? RocCurve.Compute(scores, labels, dropIntermediate: true) : null;
            PrecisionRecallCurve? precisionRecall = labels.Contains((byte)1) ? PrecisionRecallCurve.Compute(scores, labels) : null;
            return new EvaluationResult
            {
                ModelName = Path.GetFileName(request.Model),
                Manifest = model.Manifest,
                Category = category.Name,
                Notes = _notes,
                Pictures = _pictures,
                Unreadable = _unreadable,
                ImageMetrics = ScoreMetrics.Compute(scores, labels),
                PixelMetrics = pixels is { Images: > 0 } ? pixels.Compute() : null,
                MapSize = MapSize(),
                RocCurve = roc is null ? [] : [.. roc.FalsePositiveRates.Select((x, i) => new CurvePoint(x, roc.TruePositiveRates[i], roc.Thresholds[i]))],
                PrecisionRecallCurve = precisionRecall is null ? [] :
                    [.. precisionRecall.Recalls.Select((x, i) => new CurvePoint(x, precisionRecall.Precisions[i], i < precisionRecall.Thresholds.Count ? precisionRecall.Thresholds[i] : double.PositiveInfinity))],
                Threshold = Threshold,
                PixelThreshold = model.Manifest.PixelThreshold?.Value,
                HeatScale = HeatScale.Of(model),
                Confusion = Threshold is { } threshold ? ConfusionCounts.At(scores, labels, threshold) : null,
                KindRecalls = Threshold is { } t ? KindRecall.At(scores, [.. _pictures.Select(picture => picture.IsDefective ? picture.DefectKind : null)], t) : [],
                ScoringTime = TimeSpan.Zero,
                MetricsTime = TimeSpan.Zero,
            };
        }

        /// <summary>The size of the maps that pixel metrics were computed on; of tiles, how many map pixels show how many picture pixels.</summary>
        private string MapSize() => request.NativeMapSize ? "native"
            : Frame.Tiles is not { } tiles ? string.Create(CultureInfo.InvariantCulture, $"{Detector.MapWidth}x{Detector.MapHeight}")
            : string.Create(CultureInfo.InvariantCulture, $"tiles {tiles.Side}->{Math.Min(tiles.Side, Detector.MapWidth)}");

        /// <summary>Chooses pictures to show and scores them once more: keeping every map would cost memory without bound.</summary>
        private ShowcasePicture[] Show(CancellationToken cancellation)
        {
            List<(ShowcaseGroup Group, int Index)> chosen = ShowcaseChoice.Choose(_pictures, request.ShowcaseCount);
            int[] places = [.. chosen.Select(choice => _positions[choice.Index])];
            // Where scores depend on the batch, the batches must be the same again.
            bool all = model.Scorer.BatchDependence is not null;
            IReadOnlyList<DatasetItem> items = all ? _order.Items : [.. places.Select(place => _order.Items[place])];
            var options = new BatchLoaderOptions { OnUnreadable = all ? UnreadablePictures.Report : UnreadablePictures.Throw, CacheBytes = 0 };
            var shown = new ShowcasePicture[chosen.Count];
            foreach (ScoredPicture scored in model.Scorer.ScoreAll(items, model.Scorer.BatchSize, options, wantsPictures: true, cancellation))
            {
                int turn = all ? Array.IndexOf(places, scored.Index) : scored.Index;
                if (turn < 0)
                {
                    continue;
                }

                (ShowcaseGroup group, int index) = chosen[turn];
                using Image? mask = items[scored.Index].LoadMask();
                PictureFormat format = items[scored.Index].Identify();
                PictureRegion region = Frame.ViewOf(format.Width, format.Height).Covered;
                (int width, int height) = (scored.Map.Shape[1], scored.Map.Shape[0]);
                shown[turn] = ShowcaseSize.Reduce(new ShowcasePicture(
                    group, _pictures[index], scored.ToRgb(Frame.Preprocessing), scored.Map.ToArray(), mask is null ? null : MaskOf(mask, scored.Map), width, height)
                {
                    Defects = DefectList.Find(scored.Map.Span, width, height, model.Manifest.PixelThreshold?.Value, region, format.Width, format.Height),
                    Region = new MapRegion(region.X, region.Y, region.Width, region.Height),
                });
            }

            return shown;
        }

        private static MaskRule MaskRuleOf(IDetector detector) =>
            detector.Options["mask-resize"] == "bilinear-nonzero" ? MaskRule.BilinearNonzero : MaskRule.Nearest;
    }
}

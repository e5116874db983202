using GoNoGo.Detection.Detectors.Features;
using GoNoGo.Detection.Features;
using GoNoGo.Detection.Models;
using GoNoGo.Detection.Options;
using GoNoGo.Detection.Training;
using GoNoGo.Learning.Autograd;
using GoNoGo.Learning.Checkpoints;
using GoNoGo.Learning.Layers;
using GoNoGo.Tensors;
using GoNoGo.Tensors.Memory;

namespace GoNoGo.Detection.Detectors.Flow;

/// <summary>
/// Normalizing flows over backbone features (Yu et al. 2021, "FastFlow"; Alber et al. 2024, "NF"): a flow for each level learns to turn the
/// features of good pictures into independent standard normal numbers; what does not become such is anomalous.
/// </summary>
public sealed partial class FlowDetector : GradientFeatureDetector
{
    private const int JudgingBatch = 8;

    private readonly FlowLevel[] _levels;
    private readonly PositionScale? _scale;

    /// <summary>Makes the flows, or reads them from a model.</summary>
    /// <inheritdoc cref="FeatureDetector(string, OptionSet, WeightSource, TensorScope, SortedDictionary{string, double}, FeatureExtractor, int, bool)"/>
    public FlowDetector(OptionSet options, WeightSource source, TensorScope scope, SortedDictionary<string, double>? statistics, FeatureExtractor? features)
        : base("flow", options, source, scope, statistics, features)
    {
        var settings = FlowSettings.From(options, Features.Levels.Count);
        _levels = [.. Features.Levels.Select(level => new FlowLevel(options, settings, level, source.Child(level.Name)))];
        if (settings.Standardises)
        {
            var shape = new Shape(Stack.Rows, Stack.Columns);
            _scale = new PositionScale(Head("good.mean", shape), Head("good.deviation", shape));
        }
    }

    /// <inheritdoc/>
    public override long? PublishedParameterCount => _levels.Sum(level => level.PublishedCount);

    private protected override Variable LevelLoss(int level, Variable maps, in StepContext step) => _levels[level].Loss(maps, step);

    private protected override void ScoreLevel(int level, Variable features, Tensor scores) => _levels[level].Score(features, scores);

    private protected override float PatchScore(int patch, float score) => _scale?.Of(patch, score) ?? score;

    private protected override void WeightsChanged()
    {
        foreach (FlowLevel level in _levels)
        {
            level.Unpack();
        }
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            foreach (FlowLevel level in _levels)
            {
                level.Dispose();
            }
        }

        base.Dispose(disposing);
    }

    /// <summary>Finds out what good pictures score, which also shows whether the flow gives numbers at all.</summary>
    private protected override void Finish(IFeatureSource good, CancellationToken cancellation)
    {
        foreach (FlowLevel level in _levels)
        {
            level.Forget();
        }

        var room = new ScoringRoom(_levels.Length);
        using TensorScope scope = room.Scope;
        foreach (Tensor[] batch in new FeatureBatches(good).Read(null, JudgingBatch, cancellation))
        {
            scope.Reset();
            batch.CopyTo(room.Levels, 0);
            Tensor scores = scope.New(new Shape(batch[0].Shape[0], Stack.Rows, Stack.Columns));
            ScorePatches(room, scores);
            if (NonFinite.Count(scores.Span) > 0)
            {
                throw new ModelException("the trained flow gives good pictures scores that are no numbers: its weights grew beyond what can be computed; lower the learning rate (--set learning-rate=...) and train anew.");
            }

            _scale?.Add(scores);
        }

        _scale?.End();
    }
}

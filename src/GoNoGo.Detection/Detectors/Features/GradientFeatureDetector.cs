using System.Diagnostics;
using GoNoGo.Detection.Features;
using GoNoGo.Detection.Models;
using GoNoGo.Detection.Options;
using GoNoGo.Detection.Scoring;
using GoNoGo.Detection.Training;
using GoNoGo.Learning.Autograd;
using GoNoGo.Learning.Autograd.Operators;
using GoNoGo.Learning.Layers;
using GoNoGo.Tensors;
using GoNoGo.Tensors.Memory;

namespace GoNoGo.Detection.Detectors.Features;

/// <summary>
/// A head that gradient descent trains on the features of a frozen backbone: one pass of the backbone, then epochs over what it gave. In training
/// mode (choice 1) features depend on the batch or on chance: where no order is drawn and nothing else is, the batches are always the same and so are
/// their features; elsewhere the backbone runs in every step. Each level is judged on its own grid; a patch's score is the mean of the levels' scores, brought to the finest grid, and the map the mean of the
/// levels' enlarged maps (the published code of Alber et al. 2024). Order, early stopping, best weights, checkpoints and time limit are those of <see cref="GradientTrainer"/>.
/// </summary>
public abstract partial class GradientFeatureDetector : FeatureDetector
{
    private readonly TapePool _tapes;
    private bool _isFitted;

    /// <summary>The part that all such heads share.</summary>
    /// <inheritdoc cref="FeatureDetector(string, OptionSet, WeightSource, TensorScope, SortedDictionary{string, double}, FeatureExtractor, int, bool)"/>
    private protected GradientFeatureDetector(
        string id, OptionSet options, WeightSource source, TensorScope scope, SortedDictionary<string, double>? statistics, FeatureExtractor? features)
        : base(id, options, source, scope, statistics, features, neighbourhood: 1, takesLive: true)
    {
        _tapes = new TapePool(scope.Pool);
        _isFitted = statistics is not null;
    }

    /// <summary>Held-out pictures decide when to stop.</summary>
    public override bool UsesValidation => true;

    private protected override bool IsFitted => _isFitted;

    /// <inheritdoc/>
    public override TrainingOutcome Fit(IFeatureSource fit, IFeatureSource validation, TrainingControl control)
    {
        ArgumentNullException.ThrowIfNull(fit);
        ArgumentNullException.ThrowIfNull(validation);
        ArgumentNullException.ThrowIfNull(control);
        RequirePictures(fit.Count);
        TrainingOutcome outcome = Train(new Model(this), new FeatureBatches(fit), new FeatureBatches(validation), control);
        Finish(validation.Count > 0 ? validation : fit, control.Cancellation);
        _isFitted = true;
        return outcome;
    }

    /// <inheritdoc/>
    public override TrainingOutcome Fit(IPictureSource fit, IPictureSource validation, TrainingControl control)
    {
        ArgumentNullException.ThrowIfNull(fit);
        ArgumentNullException.ThrowIfNull(validation);
        ArgumentNullException.ThrowIfNull(control);
        if (Features.IsDeterministic)
        {
            return base.Fit(fit, validation, control);
        }

        int batchSize = Options.Integer("batch-size");
        if (!Features.IsRandom && !Options.Switch("shuffle"))
        {
            var clock = Stopwatch.StartNew();
            int all = fit.Count + validation.Count;
            using FeatureMemory own = FeatureMemory.Of(Features, fit, control.Cancellation, batchSize, Tell(0));
            using FeatureMemory held = FeatureMemory.Of(Features, validation, control.Cancellation, batchSize, Tell(fit.Count));
            return Fit(own, held, control);

            Action<int>? Tell(int before) => control.Progress is null ? null
                : done => control.Progress(TrainingProgress.OfFeatures(before + done, all, clock.Elapsed));
        }

        RequirePictures(fit.Count);
        TrainingOutcome outcome = Train(new LiveModel(this), new PictureBatches(fit), new PictureBatches(validation), control);
        using FeatureMemory good = FeatureMemory.Of(Features, validation.Count > 0 ? validation : fit, control.Cancellation, batchSize);
        Finish(good, control.Cancellation);
        _isFitted = true;
        return outcome;
    }

    /// <summary>Refuses to be fitted to too few pictures.</summary>
    /// <exception cref="ModelException">There are too few.</exception>
    private protected virtual void RequirePictures(int count)
    {
    }

    /// <summary>The loss of one level; those of all levels are added.</summary>
    /// <param name="level">The level's place.</param>
    /// <param name="maps">Its maps <c>[B, D, h, w]</c>.</param>
    /// <param name="step">Which step it is; random numbers of a step come from its seed and number.</param>
    /// <returns>One number, the mean over the pictures.</returns>
    private protected abstract Variable LevelLoss(int level, Variable maps, in StepContext step);

    /// <summary>The loss of a batch.</summary>
    /// <param name="levels">Of each level its maps <c>[B, D, h, w]</c>.</param>
    /// <param name="step">Which step it is.</param>
    private protected Variable Loss(ReadOnlySpan<Variable> levels, in StepContext step)
    {
        Variable sum = LevelLoss(0, levels[0], step);
        for (int level = 1; level < levels.Length; level++)
        {
            sum = sum.Add(LevelLoss(level, levels[level], step));
        }

        return sum;
    }

    /// <summary>Scores the positions of one level, larger being more anomalous.</summary>
    /// <param name="level">The level's place.</param>
    /// <param name="features">Its maps <c>[B, D, h, w]</c>, on a tape that does not record and is emptied after the call.</param>
    /// <param name="scores">Receives <c>[B, h, w]</c>.</param>
    private protected abstract void ScoreLevel(int level, Variable features, Tensor scores);

    /// <summary>Says that training has changed the weights: what was made of them for scoring is void.</summary>
    private protected virtual void WeightsChanged()
    {
    }

    /// <summary>What is found out after training, with the chosen weights in place.</summary>
    /// <param name="good">Held-out good pictures; those that were fitted where none are held out.</param>
    /// <param name="cancellation">Stops it.</param>
    private protected virtual void Finish(IFeatureSource good, CancellationToken cancellation)
    {
    }

    private protected sealed override void ScorePatches(ScoringRoom room, Tensor scores)
    {
        int batch = scores.Shape[0];
        using TapePool.Loan loan = _tapes.Rent();
        for (int level = 0; level < room.Levels.Length; level++)
        {
            Tensor features = room.Levels[level];
            room.LevelScores[level] = room.Scope.New(new Shape(batch, features.Shape[2], features.Shape[3]));
            ScoreLevel(level, loan.Tape.Constant(features), room.LevelScores[level]);
            loan.Tape.Reset();
        }

        Average(room, scores);
    }

    private protected sealed override void WriteMaps(ScoringRoom room, Tensor scores, Tensor maps) => Average(room, maps);

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _tapes.Dispose();
        }

        base.Dispose(disposing);
    }

    private TrainingOutcome Train(Model model, IBatchSource fit, IBatchSource validation, TrainingControl control)
    {
        using var trainer = new GradientTrainer(model, TrainerOptions.From(Options), TrainerOptions.Optimizer(Options, Parameters), control);
        try
        {
            return trainer.Run(fit, validation);
        }
        finally
        {
            // Also where training was cancelled or gave up: the weights are others than before.
            WeightsChanged();
        }
    }

    /// <summary>The mean of the levels' scores, each brought to the target's size.</summary>
    private void Average(ScoringRoom room, Tensor target)
    {
        Bring(room.LevelScores[0], target);
        if (room.LevelScores.Length == 1)
        {
            return;
        }

        Tensor other = room.Scope.New(target.Shape);
        Span<float> sums = target.Span;
        for (int level = 1; level < room.LevelScores.Length; level++)
        {
            Bring(room.LevelScores[level], other);
            ReadOnlySpan<float> values = other.Span;
            for (int i = 0; i < sums.Length; i++)
            {
                sums[i] += values[i];
            }
        }

        foreach (ref float sum in sums)
        {
            sum /= room.LevelScores.Length;
        }
    }

    private void Bring(Tensor scores, Tensor target)
    {
        if (scores.Shape == target.Shape)
        {
            scores.CopyTo(target);
        }
        else
        {
            Enlarge(scores, target);
        }
    }

    /// <summary>How <see cref="GradientTrainer"/> sees the head.</summary>
    private class Model(GradientFeatureDetector head) : IGradientModel
    {
        public IReadOnlyList<Parameter> Parameters => head.Parameters;

        public IReadOnlyList<KeyValuePair<string, Tensor>> Buffers => head.Buffers;

        public IReadOnlyList<string> LossParts => [];

        public bool KeepsGradient(Parameter parameter) => false;

        public virtual Variable Loss(ReadOnlySpan<Variable> inputs, in StepContext step, Span<double> parts) => head.Loss(inputs, step);

        public string? ReasonToStop(ReadOnlySpan<double> parts) => null;
    }

    /// <summary>The same over pictures: the backbone runs in training mode on every batch.</summary>
    private sealed class LiveModel(GradientFeatureDetector head) : Model(head)
    {
        private readonly FeatureExtractor _features = head.Features;

        public override Variable Loss(ReadOnlySpan<Variable> inputs, in StepContext step, Span<double> parts)
        {
            Tape tape = inputs[0].Tape;
            Tensor[] maps = _features.ExtractStep(inputs[0].Value, tape.Scope, step.Seed, step.Step);
            var levels = new Variable[maps.Length];
            for (int level = 0; level < levels.Length; level++)
            {
                FeatureCheck.Require(_features.Levels[level], maps[level].Span);
                levels[level] = tape.Constant(maps[level]);
            }

            return base.Loss(levels, step, parts);
        }
    }
}

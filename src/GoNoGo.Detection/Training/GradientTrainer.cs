using System.Diagnostics;
using GoNoGo.Detection.Models;
using GoNoGo.Learning.Autograd;
using GoNoGo.Learning.Optimizers;
using GoNoGo.Learning.Training;
using GoNoGo.Tensors;
using GoNoGo.Tensors.Memory;
using GoNoGo.Tensors.Random;

namespace GoNoGo.Detection.Training;

/// <summary>
/// Trains a model by gradient descent: epochs over pictures or their features in a seeded order, early stopping on held-out ones,
/// best weights copied and restored, checkpoints from which a killed run goes on to the same bytes.
/// </summary>
internal sealed class GradientTrainer : IDisposable
{
    private const string OrderPurpose = "order";

    private readonly IGradientModel _model;
    private readonly GradientTrainerOptions _options;
    private readonly TrainingControl _control;
    private readonly Optimizer _optimizer;
    private readonly TensorScope _scope = new();
    private readonly Tape _tape = new();
    private readonly Tape _judgingTape = new(records: false);
    private readonly Checkpoint? _checkpoint;
    private readonly List<KeyValuePair<string, Tensor>> _live = [];
    private readonly List<KeyValuePair<string, Tensor>> _best = [];
    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private TimeSpan _lastCheckpoint;
    private TrainingState _state = new();
    private Variable[] _inputs = [];

    public GradientTrainer(IGradientModel model, GradientTrainerOptions options, Optimizer optimizer, TrainingControl control)
    {
        _model = model;
        _options = options;
        _optimizer = optimizer;
        _control = control;
        _checkpoint = control.CheckpointFolder is null ? null : new Checkpoint(control.CheckpointFolder);
        foreach (Parameter parameter in model.Parameters)
        {
            AddLive("value/" + parameter.Name, parameter.Value);
        }

        foreach ((string name, Tensor buffer) in model.Buffers)
        {
            AddLive("buffer/" + name, buffer);
        }
    }

    /// <summary>Runs the training; the model holds the chosen weights afterwards.</summary>
    /// <exception cref="OperationCanceledException">Cancelled between two batches; the checkpoint holds that state.</exception>
    public TrainingOutcome Run(IBatchSource fit, IBatchSource validation)
    {
        try
        {
            return RunEpochs(fit, validation);
        }
        catch (OperationCanceledException)
        {
            // Cancelled between two batches, or while judging: then all batches of the epoch count as done and it is judged again.
            WriteCheckpoint();
            throw;
        }
    }

    /// <summary>Runs the training on pictures.</summary>
    /// <inheritdoc cref="Run(IBatchSource, IBatchSource)"/>
    public TrainingOutcome Run(IPictureSource fit, IPictureSource validation) => Run(new PictureBatches(fit), new PictureBatches(validation));

    /// <summary>Gives the memory of steps, optimiser and best weights back.</summary>
    public void Dispose()
    {
        _optimizer.Dispose();
        _tape.Dispose();
        _judgingTape.Dispose();
        _scope.Dispose();
    }

    private TrainingOutcome RunEpochs(IBatchSource fit, IBatchSource validation)
    {
        _state.LossSums = new double[_model.LossParts.Count + 1];
        if (_control.Resume && _checkpoint is { Exists: true })
        {
            _state = _checkpoint.Read(_control.Identity, Everything(), reader => _optimizer.Restore(reader));
            MarkKeptGradients();
        }

        while (_state.StopReason is null)
        {
            _state.StopReason = OneEpoch(fit, validation);
            if (_state.StopReason is not null || _clock.Elapsed - _lastCheckpoint >= _control.CheckpointInterval)
            {
                // The last state too: what comes after the epochs (judging, writing the model) may still fail.
                WriteCheckpoint();
            }
        }

        if (_state.BestEpoch < 0)
        {
            throw new ModelException("the training loss is not a number from the first epoch on; lower the learning rate (--set learning-rate=...) and train anew.") { IsDivergence = true };
        }

        if (_state.StopReason == TrainingOutcome.Diverged && !_options.RestoresBest)
        {
            throw new ModelException(FormattableString.Invariant(
                $"the training loss stopped being a number in epoch {_state.Epoch}, and with best-weights=last-epoch no earlier weights are kept; lower the learning rate (--set learning-rate=...) or set best-weights=restore, and train anew."))
            { IsDivergence = true };
        }

        if (_options.RestoresBest)
        {
            for (int i = 0; i < _live.Count; i++)
            {
                _best[i].Value.CopyTo(_live[i].Value);
            }
        }

        double? bestLoss = double.IsFinite(_state.BestLoss) ? _state.BestLoss : null;
        return new TrainingOutcome(_state.Epoch, _options.RestoresBest ? _state.BestEpoch : _state.Epoch - 1, bestLoss, _state.StopReason);
    }

    /// <summary>An epoch and its judgement; the reason to stop after it, or null.</summary>
    private string? OneEpoch(IBatchSource fit, IBatchSource validation)
    {
        if (_state.Epoch >= _options.MaxEpochs)
        {
            return "max-epochs";
        }

        bool complete = RunEpoch(fit);
        double[] means = [.. _state.LossSums.Select(sum => sum / _state.PicturesSeen)];
        double? held = validation.Count > 0 ? Judge(validation) : null;
        // The mean over a few batches of an epoch that was cut short is no epoch's loss; the first epoch is better than none.
        bool counts = complete || held is not null || _state.BestEpoch < 0;
        bool stopsByPatience = counts && Observe(held ?? means[0]) && validation.Count > 0;
        Report(fit, means, held, isEpochEnd: true, note: null);
        _state.Epoch++;
        _state.Batch = 0;
        _state.PicturesSeen = 0;
        Array.Clear(_state.LossSums);
        return !complete ? "max-minutes"
            : !double.IsFinite(means[0]) ? TrainingOutcome.Diverged
            : stopsByPatience ? "patience"
            : _model.ReasonToStop(means.AsSpan(1)) is { } reason ? reason
            : _state.Epoch >= _options.MaxEpochs ? "max-epochs"
            : null;
    }

    /// <summary>One epoch from where the state stands; false when the time limit ended it early.</summary>
    private bool RunEpoch(IBatchSource fit)
    {
        int[] order = _options.Shuffles
            ? fit.Shuffle(new RandomStream(_control.Seed, OrderPurpose).Child((ulong)_state.Epoch))
            : [.. Enumerable.Range(0, fit.Count)];
        // All batches may be done where the epoch was interrupted while judging; the last one may be smaller than the others.
        int[] rest = order[Math.Min(order.Length, _state.Batch * _options.BatchSize)..];
        Span<double> parts = stackalloc double[_model.LossParts.Count];
        foreach (Tensor[] batch in fit.Read(rest, _options.BatchSize, _control.Cancellation))
        {
            int count = batch[0].Shape[0];
            double loss = Step(batch, parts);
            _state.LossSums[0] += loss * count;
            for (int i = 0; i < parts.Length; i++)
            {
                _state.LossSums[i + 1] += parts[i] * count;
            }

            _state.PicturesSeen += count;
            _state.Batch++;
            _state.Step++;
            if (_control.Progress is not null)
            {
                Report(fit, [.. _state.LossSums.Select(sum => sum / _state.PicturesSeen)], null, isEpochEnd: false, note: null);
            }

            _control.Cancellation.ThrowIfCancellationRequested();
            if (!double.IsFinite(loss))
            {
                // The weights are no numbers any more, and never will be again.
                return true;
            }

            if (_control.MaxMinutes is { } minutes && _clock.Elapsed.TotalMinutes >= minutes)
            {
                return false;
            }
        }

        return true;
    }

    private double Step(Tensor[] inputs, Span<double> parts)
    {
        _tape.Reset();
        foreach (Parameter parameter in _model.Parameters)
        {
            if (!_model.KeepsGradient(parameter))
            {
                parameter.ResetGradient();
            }
        }

        Variable loss = _model.Loss(OnTape(_tape, inputs), new StepContext(true, _control.Seed, _state.Step), parts);
        double value = loss.Value.ToScalar();
        _tape.Backward(loss);
        _optimizer.Step();
        return value;
    }

    private double Judge(IBatchSource validation)
    {
        double sum = 0;
        Span<double> parts = stackalloc double[_model.LossParts.Count];
        foreach (Tensor[] batch in validation.Read(null, _options.BatchSize, _control.Cancellation))
        {
            _judgingTape.Reset();
            Variable loss = _model.Loss(OnTape(_judgingTape, batch), StepContext.JudgingAfter(_control.Seed, _state.Step), parts);
            sum += (double)loss.Value.ToScalar() * batch[0].Shape[0];
        }

        _judgingTape.Reset();
        return sum / validation.Count;
    }

    private Variable[] OnTape(Tape tape, Tensor[] inputs)
    {
        if (_inputs.Length != inputs.Length)
        {
            _inputs = new Variable[inputs.Length];
        }

        for (int i = 0; i < inputs.Length; i++)
        {
            _inputs[i] = tape.Constant(inputs[i]);
        }

        return _inputs;
    }

    /// <summary>The stopping rule: true when the epochs without improvement exceed the patience.</summary>
    private bool Observe(double loss)
    {
        var stopping = new EarlyStopping(_options.Patience, _state.BestLoss, _state.BestEpoch, _state.EpochsSinceBest);
        bool improved = stopping.Observe(loss, _state.Epoch);
        _state.BestLoss = stopping.BestLoss;
        _state.BestEpoch = stopping.BestEpoch;
        _state.EpochsSinceBest = stopping.EpochsSinceBest;
        if (improved && _options.RestoresBest)
        {
            foreach ((KeyValuePair<string, Tensor> live, KeyValuePair<string, Tensor> best) in _live.Zip(BestCopies()))
            {
                live.Value.CopyTo(best.Value);
            }
        }

        return stopping.ShouldStop;
    }

    private List<KeyValuePair<string, Tensor>> BestCopies()
    {
        if (_best.Count == 0)
        {
            foreach ((string name, Tensor tensor) in _live)
            {
                _best.Add(new("best/" + name, _scope.Zeros(tensor.Shape)));
            }
        }

        return _best;
    }

    private void AddLive(string name, Tensor tensor) => _live.Add(new(name, tensor));

    /// <summary>Every tensor that the rest of the training depends on.</summary>
    private IEnumerable<KeyValuePair<string, Tensor>> Everything() =>
        _live
            .Concat(_options.RestoresBest ? BestCopies() : [])
            .Concat(_model.Parameters.Where(_model.KeepsGradient).Select(parameter =>
                new KeyValuePair<string, Tensor>("gradient/" + parameter.Name, parameter.Gradient)));

    private void MarkKeptGradients()
    {
        if (_state.Step > 0)
        {
            foreach (Parameter parameter in _model.Parameters.Where(_model.KeepsGradient))
            {
                parameter.MarkGradient();
            }
        }
    }

    private void WriteCheckpoint()
    {
        _checkpoint?.Write(_state, _control.Identity, Everything(), writer => _optimizer.Save(writer));
        _lastCheckpoint = _clock.Elapsed;
    }

    private void Report(IBatchSource fit, double[] means, double? held, bool isEpochEnd, string? note)
    {
        if (_control.Progress is null)
        {
            return;
        }

        var losses = new Dictionary<string, double>(StringComparer.Ordinal) { ["loss"] = means[0] };
        for (int i = 1; i < means.Length; i++)
        {
            losses[_model.LossParts[i - 1]] = means[i];
        }

        int batches = (fit.Count + _options.BatchSize - 1) / _options.BatchSize;
        _control.Progress(new TrainingProgress(
            _state.Epoch, _options.MaxEpochs, _state.Batch, batches, losses, held, _state.BestEpoch, _clock.Elapsed, isEpochEnd, note));
    }
}

/// <summary>The rules of a training.</summary>
/// <param name="BatchSize">Pictures a step.</param>
/// <param name="MaxEpochs">Most epochs.</param>
/// <param name="Patience">Epochs without improvement that are endured.</param>
/// <param name="Shuffles">A new order each epoch.</param>
/// <param name="RestoresBest">The model keeps the weights of the best epoch, not the last.</param>
internal sealed record GradientTrainerOptions(int BatchSize, int MaxEpochs, int Patience, bool Shuffles, bool RestoresBest);

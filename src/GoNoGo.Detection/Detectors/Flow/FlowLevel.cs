using GoNoGo.Detection.Backbones;
using GoNoGo.Detection.Detectors.Features;
using GoNoGo.Detection.Options;
using GoNoGo.Detection.Training;
using GoNoGo.Learning.Autograd;
using GoNoGo.Learning.Autograd.Operators;
using GoNoGo.Learning.Densities.Flows;
using GoNoGo.Learning.Layers;
using GoNoGo.Tensors;

namespace GoNoGo.Detection.Detectors.Flow;

/// <summary>The flow of one level, with the norm before it where the level has one (the published code of Alber et al. 2024: those of a ResNet).</summary>
internal sealed partial class FlowLevel : IDisposable
{
    private readonly FeatureLevel _level;
    private readonly LevelNorm _norm;
    private readonly FlowScore _score;
    private readonly FastFlow _flow;
    private readonly FeatureNoise _noise;
    private readonly Lock _packing = new();
    private PackedFlow? _packed;

    /// <summary>Makes or reads the parameters.</summary>
    public FlowLevel(OptionSet options, FlowSettings settings, FeatureLevel level, WeightSource source)
    {
        _level = level;
        _score = settings.Score;
        _noise = new FeatureNoise(settings.Noise, level.Name);
        _norm = new LevelNorm(options, level, source);
        _flow = new FastFlow(settings.FlowOf(level.Width), source);
    }

    /// <summary>Numbers as the published table counts them (Alber et al. 2024, Table 1).</summary>
    public long PublishedCount => _flow.Options.PublishedCount(_level.Rows, _level.Columns);

    /// <summary>The mean over the pictures of their negative log-likelihood, without its constant.</summary>
    /// <param name="maps"><c>[B, D, h, w]</c>.</param>
    /// <param name="step">Drives the noise; outside of training there is none.</param>
    public Variable Loss(Variable maps, in StepContext step)
    {
        Variable loss = _flow.Loss(_noise.Add(_norm.Forward(maps), step));
        Variable weight = _norm.CountedWeight(maps.Tape);
        return weight.IsEmpty ? loss : loss.Subtract(weight.Square().Log().Scale(0.5f).Sum());
    }

    /// <summary>The score of every position.</summary>
    /// <param name="maps"><c>[B, D, h, w]</c>.</param>
    /// <param name="scores">Receives <c>[B, h, w]</c>.</param>
    public void Score(Variable maps, Tensor scores)
    {
        FlowScores.Compute(_score, Packed().Transform(_norm.Forward(maps)), scores);
        if (_score != FlowScore.Likelihood || !_norm.CountsVolume)
        {
            return;
        }

        ReadOnlySpan<float> volumes = _norm.MeanVolumes(maps.Tape.Scope).Span;
        Span<float> values = scores.Span;
        for (int i = 0; i < values.Length; i++)
        {
            values[i] -= volumes[i % volumes.Length];
        }
    }

    /// <summary>After training: loses what is not kept.</summary>
    public void Forget() => _norm.Forget();

    /// <summary>Lets the packed weights go: the weights have changed. No score may be running.</summary>
    public void Unpack()
    {
        lock (_packing)
        {
            _packed?.Dispose();
            _packed = null;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => Unpack();

    /// <summary>The flow for scoring, packed by the first thread that asks.</summary>
    private PackedFlow Packed()
    {
        if (Volatile.Read(ref _packed) is { } packed)
        {
            return packed;
        }

        lock (_packing)
        {
            return _packed ??= _flow.Pack();
        }
    }
}

using GoNoGo.Detection.Backbones;
using GoNoGo.Detection.Detectors.Features;
using GoNoGo.Detection.Options;
using GoNoGo.Detection.Training;
using GoNoGo.Learning.Autograd;
using GoNoGo.Learning.Autograd.Operators;
using GoNoGo.Learning.Densities.Flows;
using GoNoGo.Learning.Layers;
using GoNoGo.Tensors;
using GoNoGo.Tensors.Memory;

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
    private Prepared? _prepared;

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
        Prepared prepared = Prepare();
        FlowScores.Compute(_score, prepared.Flow.Transform(_norm.Forward(maps)), scores);
        if (prepared.Volumes.Length == 0)
        {
            return;
        }

        Span<float> values = scores.Span;
        for (int i = 0; i < values.Length; i++)
        {
            values[i] -= prepared.Volumes[i % prepared.Volumes.Length];
        }
    }

    /// <summary>After training: loses what is not kept.</summary>
    public void Forget() => _norm.Forget();

    /// <summary>Lets go what scoring has made of the weights: they have changed. No score may be running.</summary>
    public void Unpack()
    {
        lock (_packing)
        {
            _prepared?.Flow.Dispose();
            _prepared = null;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => Unpack();

    /// <summary>What scoring needs of the weights, made by the first thread that asks.</summary>
    private Prepared Prepare()
    {
        if (Volatile.Read(ref _prepared) is { } prepared)
        {
            return prepared;
        }

        lock (_packing)
        {
            if (_prepared is null)
            {
                // The volumes first: what is packed must not be lost where there is no memory for them.
                float[] volumes = _score == FlowScore.Likelihood && _norm.CountsVolume ? MeanVolumes() : [];
                _prepared = new Prepared(_flow.Pack(), volumes);
            }

            return _prepared;
        }
    }

    private float[] MeanVolumes()
    {
        using var scope = new TensorScope();
        return _norm.MeanVolumes(scope).ToArray();
    }

    /// <summary>The weights in the form that scoring reads.</summary>
    /// <param name="Flow">The flow, packed.</param>
    /// <param name="Volumes">What the norm's weights add to the log-likelihood of each position, per channel; empty where it is not counted.</param>
    private sealed record Prepared(PackedFlow Flow, float[] Volumes);
}

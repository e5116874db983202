using GoNoGo.Detection.Backbones;
using GoNoGo.Detection.Detectors.Features;
using GoNoGo.Detection.Features;
using GoNoGo.Detection.Models;
using GoNoGo.Detection.Options;
using GoNoGo.Detection.Training;
using GoNoGo.Learning.Autograd;
using GoNoGo.Learning.Layers;
using GoNoGo.Tensors;
using GoNoGo.Tensors.Memory;

namespace GoNoGo.Detection.Detectors.Gmm;

/// <summary>
/// A mixture density network on backbone features (Alber et al. 2024, section 3), one for each level: from a patch's features it makes a Gaussian
/// mixture over these same features, and is trained to find good ones likely. Their losses are added; one optimiser step moves all.
/// </summary>
public sealed partial class GmmDetector : GradientFeatureDetector
{
    private readonly GmmLevel[] _levels;
    private readonly MixtureScore _score;
    private readonly bool _isInverted;

    /// <summary>Makes the detector, or reads it from a model.</summary>
    /// <inheritdoc cref="GradientFeatureDetector(string, OptionSet, WeightSource, TensorScope, SortedDictionary{string, double}, FeatureExtractor)"/>
    public GmmDetector(OptionSet options, WeightSource source, TensorScope scope, SortedDictionary<string, double>? statistics, FeatureExtractor? features)
        : base("gmm", options, source, scope, statistics, features)
    {
        _levels = [.. Features.Levels.Select(level => new GmmLevel(options, level, source.Child(level.Name)))];
        _isInverted = options["level-map-sign"] == "inverted" && _levels.Length > 1;
        _score = new MixtureScore(options["mixture-score"], _isInverted);
    }

    /// <inheritdoc/>
    public override long? PublishedParameterCount => _levels.Sum(level => level.PublishedCount);

    /// <inheritdoc/>
    public override string? BatchDependence => _score.BatchDependence ?? base.BatchDependence;

    /// <summary>There must be as many patches as components.</summary>
    private protected override void RequirePictures(int count)
    {
        int components = Options.Integer("gaussians");
        foreach (FeatureLevel level in Features.Levels)
        {
            long patches = (long)count * level.Rows * level.Columns;
            if (components > patches)
            {
                throw new ModelException(FormattableString.Invariant(
                    $"{components} Gaussians cannot be fitted to the {patches} patches that {count} picture(s) have at level '{level.Name}'; choose fewer (--set gaussians=N) or a finer level."));
            }
        }
    }

    private protected override Variable LevelLoss(int level, Variable maps, in StepContext step) => _levels[level].Loss(maps, step);

    private protected override void ScoreLevel(int level, Variable features, Tensor scores)
    {
        _levels[level].MeanLikelihoods(features, scores);
        _score.Apply(scores);
    }

    private protected override void Finish(IFeatureSource good, CancellationToken cancellation)
    {
        foreach (GmmLevel level in _levels)
        {
            level.Forget();
        }
    }
}

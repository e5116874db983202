using GoNoGo.Detection.Detectors.Features;
using GoNoGo.Detection.Features;
using GoNoGo.Detection.Models;
using GoNoGo.Detection.Options;
using GoNoGo.Detection.Training;
using GoNoGo.Learning.Densities.Gaussians;
using GoNoGo.Learning.Layers;
using GoNoGo.Tensors;
using GoNoGo.Tensors.Memory;
using GoNoGo.Tensors.Random;

namespace GoNoGo.Detection.Detectors.GmmEm;

/// <summary>
/// A Gaussian mixture of whitened patches of good pictures, fitted by expectation-maximisation. A patch's score is its negative log-likelihood, but for a
/// constant. No gradients.
/// </summary>
public sealed partial class GmmEmDetector : FeatureDetector
{
    private const string Components = "components";
    private const string Axes = "axes";
    private const string Residual = "residual-variance";

    /// <summary>Variance below which a direction counts as constant: relative to the mean square of the features, so that it follows their scale.</summary>
    private const double RelativeRidge = 1e-6;

    private readonly CovarianceForm _form;
    private Tensor _mean;
    private Tensor _projection;
    private Tensor _constants;
    private Tensor _means;
    private Tensor _factors;
    private MixtureDensity? _density;
    private double[] _variances = [];
    private double _residualVariance;

    /// <summary>Makes the detector, or reads it from a model.</summary>
    /// <inheritdoc cref="FeatureDetector(string, OptionSet, WeightSource, TensorScope, SortedDictionary{string, double}, FeatureExtractor, int, bool)"/>
    public GmmEmDetector(OptionSet options, WeightSource source, TensorScope scope, SortedDictionary<string, double>? statistics, FeatureExtractor? features)
        : base("gmm-em", options, source, scope, statistics, features, FeatureOptions.Neighbourhood(options))
    {
        _form = GmmEmOptions.Form(options);
        if (statistics is not null)
        {
            MakeAxes(StoredCount(Axes));
            MakeMixture(StoredCount(Components));
            Prepare();
        }
    }

    private protected override bool IsFitted => _density is not null;

    /// <inheritdoc/>
    public override TrainingOutcome Fit(IFeatureSource fit, IFeatureSource validation, TrainingControl control)
    {
        ArgumentNullException.ThrowIfNull(fit);
        ArgumentNullException.ThrowIfNull(validation);
        ArgumentNullException.ThrowIfNull(control);
        if (IsFitted)
        {
            throw new InvalidOperationException("detector 'gmm-em' was fitted already; make a new one.");
        }

        int[] taken = CountTaken(fit);
        long patches = taken.Sum(count => (long)count);
        RequireRoom(patches, fit.Count);
        var stream = new RandomStream(control.Seed, "gmm-em");
        using var scope = new TensorScope(new MemoryPool());
        Tensor rows = scope.New(new Shape(checked((int)patches), Stack.Width));
        ReadTaken(fit, taken, stream.Child("patches"), rows, control.Cancellation);
        PrincipalAxes axes = FindAxes(rows);
        Tensor whitened = scope.New(new Shape(rows.Shape[0], axes.Kept));
        PrincipalAxes.Whiten(rows, _mean, _projection, whitened);
        scope.Release(rows);
        MixtureFit mixture = FindMixture(whitened, axes, stream, control.Cancellation);
        Statistics[Axes] = axes.Kept;
        Statistics[Residual] = Options.Switch("residual") ? axes.ResidualVariance : 0;
        Statistics[Components] = mixture.Parameters.Count;
        Statistics["criterion"] = mixture.Criterion;
        Statistics["iterations"] = mixture.LogLikelihoods.Count - 1;
        Statistics["log-likelihood"] = mixture.LogLikelihoods[^1];
        Statistics["patches"] = patches;
        Prepare();
        return new TrainingOutcome(1, 0, MeanNegativeLog(validation.Count > 0 ? validation : fit, control.Cancellation), TrainingOutcome.OnePass);
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _density?.Dispose();
        }

        base.Dispose(disposing);
    }

    private protected override void ScorePatches(ScoringRoom room, Tensor scores)
    {
        StackRows(room);
        ScoreRows(room.Rows, room.Scope, scores);
    }

    /// <summary>Scores patches, which lose their mean.</summary>
    private void ScoreRows(Tensor rows, TensorScope scope, Tensor scores)
    {
        Tensor whitened = scope.New(new Shape(rows.Shape[0], _projection.Shape[0]));
        PrincipalAxes.Whiten(rows, _mean, _projection, whitened);
        _density!.NegativeLog(whitened, scope, scores);
        if (_residualVariance > 0)
        {
            PrincipalAxes.AddResidual(rows, whitened, _variances, 0.5 / _residualVariance, scores);
        }
    }

    private PrincipalAxes FindAxes(Tensor rows)
    {
        double ridge = Math.Max(Options.Number("ridge"), (RelativeRidge * PrincipalAxes.MeanSquare(rows)) + float.Epsilon);
        int most = Options.Integer("pca-features");
        PrincipalAxes axes = PrincipalAxes.Of(rows, Options.Number("pca-variance"), most == 0 ? int.MaxValue : most, ridge);
        MakeAxes(axes.Kept);
        axes.Write(_mean, _projection);
        return axes;
    }

    private MixtureFit FindMixture(Tensor whitened, PrincipalAxes axes, RandomStream stream, CancellationToken cancellation)
    {
        double floor = Options.Number("floor");
        var options = new MixtureFitOptions(_form)
        {
            Iterations = Options.Integer("iterations"),
            Tolerance = Options.Number("tolerance"),
            // The ridge, seen from the whitened axes: small along axes of large variance, 1 along those that have none.
            Floor = [.. axes.Variances.Take(axes.Kept).Select(variance => Math.Max(floor, axes.Ridge / (variance + axes.Ridge)))],
        };
        MixtureFit fit = GmmEmOptions.Components(Options) is int count
            ? ExpectationMaximisation.Fit(whitened, count, options, stream, cancellation)
            : ExpectationMaximisation.Choose(whitened, Options.Integer("max-components"), options, stream, cancellation);
        MakeMixture(fit.Parameters.Count);
        var constants = new double[fit.Parameters.Count];
        fit.Parameters.Write(constants, _means, _factors, default);
        for (int k = 0; k < constants.Length; k++)
        {
            _constants.Span[k] = (float)constants[k];
        }

        return fit;
    }

    private void RequireRoom(long patches, int pictures)
    {
        int count = GmmEmOptions.Components(Options) ?? (int)Math.Min(patches, Options.Integer("max-components"));
        if (count > patches)
        {
            throw new ModelException(FormattableString.Invariant(
                $"components={count} is more than the {patches} patches that {pictures} pictures give; set fewer components, fit more pictures or choose a finer level."));
        }

        int most = Options.Integer("pca-features");
        int width = most == 0 ? Stack.Width : Math.Min(most, Stack.Width);
        long bytes = (patches * (Stack.Width + width) * sizeof(float)) + (4L * sizeof(double) * Stack.Width * Stack.Width)
            + ExpectationMaximisation.Bytes(_form, patches, count, width);
        RequireMemory(
            bytes, FormattableString.Invariant($"{count} Gaussians of {width} features and {patches} patches"),
            "set fewer with components=N (or max-components=N), patches=N or pca-features=N, or choose a coarser level");
    }

    private void MakeAxes(int count)
    {
        if (count > Stack.Width)
        {
            throw new OptionException($"its {count} principal axes do not fit the {Stack.Width} features of its backbone's levels");
        }

        _mean = Head("mean", new Shape(Stack.Width));
        _projection = Head("projection", new Shape(count, Stack.Width));
    }

    private void MakeMixture(int count)
    {
        int width = _projection.Shape[0];
        _constants = Head("constants", new Shape(count));
        _means = Head("means", new Shape(count, width));
        _factors = Head("factors", MixtureParameters.FactorShape(_form, count, width));
    }

    /// <summary>What scoring needs beyond the tensors; made from them alone, so that a loaded model scores like the one that was fitted.</summary>
    private void Prepare()
    {
        _density = new MixtureDensity(_form, [.. _constants.ToArray().Select(constant => (double)constant)], _means, _factors);
        if (!Statistics.TryGetValue(Residual, out _residualVariance) || !(_residualVariance >= 0 && double.IsFinite(_residualVariance)))
        {
            throw new OptionException($"its manifest has no usable number '{Residual}'");
        }

        // An axis is a unit vector divided by the deviation along it.
        _variances = [.. Enumerable.Range(0, _projection.Shape[0]).Select(i =>
        {
            double square = 0;
            foreach (float value in _projection[i].Span)
            {
                square += (double)value * value;
            }

            return 1 / square;
        })];
    }
}

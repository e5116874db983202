using GoNoGo.Detection.Models;
using GoNoGo.Detection.Options;
using GoNoGo.Detection.Scoring;
using GoNoGo.Detection.Training;
using GoNoGo.Learning.Autograd;
using GoNoGo.Learning.Layers;
using GoNoGo.Learning.Optimizers;
using GoNoGo.Tensors;
using GoNoGo.Tensors.Kernels;
using GoNoGo.Tensors.Memory;
using GoNoGo.Vision.Imaging;

namespace GoNoGo.Detection.Detectors.VtAdl;

/// <summary>
/// The detector of Mishra et al. 2021: a picture is judged by how badly it is reconstructed and by how unlikely its worst
/// patch is; the map shows the patches' negative log-likelihood.
/// </summary>
public sealed partial class VtAdlDetector : IDetector
{
    /// <summary>Pictures that are scored at once.</summary>
    private const int JudgingBatch = 8;

    private static readonly Term ReconstructionTerm = new("reconstruction-mean", "reconstruction-deviation");
    private static readonly Term LikelihoodTerm = new("likelihood-mean", "likelihood-deviation");

    private readonly VtAdlSettings _settings;
    private readonly VtAdlNetwork _network;
    private readonly TensorScope _scope;
    private readonly WeightSource _source;
    private readonly TapePool _tapes;

    /// <summary>Makes the network, or reads it from a model.</summary>
    /// <param name="options">The options of <see cref="VtAdlOptions.Table"/>.</param>
    /// <param name="source">Where the parameters come from.</param>
    /// <param name="scope">Owns the parameters; disposed with the detector.</param>
    /// <param name="statistics">The statistics of a stored model; empty for a new one.</param>
    public VtAdlDetector(OptionSet options, WeightSource source, TensorScope scope, SortedDictionary<string, double>? statistics = null)
    {
        Options = options ?? throw new ArgumentNullException(nameof(options));
        _settings = VtAdlSettings.From(options);
        _source = source ?? throw new ArgumentNullException(nameof(source));
        _scope = scope ?? throw new ArgumentNullException(nameof(scope));
        _tapes = new TapePool(scope.Pool);
        _network = new VtAdlNetwork(_settings, source);
        Statistics = statistics ?? new SortedDictionary<string, double>(StringComparer.Ordinal);
        Preprocessing = DetectorPreprocessing.From(options);
    }

    /// <inheritdoc/>
    public string Id => "vtadl";

    /// <inheritdoc/>
    public OptionSet Options { get; }

    /// <inheritdoc/>
    public Preprocessing Preprocessing { get; }

    /// <inheritdoc/>
    public int MapWidth => _settings.Size;

    /// <inheritdoc/>
    public int MapHeight => _settings.Size;

    /// <inheritdoc/>
    public IReadOnlyList<Parameter> Parameters => _source.Parameters;

    /// <inheritdoc/>
    public IReadOnlyList<KeyValuePair<string, Tensor>> Buffers => _source.Buffers;

    /// <inheritdoc/>
    public SortedDictionary<string, double> Statistics { get; }

    /// <summary>The network, for parts of it.</summary>
    public VtAdlNetwork Network => _network;

    /// <inheritdoc/>
    public TrainingOutcome Fit(IPictureSource fit, IPictureSource validation, TrainingControl control)
    {
        ArgumentNullException.ThrowIfNull(fit);
        ArgumentNullException.ThrowIfNull(validation);
        var model = new VtAdlGradientModel(this, _settings);
        TrainingOutcome outcome;
        using (var trainer = new GradientTrainer(model, TrainerOptions.From(Options), TrainerOptions.Optimizer(Options, Parameters), control))
        {
            outcome = trainer.Run(fit, validation);
        }

        FindStatistics(validation.Count > 0 ? validation : fit, control.Cancellation);
        return outcome;
    }

    /// <inheritdoc/>
    public void Score(Tensor images, ReadOnlySpan<byte> judged, Span<float> imageScores, Tensor maps)
    {
        int batch = images.Shape[0];
        using TapePool.Loan loan = _tapes.Rent();
        Span<double> reconstruction = stackalloc double[batch];
        Span<double> likelihood = stackalloc double[batch];
        Terms(loan.Tape, images, judged, reconstruction, likelihood, maps);
        for (int b = 0; b < batch; b++)
        {
            imageScores[b] = (float)(Options["image-score"] switch
            {
                "reconstruction" => reconstruction[b],
                "likelihood" => likelihood[b],
                "as-coded" => reconstruction[b] + likelihood[b],
                _ => Standardised(ReconstructionTerm, reconstruction[b]) + Standardised(LikelihoodTerm, likelihood[b]),
            });
        }
    }

    /// <summary>Gives the parameters' memory back.</summary>
    public void Dispose()
    {
        _tapes.Dispose();
        _scope.Dispose();
    }

    /// <summary>The two terms of the image score for each picture, and its map where one is wanted.</summary>
    private void Terms(Tape tape, Tensor images, ReadOnlySpan<byte> judged, Span<double> reconstruction, Span<double> likelihood, Tensor maps)
    {
        int batch = images.Shape[0];
        bool asCoded = Options["image-score"] == "as-coded";
        Variable input = tape.Constant(images);
        Variable encoded = _network.Encode(input);
        bool wantsReconstruction = Options["image-score"] != "likelihood";
        if (wantsReconstruction)
        {
            Tensor decoded = _network.Reconstruct(encoded, training: false).Value;
            Span<double> mse = stackalloc double[batch];
            Span<double> ssim = stackalloc double[batch];
            ReconstructionError.Of(tape, images, decoded, judged, mse, ssim);
            for (int b = 0; b < batch; b++)
            {
                // The published score adds the similarity instead of subtracting it.
                reconstruction[b] = asCoded ? mse[b] + ssim[b] : (_settings.MseWeight * mse[b]) - (_settings.SsimWeight * ssim[b]);
            }
        }

        if (_settings.MixtureWeight == 0)
        {
            likelihood.Clear();
            if (!maps.IsEmpty)
            {
                maps.Clear();
            }

            return;
        }

        Tensor energies = _network.PatchEnergies(encoded).Value;
        if (!_settings.SumsLikelihood)
        {
            // Nats per feature, as in the loss, so that numbers of models of different width compare.
            foreach (ref float energy in energies.Span)
            {
                energy /= _settings.Width;
            }
        }

        ReadOnlySpan<float> values = energies.Span;
        for (int b = 0; b < batch; b++)
        {
            likelihood[b] = Largest(values.Slice(b * _settings.Patches, _settings.Patches), JudgedPixels.Of(judged, b, batch));
        }

        if (!maps.IsEmpty)
        {
            Map(tape, energies, maps);
        }
    }

    /// <summary>The largest energy of the patches that hold a judged pixel.</summary>
    private float Largest(ReadOnlySpan<float> energies, ReadOnlySpan<byte> judged)
    {
        float largest = float.NegativeInfinity;
        for (int patch = 0; patch < energies.Length; patch++)
        {
            if (judged.IsEmpty || JudgedPixels.Any(judged, _settings.Size, patch % _settings.Grid * _settings.Patch, patch / _settings.Grid * _settings.Patch, _settings.Patch))
            {
                largest = MathF.Max(largest, energies[patch]);
            }
        }

        return largest;
    }

    /// <summary>Patch energies <c>[B * P]</c> to maps <c>[B, S, S]</c>.</summary>
    private void Map(Tape tape, Tensor energies, Tensor maps)
    {
        int batch = maps.Shape[0];
        int size = _settings.Size;
        Tensor grid = energies.Reshape(new Shape(batch, 1, _settings.Grid, _settings.Grid));
        Interpolate.Forward(grid, InterpolationMode.Bilinear, Options["map-upsampling"] == "align-corners", maps.Reshape(new Shape(batch, 1, size, size)));
        double sigma = Options.Number("map-smoothing");
        if (sigma > 0)
        {
            Tensor smoothed = tape.New(maps.Shape);
            GaussianFilter.Run(maps, sigma, smoothed);
            smoothed.CopyTo(maps);
        }
    }

    private double Standardised(Term term, double value) =>
        Statistics.TryGetValue(term.Mean, out double mean) && Statistics.TryGetValue(term.Deviation, out double deviation)
            ? (value - mean) / deviation
            : throw new ModelException($"the model lacks the statistics '{term.Mean}' and '{term.Deviation}' that image-score=combined needs; train it anew.");

    /// <summary>Mean and deviation of both terms over good pictures: they make the two comparable.</summary>
    private void FindStatistics(IPictureSource pictures, CancellationToken cancellation)
    {
        var reconstruction = new List<double>();
        var likelihood = new List<double>();
        using var tape = new Tape(_scope.Pool, records: false);
        foreach (PictureBatch batch in pictures.Read(null, JudgingBatch, cancellation))
        {
            int count = batch.Images.Shape[0];
            var first = new double[count];
            var second = new double[count];
            tape.Reset();
            Terms(tape, batch.Images, batch.Judged.Span, first, second, default);
            reconstruction.AddRange(first);
            likelihood.AddRange(second);
        }

        Store(ReconstructionTerm, reconstruction);
        Store(LikelihoodTerm, likelihood);
    }

    private void Store(Term term, List<double> values)
    {
        double mean = values.Average();
        double deviation = Math.Sqrt(values.Sum(value => (value - mean) * (value - mean)) / Math.Max(1, values.Count - 1));
        Statistics[term.Mean] = mean;
        // All values alike (one picture): keep differences in their own unit.
        Statistics[term.Deviation] = deviation > 0 ? deviation : 1;
    }

    /// <summary>The names of a score term's statistics.</summary>
    private sealed record Term(string Mean, string Deviation);
}

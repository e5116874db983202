using GoNoGo.Detection.Models;
using GoNoGo.Detection.Options;
using GoNoGo.Detection.Scoring;
using GoNoGo.Detection.Training;
using GoNoGo.Learning.Autograd;
using GoNoGo.Learning.Autograd.Operators;
using GoNoGo.Learning.Layers;
using GoNoGo.Tensors;
using GoNoGo.Tensors.Kernels;
using GoNoGo.Tensors.Memory;
using GoNoGo.Vision.Imaging;

namespace GoNoGo.Detection.Detectors.Autoencoder;

/// <summary>
/// Judges a picture by how badly a small convolutional network reproduces it. Map = squared error (mean over channels),
/// or squared error + 1 - SSIM; image score = mean of the map over the judged pixels.
/// </summary>
public sealed partial class AutoencoderDetector : IDetector, IGradientModel
{
    private static readonly string[] Parts = ["mse", "ssim"];

    private readonly AutoencoderNetwork _network;
    private readonly TensorScope _scope;
    private readonly WeightSource _source;
    private readonly TapePool _tapes;
    private readonly int _size;
    private readonly bool _usesSsim;

    /// <summary>Makes the network, or reads it from a model.</summary>
    /// <param name="options">The options of <see cref="AutoencoderOptions.Table"/>.</param>
    /// <param name="source">Where the parameters come from.</param>
    /// <param name="scope">Owns the parameters; disposed with the detector.</param>
    public AutoencoderDetector(OptionSet options, WeightSource source, TensorScope scope)
    {
        Options = options ?? throw new ArgumentNullException(nameof(options));
        _source = source ?? throw new ArgumentNullException(nameof(source));
        _scope = scope ?? throw new ArgumentNullException(nameof(scope));
        _size = options.Integer("size");
        int channels = options.Integer("channels");
        if (_size % 32 != 0 || channels == 2)
        {
            throw new OptionException("the options of 'autoencoder' do not fit together: size must be a multiple of 32 and channels 1 or 3");
        }

        _usesSsim = options["loss"] == "mse+ssim";
        _tapes = new TapePool(scope.Pool);
        _network = new AutoencoderNetwork(_size, channels, options.Integer("latent"), source);
        Preprocessing = DetectorPreprocessing.From(options);
    }

    /// <inheritdoc/>
    public string Id => "autoencoder";

    /// <inheritdoc/>
    public OptionSet Options { get; }

    /// <inheritdoc/>
    public Preprocessing Preprocessing { get; }

    /// <inheritdoc/>
    public int MapWidth => _size;

    /// <inheritdoc/>
    public int MapHeight => _size;

    /// <inheritdoc cref="IDetector.Parameters"/>
    public IReadOnlyList<Parameter> Parameters => _source.Parameters;

    /// <inheritdoc cref="IDetector.Buffers"/>
    public IReadOnlyList<KeyValuePair<string, Tensor>> Buffers => _source.Buffers;

    /// <inheritdoc/>
    public SortedDictionary<string, double> Statistics { get; } = new(StringComparer.Ordinal);

    IReadOnlyList<string> IGradientModel.LossParts => Parts;

    /// <inheritdoc/>
    public TrainingOutcome Fit(IPictureSource fit, IPictureSource validation, TrainingControl control)
    {
        using var trainer = new GradientTrainer(this, TrainerOptions.From(Options), TrainerOptions.Optimizer(Options, Parameters), control);
        return trainer.Run(fit, validation);
    }

    /// <inheritdoc/>
    public void Score(Tensor images, ReadOnlySpan<byte> judged, Span<float> imageScores, Tensor maps)
    {
        using TapePool.Loan loan = _tapes.Rent();
        Tape tape = loan.Tape;
        Tensor decoded = _network.Forward(tape.Constant(images)).Value;
        int batch = images.Shape[0];
        Tensor own = maps.IsEmpty ? tape.New(new Shape(batch, _size, _size)) : maps;
        ReconstructionError.Map(tape, images, decoded, _usesSsim, own);
        for (int b = 0; b < batch; b++)
        {
            imageScores[b] = (float)JudgedPixels.Mean(own[b].Span, JudgedPixels.Of(judged, b, batch));
        }

        double sigma = Options.Number("map-smoothing");
        if (sigma > 0 && !maps.IsEmpty)
        {
            Tensor smoothed = tape.New(maps.Shape);
            GaussianFilter.Run(maps, sigma, smoothed);
            smoothed.CopyTo(maps);
        }
    }

    /// <summary>Gives the parameters' memory back.</summary>
    public void Dispose()
    {
        _tapes.Dispose();
        _scope.Dispose();
    }

    bool IGradientModel.KeepsGradient(Parameter parameter) => false;

    string? IGradientModel.ReasonToStop(ReadOnlySpan<double> parts) => null;

    Variable IGradientModel.Loss(ReadOnlySpan<Variable> inputs, in StepContext step, Span<double> parts)
    {
        Variable images = inputs[0];
        Variable decoded = _network.Forward(images);
        Variable mse = decoded.MseLoss(images);
        parts[0] = mse.Value.ToScalar();
        parts[1] = 0;
        if (!_usesSsim)
        {
            return mse;
        }

        Variable ssim = decoded.Ssim(images);
        parts[1] = ssim.Value.ToScalar();
        return mse.Add(ssim.Scale(-1f).AddScalar(1f));
    }
}

using GoNoGo.Detection.Options;
using GoNoGo.Learning.Densities.Mixtures;

namespace GoNoGo.Detection.Detectors.VtAdl;

/// <summary>The options of VT-ADL, read once, checked against each other and named as the code uses them.</summary>
public sealed record VtAdlSettings
{
    /// <summary>Channels of the maps that the decoder sees are code / side / side; the published decoder: 512 as 8 x 8 x 8.</summary>
    public required int CodeSide { get; init; }

    /// <summary>Size of the reconstruction vector.</summary>
    public required int Code { get; init; }

    /// <summary>Side of the square input in pixels.</summary>
    public required int Size { get; init; }

    /// <summary>Input channels.</summary>
    public required int Channels { get; init; }

    /// <summary>Side of a patch in pixels.</summary>
    public required int Patch { get; init; }

    /// <summary>Patches a side.</summary>
    public int Grid => Size / Patch;

    /// <summary>Number P of patches.</summary>
    public int Patches => Grid * Grid;

    /// <summary>Width D of the tokens.</summary>
    public required int Width { get; init; }

    /// <summary>Transformer layers.</summary>
    public required int Depth { get; init; }

    /// <summary>Attention heads.</summary>
    public required int Heads { get; init; }

    /// <summary>Hidden width of the feed-forward part.</summary>
    public required int MlpWidth { get; init; }

    /// <summary>Whether attention logits are scaled by the model's width instead of the head's.</summary>
    public required bool ScalesByWidth { get; init; }

    /// <summary>Whether a class token is used (and dropped at the end).</summary>
    public required bool HasClassToken { get; init; }

    /// <summary>Whether the projected vector is squashed to a length below 1.</summary>
    public required bool Squashes { get; init; }

    /// <summary>Added to the length in the squash; 0 as published (a zero vector gives NaN there).</summary>
    public required float SquashEpsilon { get; init; }

    /// <summary>Size of an input capsule.</summary>
    public required int CapsuleWidth { get; init; }

    /// <summary>Output capsules.</summary>
    public required int Capsules { get; init; }

    /// <summary>Rounds of routing.</summary>
    public required int RoutingIterations { get; init; }

    /// <summary>Transposed convolutions of the decoder.</summary>
    public required int DecoderLayers { get; init; }

    /// <summary>Whether the decoder is the published one for 512 x 512.</summary>
    public bool UsesPublishedDecoder => Size == 512 && DecoderLayers == 6;

    /// <summary>Whether the decoder ends in tanh instead of the sigmoid.</summary>
    public required bool EndsInTanh { get; init; }

    /// <summary>Components K of the mixture.</summary>
    public required int Components { get; init; }

    /// <summary>The form of the mixture.</summary>
    public required MixtureOptions Mixture { get; init; }

    /// <summary>Whether the likelihood is summed over patches instead of averaged over patches and features.</summary>
    public required bool SumsLikelihood { get; init; }

    /// <summary>Standard deviation of the training noise.</summary>
    public required float NoiseSigma { get; init; }

    /// <summary>Whether the noise goes into both branches.</summary>
    public required bool NoiseOnEncoder { get; init; }

    /// <summary>Weight of the squared error.</summary>
    public required float MseWeight { get; init; }

    /// <summary>Weight of the structural similarity.</summary>
    public required float SsimWeight { get; init; }

    /// <summary>Weight of the likelihood term.</summary>
    public required float MixtureWeight { get; init; }

    /// <summary>Reads the options.</summary>
    /// <exception cref="OptionException">Two options do not fit together; the message says which and what would.</exception>
    public static VtAdlSettings From(OptionSet options)
    {
        ArgumentNullException.ThrowIfNull(options);
        string likelihood = options["vtadl-likelihood"];
        string projection = options["projection"];
        int layers = options.Integer("decoder-layers");
        int size = options.Integer("size");
        bool published = size == 512 && layers == 6;
        var settings = new VtAdlSettings
        {
            Size = size,
            Channels = options.Integer("channels"),
            Patch = options.Integer("patch"),
            Width = options.Integer("width"),
            Depth = options.Integer("depth"),
            Heads = options.Integer("heads"),
            MlpWidth = options.Integer("mlp-width"),
            ScalesByWidth = options["attention-scale"] == "width",
            HasClassToken = options["class-token"] == "used",
            Squashes = projection != "linear",
            SquashEpsilon = projection == "capsule" ? 1e-8f : 0f,
            CapsuleWidth = options.Integer("capsule-width"),
            Capsules = options.Integer("capsules"),
            RoutingIterations = options.Integer("routing-iterations"),
            Code = options.Integer("code"),
            CodeSide = published ? 8 : size >> layers,
            DecoderLayers = layers,
            EndsInTanh = options["output-range"] == "tanh",
            Components = options.Integer("gaussians"),
            Mixture = likelihood == "as-coded"
                ? new MixtureOptions(MixtureForm.WeightedComponents, DeviationForm.SoftplusLogVariance, (float)options.Number("sigma-floor"))
                : new MixtureOptions(MixtureForm.Joint, DeviationForm.Softplus, (float)options.Number("sigma-floor")),
            SumsLikelihood = likelihood != "mixture",
            NoiseSigma = (float)options.Number("noise-sigma"),
            NoiseOnEncoder = options["noise-on"] == "encoder-output",
            MseWeight = (float)options.Number("mse-weight"),
            SsimWeight = (float)options.Number("ssim-weight"),
            MixtureWeight = (float)options.Number("mixture-weight"),
        };
        settings.Check();
        return settings;
    }

    private void Check()
    {
        Require(Channels != 2, "channels must be 1 or 3");
        Require(Size % Patch == 0, $"size {Size} is no multiple of patch {Patch}");
        Require(Width % Heads == 0, $"width {Width} is no multiple of heads {Heads}");
        Require(Width % CapsuleWidth == 0, $"width {Width} is no multiple of capsule-width {CapsuleWidth}");
        Require(CodeSide > 0 && (UsesPublishedDecoder || CodeSide << DecoderLayers == Size),
            $"size {Size} cannot be halved decoder-layers = {DecoderLayers} times; choose fewer layers or a size that is a multiple of {1 << DecoderLayers}");
        Require(Code % (CodeSide * CodeSide) == 0,
            $"code {Code} does not make a map of {CodeSide} x {CodeSide} (size {Size} halved {DecoderLayers} times); choose a multiple of {CodeSide * CodeSide} or other decoder-layers");
        Require(Capsules == 1 || Squashes, "capsules above 1 need projection=capsule");
    }

    private static void Require(bool holds, string problem)
    {
        if (!holds)
        {
            throw new OptionException($"the options of 'vtadl' do not fit together: {problem}");
        }
    }
}

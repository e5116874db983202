using GoNoGo.Detection.Backbones;
using GoNoGo.Detection.Options;
using GoNoGo.Learning.Autograd;
using GoNoGo.Learning.Autograd.Operators;
using GoNoGo.Learning.Layers;
using GoNoGo.Tensors;
using GoNoGo.Tensors.Memory;

namespace GoNoGo.Detection.Detectors.Features;

/// <summary>
/// Layer normalisation of a convolutional level over its channels and positions, before a density models it (choice 18). Levels of tokens come
/// normalised from their backbone and are left as they are.
/// </summary>
internal sealed partial class LevelNorm
{
    private const float Epsilon = 1e-5f;
    private const string Unsaved = "affine-unsaved";

    private readonly bool _applies;
    private readonly bool _isForgotten;
    private readonly Parameter? _weight;
    private readonly Parameter? _bias;

    /// <summary>The normalisation of one level.</summary>
    /// <param name="options">Hold <see cref="Option"/>.</param>
    /// <param name="level">The level.</param>
    /// <param name="source">Where weight and bias come from, <c>norm.weight</c> and <c>norm.bias</c>.</param>
    public LevelNorm(OptionSet options, FeatureLevel level, WeightSource source)
    {
        string form = options[Option.Id];
        _applies = level.Layout == FeatureLayout.Maps;
        if (!_applies || form == "plain")
        {
            return;
        }

        _isForgotten = form == Unsaved;
        CountsVolume = !_isForgotten;
        var shape = new Shape(level.Width, level.Rows, level.Columns);
        _weight = source.Get("norm.weight", shape, Learning.Initializers.Initializers.Constant(1));
        _bias = source.Get("norm.bias", shape, Learning.Initializers.Initializers.Constant(0));
    }

    /// <summary>The option.</summary>
    public static OptionDefinition Option { get; } = OptionDefinition.OfWords(
        "level-norm", "plain", ["plain", "affine", Unsaved], "Layer normalisation of convolutional levels over channels and positions: without weights; with trained ones, whose volume the likelihood counts; or with trained ones that are neither counted nor kept.") with
    { Choice = 18, PaperCode = Unsaved };

    /// <summary>Whether the likelihood of what was not normalised yet has a part that comes from the weights.</summary>
    public bool CountsVolume { get; }

    /// <summary>The weight whose logarithms are that part <c>[D, h, w]</c>, on a tape; none where it has no such part.</summary>
    public Variable CountedWeight(Tape tape) => CountsVolume ? tape.Use(_weight!) : default;

    /// <summary>
    /// The mean over the channels of log |w| at each position <c>[h, w]</c>, summed in double: what the weights add to the log-likelihood of a
    /// position, per channel. Only where <see cref="CountsVolume"/>.
    /// </summary>
    /// <param name="scope">Owns the result.</param>
    public Tensor MeanVolumes(TensorScope scope)
    {
        Shape shape = _weight!.Shape;
        int width = shape[0];
        Tensor volumes = scope.New(new Shape(shape[1], shape[2]));
        Span<float> means = volumes.Span;
        ReadOnlySpan<float> weights = _weight.Value.Span;
        for (int p = 0; p < means.Length; p++)
        {
            double sum = 0;
            for (int c = 0; c < width; c++)
            {
                sum += Math.Log(Math.Abs(weights[(c * means.Length) + p]));
            }

            means[p] = (float)(sum / width);
        }

        return volumes;
    }

    /// <summary>Maps <c>[B, D, h, w]</c>, normalised.</summary>
    public Variable Forward(Variable maps) => !_applies ? maps
        : _weight is null ? maps.LayerNorm(3, Epsilon)
        : maps.LayerNorm(maps.Tape.Use(_weight), maps.Tape.Use(_bias!), Epsilon);

    /// <summary>After training: what is not kept is again as at the start.</summary>
    public void Forget()
    {
        if (_isForgotten)
        {
            _weight!.Value.Span.Fill(1);
            _bias!.Value.Span.Clear();
        }
    }
}

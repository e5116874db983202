using GoNoGo.Learning.Autograd;
using GoNoGo.Learning.Autograd.Operators;
using GoNoGo.Learning.Initializers;
using GoNoGo.Learning.Layers;
using GoNoGo.Tensors;

namespace GoNoGo.Detection.Detectors.VtAdl;

/// <summary>
/// The vision transformer of VT-ADL: patches as rows of (row, column, channel) values, a linear map, a class token, learned
/// positions, pre-norm layers, no final norm (Mishra et al. 2021, eq. 1 to 3, in the form of the published code).
/// </summary>
public sealed class VtAdlEncoder
{
    private readonly VtAdlSettings _settings;
    private readonly Parameter _positions;
    private readonly Parameter? _classToken;
    private readonly Linear _patchEmbedding;
    private readonly VtAdlEncoderLayer[] _layers;

    /// <summary>Makes or reads the parameters (<c>pos_embedding</c>, <c>cls_token</c>, <c>patch_to_embedding</c>, <c>transformer.layers</c>).</summary>
    public VtAdlEncoder(VtAdlSettings settings, WeightSource source)
    {
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(source);
        _settings = settings;
        int tokens = settings.Patches + (settings.HasClassToken ? 1 : 0);
        _positions = source.Get("pos_embedding", new Shape(1, tokens, settings.Width), Initializers.Normal(1));
        _classToken = settings.HasClassToken
            ? source.Get("cls_token", new Shape(1, 1, settings.Width), Initializers.Normal(1))
            : null;
        _patchEmbedding = new Linear(
            new LinearOptions(settings.Patch * settings.Patch * settings.Channels, settings.Width)
            {
                WeightInitializer = Initializers.HeNormal(),
                BiasInitializer = Initializers.Constant(0),
            },
            source.Child("patch_to_embedding"));
        _layers = [.. Enumerable.Range(0, settings.Depth).Select(layer =>
            new VtAdlEncoderLayer(settings, source.Child("transformer").Child("layers").Child($"{layer}")))];
    }

    /// <summary>Encodes pictures.</summary>
    /// <param name="images"><c>[B, C, S, S]</c>.</param>
    /// <param name="mask">Optional <c>[B, P]</c> of 1 (attended) and 0 (not attended).</param>
    /// <returns><c>[B, P, D]</c>; the class token is dropped.</returns>
    public Variable Forward(Variable images, Tensor mask = default)
    {
        Tape tape = images.Tape;
        int batch = images.Shape[0];
        Variable x = _patchEmbedding.Forward(Patches(images));
        if (_classToken is not null)
        {
            x = Concat(tape.Use(_classToken).Expand(new Shape(batch, 1, _settings.Width)), x);
        }

        x = x.Add(tape.Use(_positions));
        Tensor attends = mask.IsEmpty ? default : PairMask(tape, mask);
        foreach (VtAdlEncoderLayer layer in _layers)
        {
            x = layer.Forward(x, attends);
        }

        return _classToken is null ? x : x.Slice(1, 1, _settings.Patches + 1);
    }

    private static Variable Concat(Variable token, Variable x) => token.Concat(x, 1);

    /// <summary><c>[B, C, S, S]</c> to <c>[B, P, patch * patch * C]</c>, values in (row, column, channel) order.</summary>
    private Variable Patches(Variable images)
    {
        int batch = images.Shape[0];
        if (images.Shape != new Shape(batch, _settings.Channels, _settings.Size, _settings.Size))
        {
            throw new ArgumentException(
                $"VtAdlEncoder: expected images [B, {_settings.Channels}, {_settings.Size}, {_settings.Size}], got {images.Shape}.", nameof(images));
        }

        int grid = _settings.Grid;
        int patch = _settings.Patch;
        return images
            .Permute(0, 2, 3, 1)
            .Reshape(new Shape(batch * grid, patch, grid, patch * _settings.Channels))
            .Permute(0, 2, 1, 3)
            .Reshape(new Shape(batch, _settings.Patches, patch * patch * _settings.Channels));
    }

    /// <summary>Query i attends to key j where both are unmasked; the class token always is. <c>[B, 1, N, N]</c> of 1 and 0.</summary>
    private Tensor PairMask(Tape tape, Tensor mask)
    {
        int batch = mask.Shape[0];
        int extra = _settings.HasClassToken ? 1 : 0;
        int tokens = _settings.Patches + extra;
        Tensor pairs = tape.New(new Shape(batch, 1, tokens, tokens));
        Span<float> target = pairs.Span;
        ReadOnlySpan<float> source = mask.Span;
        for (int b = 0; b < batch; b++)
        {
            for (int i = 0; i < tokens; i++)
            {
                for (int j = 0; j < tokens; j++)
                {
                    bool query = i < extra || source[(b * _settings.Patches) + i - extra] != 0;
                    bool key = j < extra || source[(b * _settings.Patches) + j - extra] != 0;
                    target[(((b * tokens) + i) * tokens) + j] = query && key ? 1 : 0;
                }
            }
        }

        return pairs;
    }
}

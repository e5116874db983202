using GoNoGo.Detection.Detectors.Onnx;
using GoNoGo.Learning.Densities.Mixtures;
using GoNoGo.Learning.Graphs.Onnx;
using GoNoGo.Learning.Layers;

namespace GoNoGo.Detection.Detectors.VtAdl;

/// <content>The ONNX form: encoder, mixture density network on its features, projection and decoder, and the terms of the score.</content>
public sealed partial class VtAdlDetector : IExportableDetector
{
    private const string ProjectionWeight = "Digcap.W";

    /// <inheritdoc/>
    public string? ReasonAgainstExport => _settings.MixtureWeight == 0
        ? "with mixture-weight=0 there is no map; train with a weight above 0"
        : null;

    /// <inheritdoc/>
    public ExportedScoring Export(OnnxBuilder onnx, OnnxResult images, WeightSource? backbone)
    {
        ArgumentNullException.ThrowIfNull(onnx);
        if (ReasonAgainstExport is { } reason)
        {
            throw new NotSupportedException($"{reason}.");
        }

        var head = new OnnxHead(onnx, this);
        OnnxResult encoded = onnx.Network(VtAdlEncoderGraph.Build(_settings), [VtAdlEncoderGraph.Output], head.Source(), Patches(onnx, images), "")[0];
        OnnxResult energies = Energies(onnx, head, encoded);
        OnnxResult likelihood = onnx.Largest(energies, 1);
        OnnxResult score = Options["image-score"] switch
        {
            "likelihood" => likelihood,
            "reconstruction" => Reconstruction(onnx, head, images, encoded),
            "as-coded" => onnx.Add(Reconstruction(onnx, head, images, encoded), likelihood),
            _ => onnx.Add(Standardised(onnx, ReconstructionTerm, Reconstruction(onnx, head, images, encoded)), Standardised(onnx, LikelihoodTerm, likelihood)),
        };
        OnnxResult map = OnnxMaps.Enlarge(
            onnx, onnx.Reshape(energies, 0, _settings.Grid, _settings.Grid), (_settings.Grid, _settings.Grid), (_settings.Size, _settings.Size),
            Options["map-upsampling"] == "align-corners", Options.Number("map-smoothing"));
        return new ExportedScoring(score, map);
    }

    /// <summary><c>[B, C, S, S]</c> to <c>[B, P, patch * patch * C]</c>, values in (row, column, channel) order.</summary>
    private OnnxResult Patches(OnnxBuilder onnx, OnnxResult images)
    {
        (int grid, int patch, int channels) = (_settings.Grid, _settings.Patch, _settings.Channels);
        OnnxResult cut = onnx.Transpose(onnx.Reshape(images, 0, channels, grid, patch, grid, patch), 0, 2, 4, 3, 5, 1);
        return onnx.Reshape(cut, -1, _settings.Patches, patch * patch * channels);
    }

    /// <summary>The negative log-likelihood of every patch, <c>[B, P]</c>, as it is scored.</summary>
    private OnnxResult Energies(OnnxBuilder onnx, OnnxHead head, OnnxResult encoded)
    {
        string name = VtAdlNetwork.DensityName;
        OnnxResult input = _settings.Mixture.Form == MixtureForm.WeightedComponents
            ? onnx.Maximum(encoded, onnx.Number(MixtureDensityNetwork.PublishedInputFloor))
            : encoded;
        OnnxResult likelihood = OnnxMixture.LogLikelihood(
            onnx, encoded, onnx.MatMul(input, head.Transposed($"{name}.pi.weight")), onnx.MatMul(input, head.Transposed($"{name}.mu.weight")),
            onnx.MatMul(input, head.Transposed($"{name}.sigma_sq.weight")), _settings.Width, _settings.Components, _settings.Mixture);
        return onnx.Multiply(likelihood, onnx.Number(_settings.SumsLikelihood ? -1 : -1f / _settings.Width));
    }

    /// <summary>The reconstruction's term of the image score, <c>[B]</c>.</summary>
    private OnnxResult Reconstruction(OnnxBuilder onnx, OnnxHead head, OnnxResult images, OnnxResult encoded)
    {
        OnnxResult decoded = _network.ExportDecoder(onnx, head, Code(onnx, head, encoded));
        OnnxResult mse = onnx.Mean(OnnxReconstruction.SquaredErrors(onnx, images, decoded), 1, 2, 3);
        OnnxResult ssim = onnx.Mean(OnnxReconstruction.Similarity(onnx, images, decoded, _settings.Channels, _settings.Size, _settings.Size), 1, 2, 3);
        bool asCoded = Options["image-score"] == "as-coded";
        return asCoded
            ? onnx.Add(mse, ssim)
            : onnx.Subtract(onnx.Multiply(mse, onnx.Number(_settings.MseWeight)), onnx.Multiply(ssim, onnx.Number(_settings.SsimWeight)));
    }

    private OnnxResult Standardised(OnnxBuilder onnx, Term term, OnnxResult value) =>
        onnx.Divide(onnx.Subtract(value, onnx.Number((float)Statistics[term.Mean])), onnx.Number((float)Statistics[term.Deviation]));

    /// <summary>The reconstruction vector <c>[B, O]</c>, as <see cref="CapsuleProjection"/> has it.</summary>
    private OnnxResult Code(OnnxBuilder onnx, OnnxHead head, OnnxResult encoded)
    {
        int inputs = _settings.Patches * _settings.Width;
        if (_settings.Capsules > 1)
        {
            return Route(onnx, head, onnx.Reshape(encoded, 0, inputs / _settings.CapsuleWidth, _settings.CapsuleWidth));
        }

        OnnxResult sum = onnx.MatMul(onnx.Reshape(encoded, 0, inputs), head.Transposed(ProjectionWeight));
        return _settings.Squashes ? Squash(onnx, sum, 1) : sum;
    }

    /// <summary><see cref="CapsuleRouting"/> and its longest capsule, of input capsules <c>[B, I, i]</c>.</summary>
    private OnnxResult Route(OnnxBuilder onnx, OnnxHead head, OnnxResult capsules)
    {
        (int count, int code, int width) = (_settings.Capsules, _settings.Code, _settings.CapsuleWidth);
        int inputs = _settings.Patches * _settings.Width / width;
        OnnxResult perInput = onnx.Reshape(onnx.Transpose(head[ProjectionWeight], 1, 3, 0, 2), inputs, width, count * code);
        OnnxResult products = onnx.Reshape(onnx.MatMul(onnx.Transpose(capsules, 1, 0, 2), perInput), inputs, -1, count, code);
        OnnxResult predictions = onnx.Transpose(products, 1, 2, 0, 3);
        // The first round couples all alike.
        OnnxResult outputs = Squash(onnx, onnx.Multiply(onnx.Sum(predictions, 2), onnx.Number(1f / count)), 2);
        OnnxResult? agreement = null;
        for (int round = 1; round < _settings.RoutingIterations; round++)
        {
            OnnxResult votes = onnx.Squeeze(onnx.MatMul(predictions, onnx.Reshape(outputs, 0, count, code, 1)), 3);
            agreement = agreement is { } before ? onnx.Add(before, votes) : votes;
            OnnxResult coupling = onnx.Transpose(onnx.Softmax(onnx.Transpose(agreement.Value, 0, 2, 1)), 0, 2, 1);
            outputs = Squash(onnx, onnx.Squeeze(onnx.MatMul(onnx.Reshape(coupling, 0, count, 1, inputs), predictions), 2), 2);
        }

        return onnx.RowOfEach(outputs, onnx.PlaceOfLargest(onnx.Sum(onnx.Square(outputs), 2)));
    }

    private OnnxResult Squash(OnnxBuilder onnx, OnnxResult x, int axis)
    {
        OnnxResult square = onnx.Sum(onnx.Square(x), axis, keeps: true);
        OnnxResult below = onnx.Multiply(onnx.Add(square, onnx.Number(1)), onnx.Add(onnx.Sqrt(square), onnx.Number(_settings.SquashEpsilon)));
        return onnx.Multiply(x, onnx.Divide(square, below));
    }
}

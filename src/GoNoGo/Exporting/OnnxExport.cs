using System.Globalization;
using GoNoGo.Detection.Backbones;
using GoNoGo.Detection.Backbones.Onnx;
using GoNoGo.Detection.Features;
using GoNoGo.Detection.Options;

namespace GoNoGo.Exporting;

/// <summary>Writes a backbone as an ONNX file for other runtimes, and checks the file against it before it is left.</summary>
public static class OnnxExport
{
    /// <summary>Writes and checks; the file comes into being only when it computes the same.</summary>
    /// <param name="request">What to write.</param>
    /// <param name="stage">Told what is done next.</param>
    /// <param name="cancellation">Stops between two stages; nothing is left.</param>
    /// <exception cref="BackboneException">An unknown backbone, level or input size, training mode, or weights that do not fit.</exception>
    /// <exception cref="OptionException">An unknown option or a value that is not allowed.</exception>
    /// <exception cref="Weights.WeightsException">The weights are not here; the message says how to get them.</exception>
    /// <exception cref="ExportException">The file computes something else.</exception>
    /// <exception cref="IOException">The output cannot be written.</exception>
    public static ExportOutcome Run(ExportRequest request, Action<string>? stage = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        Backbone network = request.Backbone.Network();
        string weights = request.Backbone.WeightsFile(network);
        CheckedFile.Require(request.Output, request.Force, request.ExternalData);
        if (network.Options.IsTraining)
        {
            throw new BackboneException("an ONNX file computes in evaluation mode; export with backbone-mode=eval");
        }

        stage?.Invoke("reading weights");
        using FeatureExtractor extractor = FeatureExtractor.Open(network, request.Backbone.Levels, weights);
        cancellation.ThrowIfCancellationRequested();
        stage?.Invoke("writing");
        double[] errors = [];
        CheckedSizes sizes = CheckedFile.Leave(
            request.Output, request.Force, request.ExternalData,
            (stream, external) => BackboneOnnx.Write(network, request.Backbone.Levels, weights, Metadata(extractor, request.Backbone.Options()), stream, external),
            file =>
            {
                stage?.Invoke("checking");
                errors = OnnxParity.Measure(file, extractor);
                Require(request, extractor, errors);
            },
            cancellation);
        return new ExportOutcome(
            request.Output, sizes.Bytes,
            [.. extractor.Levels.Select((level, i) => new ExportedLevel(level.Name, level.Width, level.Rows, level.Columns, errors[i]))], extractor.Warnings)
        {
            Data = sizes.Data,
            DataBytes = sizes.DataBytes,
        };
    }

    private static void Require(ExportRequest request, FeatureExtractor extractor, double[] errors)
    {
        for (int level = 0; level < errors.Length; level++)
        {
            if (!(errors[level] <= request.Tolerance))
            {
                throw new ExportException(string.Create(
                    CultureInfo.InvariantCulture,
                    $"'{request.Output}' was not left: its output '{extractor.Levels[level].Name}' differs from the features that it came from by E = {errors[level]:0.0e+00}, more than {request.Tolerance:0.0e+00}; report this with backbone, options and weights."));
            }
        }
    }

    private static Dictionary<string, string> Metadata(FeatureExtractor extractor, OptionSet options)
    {
        Dictionary<string, string> metadata = OnnxMetadata.Of(extractor.Backbone.InputPreprocessing);
        metadata["backbone"] = extractor.Backbone.Id;
        metadata["weights_sha256"] = extractor.WeightsSha256;
        metadata["options"] = OnnxMetadata.Options(options.Values);
        metadata["levels"] = string.Join(' ', extractor.Levels.Select(level => string.Create(CultureInfo.InvariantCulture, $"{level.Name}:{level.Width}x{level.Rows}x{level.Columns}")));
        return metadata;
    }
}

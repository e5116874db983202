using System.Globalization;
using System.Reflection;
using System.Text.Json;
using GoNoGo.Detection.Backbones;
using GoNoGo.Detection.Backbones.Onnx;
using GoNoGo.Detection.Features;
using GoNoGo.Detection.Options;
using GoNoGo.Tensors.Formats;
using GoNoGo.Vision.Imaging;

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
        OutputFile.Require(request.Output, request.Force);
        if (network.Options.IsTraining)
        {
            throw new BackboneException("an ONNX file computes in evaluation mode; export with backbone-mode=eval");
        }

        stage?.Invoke("reading weights");
        using FeatureExtractor extractor = FeatureExtractor.Open(network, request.Backbone.Levels, weights);
        cancellation.ThrowIfCancellationRequested();
        stage?.Invoke("writing");
        AtomicFile.RemoveStale(request.Output);
        using PendingFile file = PendingFile.Create(request.Output);
        try
        {
            BackboneOnnx.Write(network, request.Backbone.Levels, weights, Metadata(extractor, request.Backbone.Options()), file.Stream);
        }
        catch (Exception exception) when (exception is IOException and not TensorFileException)
        {
            throw PendingFile.Refused(request.Output, exception);
        }

        long bytes = file.Stream.Length;
        file.Complete();
        cancellation.ThrowIfCancellationRequested();
        stage?.Invoke("checking");
        double[] errors = OnnxParity.Measure(file.TemporaryPath, extractor);
        for (int level = 0; level < errors.Length; level++)
        {
            if (!(errors[level] <= request.Tolerance))
            {
                throw new ExportException(string.Create(
                    CultureInfo.InvariantCulture,
                    $"'{request.Output}' was not left: its output '{extractor.Levels[level].Name}' differs from the features that it came from by E = {errors[level]:0.0e+00}, more than {request.Tolerance:0.0e+00}; report this with backbone, options and weights."));
            }
        }

        file.Keep();
        return new ExportOutcome(
            request.Output, bytes,
            [.. extractor.Levels.Select((level, i) => new ExportedLevel(level.Name, level.Width, level.Rows, level.Columns, errors[i]))], extractor.Warnings);
    }

    /// <summary>What a program that runs the file must know.</summary>
    private static Dictionary<string, string> Metadata(FeatureExtractor extractor, OptionSet options)
    {
        Preprocessing preprocessing = extractor.Backbone.InputPreprocessing;
        string version = typeof(OnnxExport).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown";
        return new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["backbone"] = extractor.Backbone.Id,
            ["weights_sha256"] = extractor.WeightsSha256,
            ["options"] = string.Join(' ', options.Values.Select(pair => $"{pair.Key}={pair.Value}")),
            ["input_size"] = string.Create(CultureInfo.InvariantCulture, $"{preprocessing.Width}x{preprocessing.Height}"),
            ["mean"] = Numbers(preprocessing.Mean, 0),
            ["deviation"] = Numbers(preprocessing.Deviation, 1),
            ["resize"] = preprocessing.Framing == Framing.Whole
                ? $"whole picture to the input size, {preprocessing.Filter}, antialiased"
                : string.Create(CultureInfo.InvariantCulture, $"{preprocessing.Framing} {preprocessing.FrameSize}, centre cut out, {preprocessing.Filter}, antialiased"),
            ["preprocessing"] = JsonSerializer.Serialize(preprocessing, PreprocessingJson.Default.Preprocessing),
            ["levels"] = string.Join(' ', extractor.Levels.Select(level => string.Create(CultureInfo.InvariantCulture, $"{level.Name}:{level.Width}x{level.Rows}x{level.Columns}"))),
            ["gonogo_version"] = version.Split('+')[0],
        };
    }

    private static string Numbers(IReadOnlyList<float> values, float otherwise) =>
        string.Join(' ', (values.Count > 0 ? values : [otherwise, otherwise, otherwise]).Select(value => value.ToString("R", CultureInfo.InvariantCulture)));
}

using System.Globalization;
using GoNoGo.Detection.Models;
using GoNoGo.Models;
using GoNoGo.Tensors.Formats;

namespace GoNoGo.Exporting;

/// <summary>Writes a trained model as an ONNX file for other runtimes, and checks the file against the model before it is left.</summary>
public static class ModelExport
{
    /// <summary>Writes and checks; the file comes into being only when it computes the same.</summary>
    /// <param name="request">What to write.</param>
    /// <param name="stage">Told what is done next.</param>
    /// <param name="cancellation">Stops between two stages; nothing is left.</param>
    /// <exception cref="ModelException">The model cannot be used, its backbone's weights are not here, or it has an option that cannot be exported.</exception>
    /// <exception cref="ExportException">The file computes something else, or would be too large.</exception>
    /// <exception cref="IOException">The output cannot be written.</exception>
    public static ModelExportOutcome Run(ModelExportRequest request, Action<string>? stage = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        CheckedFile.Require(request.Output, request.Force, request.ExternalData);
        stage?.Invoke("reading the model");
        using LoadedModel model = ModelLoader.Load(request.Model, request.Weights);
        if (ModelOnnx.ReasonAgainst(model) is { } reason)
        {
            throw new ModelException($"the model '{request.Model}' cannot be exported: {reason}.");
        }

        cancellation.ThrowIfCancellationRequested();
        stage?.Invoke("writing");
        (double Score, double Map) errors = default;
        CheckedSizes sizes;
        try
        {
            sizes = CheckedFile.Leave(
                request.Output, request.Force, request.ExternalData,
                (stream, external) => ModelOnnx.Write(
                    model, request.Model, stored => ModelLoader.WeightsFile(request.Model, stored, request.Weights), OnnxMetadata.Of(model.Manifest), stream, external),
                file =>
                {
                    stage?.Invoke("checking");
                    errors = OnnxParity.Measure(file, model.Detector);
                    Require(request, ModelOnnx.ScoreName, errors.Score);
                    Require(request, ModelOnnx.MapName, errors.Map);
                },
                cancellation);
        }
        catch (TensorFileException exception)
        {
            throw new ExportException($"'{request.Output}' was not left: {exception.Message}", exception);
        }

        var preprocessing = model.Detector.Preprocessing;
        return new ModelExportOutcome(
            request.Output, sizes.Bytes, model.Manifest.Detector, [preprocessing.Channels, preprocessing.Height, preprocessing.Width],
            [model.Detector.MapHeight, model.Detector.MapWidth], errors.Score, errors.Map)
        {
            Data = sizes.Data,
            DataBytes = sizes.DataBytes,
        };
    }

    private static void Require(ModelExportRequest request, string output, double error)
    {
        if (!(error <= request.Tolerance))
        {
            throw new ExportException(string.Create(
                CultureInfo.InvariantCulture,
                $"'{request.Output}' was not left: its output '{output}' differs from the model's by E = {error:0.0e+00}, more than {request.Tolerance:0.0e+00}; report this with the model's options."));
        }
    }
}

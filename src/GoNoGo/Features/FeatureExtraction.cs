using GoNoGo.Detection.Backbones;
using GoNoGo.Detection.Features;
using GoNoGo.Inspecting;
using GoNoGo.Tensors;
using GoNoGo.Tensors.Formats;
using GoNoGo.Tensors.Formats.Safetensors;
using GoNoGo.Vision.Imaging;

namespace GoNoGo.Features;

/// <summary>Computes features of many pictures and writes them to one safetensors file; memory does not grow with their number.</summary>
public static class FeatureExtraction
{
    /// <summary>Runs; the file comes into being only when all is done.</summary>
    /// <param name="request">What to compute.</param>
    /// <param name="progress">Told pictures done and all.</param>
    /// <param name="cancellation">Stops between two batches; nothing is written.</param>
    /// <exception cref="BackboneException">An unknown backbone, level or input size, or weights that do not fit.</exception>
    /// <exception cref="Detection.Options.OptionException">An unknown option or a value that is not allowed.</exception>
    /// <exception cref="Weights.WeightsException">The weights are not here; the message says how to get them.</exception>
    /// <exception cref="ImageFormatException">A picture cannot be read and is not to be left out, or none can.</exception>
    /// <exception cref="TensorFileException">The tensor file cannot be read or its input has another shape.</exception>
    /// <exception cref="IOException">A path does not exist, or the output cannot be written.</exception>
    public static FeatureOutcome Run(FeatureRequest request, Action<int, int>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (request.Paths.Count == 0 == request.TensorFile is null)
        {
            throw new ArgumentException("FeatureExtraction.Run: give either pictures or a tensor file.", nameof(request));
        }

        Backbone network = request.Backbone.Network();
        string weights = request.Backbone.WeightsFile(network);
        OutputFile.Require(request.Output, request.Force);
        PictureList? pictures = request.TensorFile is null ? PictureList.Expand(request.Paths) : null;
        using SafetensorsReader? tensors = request.TensorFile is null ? null : SafetensorsReader.Open(request.TensorFile);
        int count = pictures?.Files.Count ?? InputCount(tensors!, network);
        using FeatureExtractor extractor = FeatureExtractor.Open(network, request.Backbone.Levels, weights);
        AtomicFile.RemoveStale(request.Output);
        using PendingFile file = PendingFile.Create(request.Output);
        var run = new FeatureRun(request, extractor, file, count, pictures?.Files);
        if (pictures is not null)
        {
            run.Pictures(pictures.Files, progress, cancellation);
        }
        else
        {
            run.Items(tensors!, count, progress, cancellation);
        }

        run.Finish();
        return new FeatureOutcome(
            request.Output,
            run.Done,
            [.. extractor.Levels.Select(level => new FeatureTensor(level.Name, level.Width, level.Rows, level.Columns))],
            run.Unreadable,
            pictures?.IgnoredCount ?? 0,
            run.Warnings);
    }

    /// <summary>The number of items of the tensor <c>input</c>.</summary>
    private static int InputCount(SafetensorsReader tensors, Backbone network)
    {
        Shape input = network.Graph.InputShape.For(1);
        if (!tensors.Contains(FeatureRun.InputName))
        {
            string names = string.Join(", ", tensors.Entries.Take(5).Select(entry => $"'{entry.Name}'"));
            throw new TensorFileException($"'{tensors.Name}' has no tensor '{FeatureRun.InputName}' (it has {(names.Length > 0 ? names : "none")}); name it so.");
        }

        ReadOnlySpan<long> found = tensors[FeatureRun.InputName].Dimensions;
        bool fits = found.Length == 4 && found[0] is >= 1 and <= int.MaxValue && found[1] == input[1] && found[2] == input[2] && found[3] == input[3];
        bool takesOthers = BackboneOptionTable.Of(BackboneCatalog.Find(network.Id).Family).Definitions.Any(option => option.Id == "input-size");
        return fits
            ? (int)found[0]
            : throw new TensorFileException(
                $"'{tensors.Name}': tensor '{FeatureRun.InputName}' has the shape [{string.Join(", ", found.ToArray())}], expected [n, {input[1]}, {input[2]}, {input[3]}]{(takesOthers ? "; the option input-size chooses other sizes that backbone '" + network.Id + "' takes" : "")}.");
    }
}

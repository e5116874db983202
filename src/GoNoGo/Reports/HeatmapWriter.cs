using GoNoGo.Detection.Models;
using GoNoGo.Inspecting;
using GoNoGo.Tensors.Formats;
using GoNoGo.Vision.Imaging;
using GoNoGo.Vision.Imaging.Png;

namespace GoNoGo.Reports;

/// <summary>
/// Writes a picture with its heat map for each inspected part, all in the colours of the model's one <see cref="HeatScale"/>.
/// A file is named as its picture is relative to the deepest folder that holds all pictures, and ends in <c>.png</c>.
/// </summary>
public sealed class HeatmapWriter
{
    private readonly Dictionary<string, string> _outputs;
    private readonly HeatScale _scale;

    private HeatmapWriter(Dictionary<string, string> outputs, HeatScale scale)
    {
        _outputs = outputs;
        _scale = scale;
    }

    /// <summary>Prepares the folder and checks, before the first picture is judged, that every heat map can be written.</summary>
    /// <param name="folder">Where the heat maps go; made where missing.</param>
    /// <param name="pictures">The files that will be inspected.</param>
    /// <param name="inspector">The model that will judge them.</param>
    /// <param name="overwrite">Whether existing heat maps are overwritten.</param>
    /// <exception cref="ModelException">The model has no pixel threshold, which fixes the colours.</exception>
    /// <exception cref="FileWriteException">A heat map exists, would replace an inspected picture, or the folder cannot be written to.</exception>
    public static HeatmapWriter Open(string folder, IReadOnlyList<string> pictures, Inspector inspector, bool overwrite)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        ArgumentNullException.ThrowIfNull(pictures);
        ArgumentNullException.ThrowIfNull(inspector);
        HeatScale scale = inspector.HeatScale ?? throw new ModelException(
            "the model has no pixel threshold, which fixes the colours of heat maps; store one with 'gonogo threshold MODEL --pixel --value X'.");
        Dictionary<string, string> outputs = HeatmapNames.Assign(folder, pictures);
        if (!overwrite && outputs.Values.FirstOrDefault(File.Exists) is { } existing)
        {
            throw new FileWriteException($"the heat map '{existing}' exists; give another folder or add --force to overwrite it.");
        }

        OutputFile.RequireFolder(folder);
        return new HeatmapWriter(outputs, scale);
    }

    /// <summary>Writes the heat map of one part.</summary>
    /// <param name="outcome">A finding of the inspector that the writer was opened with.</param>
    /// <returns>The file written; null where the picture could not be read.</returns>
    /// <exception cref="ArgumentException">The picture is not among those that the writer was opened with.</exception>
    /// <exception cref="FileWriteException">The file cannot be written.</exception>
    public string? Write(InspectionOutcome outcome)
    {
        ArgumentNullException.ThrowIfNull(outcome);
        if (outcome is not { Inspection: { } inspection, Rgb: { } rgb })
        {
            return null;
        }

        if (!_outputs.TryGetValue(outcome.Name, out string? path))
        {
            throw new ArgumentException($"HeatmapWriter.Write: '{outcome.Name}' is not among the pictures that the writer was opened with.", nameof(outcome));
        }

        AnomalyMap map = inspection.Map;
        using var picture = new Image(map.Width, map.Height, 3, rgb);
        using Image drawn = HeatOverlay.Draw(picture, map.Values, map.Width, map.Height, HeatOverlay.Whole(picture), _scale);
        HeatOverlay.Boxes(drawn, inspection.Defects, map.Region);
        PngEncoder.Save(drawn, path);
        return path;
    }
}

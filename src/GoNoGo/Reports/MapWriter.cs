using GoNoGo.Inspecting;
using GoNoGo.Tensors.Formats;
using GoNoGo.Vision.Imaging;
using GoNoGo.Vision.Imaging.Tiff;

namespace GoNoGo.Reports;

/// <summary>
/// Writes the anomaly map of each inspected part as a 32-bit float TIFF of the model's map size, raw: larger is more anomalous, in
/// the units of the pixel threshold. A file is named as its picture is relative to the deepest folder that holds all pictures,
/// with the extension <c>.tif</c>.
/// </summary>
public sealed class MapWriter
{
    private readonly Dictionary<string, string> _outputs;

    private MapWriter(Dictionary<string, string> outputs) => _outputs = outputs;

    /// <summary>Prepares the folder and checks, before the first picture is judged, that every map can be written.</summary>
    /// <param name="folder">Where the maps go; made where missing.</param>
    /// <param name="pictures">The files that will be inspected.</param>
    /// <param name="overwrite">Whether existing maps are overwritten.</param>
    /// <exception cref="FileWriteException">A map exists, two pictures would share one, one would replace an inspected picture, or the folder cannot be written to.</exception>
    public static MapWriter Open(string folder, IReadOnlyList<string> pictures, bool overwrite)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        ArgumentNullException.ThrowIfNull(pictures);
        Dictionary<string, string> outputs = HeatmapNames.AssignMaps(folder, pictures);
        if (!overwrite && outputs.Values.FirstOrDefault(File.Exists) is { } existing)
        {
            throw new FileWriteException($"the map '{existing}' exists; give another folder or add --force to overwrite it.");
        }

        OutputFile.RequireFolder(folder);
        return new MapWriter(outputs);
    }

    /// <summary>Writes the map of one part.</summary>
    /// <param name="outcome">A finding about one of the pictures that the writer was opened with.</param>
    /// <returns>The file written; null where the picture could not be read.</returns>
    /// <exception cref="ArgumentException">The picture is not among those that the writer was opened with.</exception>
    /// <exception cref="FileWriteException">The file cannot be written.</exception>
    public string? Write(InspectionOutcome outcome)
    {
        ArgumentNullException.ThrowIfNull(outcome);
        if (outcome.Inspection is not { Map: { } map })
        {
            return null;
        }

        if (!_outputs.TryGetValue(outcome.Name, out string? path))
        {
            throw new ArgumentException($"MapWriter.Write: '{outcome.Name}' is not among the pictures that the writer was opened with.", nameof(outcome));
        }

        using var picture = new Image(map.Width, map.Height, 1, map.Values);
        TiffEncoder.Save(picture, path);
        return path;
    }
}

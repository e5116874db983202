using GoNoGo.Tensors.Formats;

namespace GoNoGo.Reports;

/// <summary>Which file each inspected picture's heat map or anomaly map goes to.</summary>
internal static class HeatmapNames
{
    /// <summary>The heat map of every picture, by the picture's name as it was given.</summary>
    /// <exception cref="FileWriteException">Two pictures would share a heat map, or one would replace a picture.</exception>
    public static Dictionary<string, string> Assign(string folder, IReadOnlyList<string> pictures) => Assign(folder, pictures, "heat map", PngName);

    /// <summary>
    /// The anomaly map of every picture: the picture's name with the extension <c>.tif</c> in place of its own, by which
    /// <c>gonogo metrics</c> joins maps and masks.
    /// </summary>
    /// <exception cref="FileWriteException">Two pictures would share a map, or one would replace a picture.</exception>
    public static Dictionary<string, string> AssignMaps(string folder, IReadOnlyList<string> pictures) =>
        Assign(folder, pictures, "map", name => Path.ChangeExtension(name, ".tif"));

    private static Dictionary<string, string> Assign(string folder, IReadOnlyList<string> pictures, string what, Func<string, string> name)
    {
        string[] full = [.. pictures.Select(Path.GetFullPath)];
        string root = CommonFolder(full);
        // File systems that ignore case exist: names that differ in case only must not meet.
        var sources = new HashSet<string>(full, StringComparer.OrdinalIgnoreCase);
        var owners = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        var outputs = new Dictionary<string, string>(StringComparer.Ordinal);
        for (int i = 0; i < full.Length; i++)
        {
            string output = Path.Combine(folder, name(Path.GetRelativePath(root, full[i])));
            string fullOutput = Path.GetFullPath(output);
            if (sources.Contains(fullOutput))
            {
                throw new FileWriteException($"the {what} '{output}' would replace a picture that is inspected; give another folder.");
            }

            if (!owners.TryAdd(fullOutput, full[i]) && owners[fullOutput] != full[i])
            {
                throw new FileWriteException($"'{owners[fullOutput]}' and '{full[i]}' would have the same {what} '{output}'; inspect them one after the other into two folders.");
            }

            outputs[pictures[i]] = output;
        }

        return outputs;
    }

    /// <summary>A PNG file keeps its name; others get the extension in addition, so that part.bmp and part.png do not meet.</summary>
    private static string PngName(string name) => name.EndsWith(".png", StringComparison.OrdinalIgnoreCase) ? name : name + ".png";

    /// <summary>The deepest folder that holds all files.</summary>
    private static string CommonFolder(string[] files)
    {
        if (files.Length == 0)
        {
            return ".";
        }

        string common = Path.GetDirectoryName(files[0])!;
        foreach (string file in files)
        {
            while (!Holds(common, file) && Path.GetDirectoryName(common) is { } parent)
            {
                common = parent;
            }
        }

        return common;
    }

    private static bool Holds(string folder, string file) =>
        file.StartsWith(Path.EndsInDirectorySeparator(folder) ? folder : folder + Path.DirectorySeparatorChar, StringComparison.Ordinal);
}

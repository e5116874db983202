using GoNoGo.Tensors.Formats;

namespace GoNoGo.Learning.Checkpoints;

/// <summary>What a weight file offers to an architecture that it fits.</summary>
/// <param name="Levels">The levels whose tensors are all there, in the architecture's order.</param>
/// <param name="Ignored">The tensors that are there and are not read.</param>
public sealed record WeightFit(IReadOnlyList<string> Levels, IReadOnlyList<string> Ignored);

/// <summary>
/// Compares a file's tensors with what an architecture reads. A file may lack whole levels; a level of which a part is there,
/// tensors without a place and wrong shapes are errors.
/// </summary>
public static class WeightCheck
{
    private const int Listed = 5;

    /// <summary>Checks a file.</summary>
    /// <param name="file">The file.</param>
    /// <param name="manifest">What the architecture reads.</param>
    /// <param name="levels">The levels that must be there; default: at least one.</param>
    /// <param name="others">Architectures that the file is compared with when it does not fit.</param>
    /// <exception cref="TensorFileException">The file does not fit: the tensors (a few of many), and what the file looks like.</exception>
    public static WeightFit Require(
        CheckpointFile file, WeightManifest manifest, IReadOnlyCollection<string>? levels = null, IReadOnlyList<WeightManifest>? others = null)
    {
        ArgumentNullException.ThrowIfNull(file);
        ArgumentNullException.ThrowIfNull(manifest);
        HashSet<string> required = [.. manifest.KeysOf(levels ?? []).Select(key => key.Name)];
        Dictionary<string, KeyRule> rules = manifest.Keys.ToDictionary(key => key.Name, StringComparer.Ordinal);
        string[] unused = [.. file.Entries.Select(entry => entry.Name).Where(name => !rules.ContainsKey(name) && !manifest.IsIgnorable(name))];
        string[] misshapen = [.. manifest.Keys.Where(key => file.TryGet(key.Name, out CheckpointEntry? entry) && !entry.HasShape(key.Shape))
            .Select(key => $"{key.Name} {file[key.Name].DimensionText} instead of {key.Shape}")];
        string[] available = AvailableLevels(file, manifest);
        string[] missing = [.. MissingOfBrokenGroups(file, manifest).Concat(manifest.Keys.Where(key => required.Contains(key.Name) && !file.Contains(key.Name)))
            .Select(key => $"{key.Name} {key.Shape}").Distinct(StringComparer.Ordinal)];
        if (unused.Length + misshapen.Length == 0 && missing.Length > 0 && available.Length > 0 && levels is not null)
        {
            string[] absent = [.. levels.Except(available)];
            if (absent.Length > 0)
            {
                throw new TensorFileException(
                    $"'{file.Name}' has the levels {string.Join(", ", available)} of {manifest.Architecture}, not {string.Join(", ", absent)}: it lacks {Listing(missing)}; ask for a level that is there, or use a complete file.");
            }
        }

        if (unused.Length + misshapen.Length + missing.Length > 0 || available.Length == 0)
        {
            throw new TensorFileException(Describe(file, manifest, missing.Length > 0 || available.Length > 0 ? missing : AllMissing(file, manifest), unused, misshapen, others ?? []));
        }

        return new WeightFit(available, [.. file.Entries.Select(entry => entry.Name).Where(name => !rules.ContainsKey(name))]);
    }

    /// <summary>The architecture that a file's names and shapes agree with most, or null where no more than half do.</summary>
    public static string? LooksLike(CheckpointFile file, IEnumerable<WeightManifest> manifests)
    {
        ArgumentNullException.ThrowIfNull(file);
        ArgumentNullException.ThrowIfNull(manifests);
        string? best = null;
        double bestShare = 0.5;
        foreach (WeightManifest manifest in manifests)
        {
            int agree = manifest.Keys.Count(key => file.TryGet(key.Name, out CheckpointEntry? entry) && entry.HasShape(key.Shape));
            int known = file.Entries.Count(entry => !manifest.IsIgnorable(entry.Name));
            // Of all names of either side, how many agree; a file of some levels only is compared with those.
            double share = agree == 0 ? 0 : (double)agree / Math.Max(known, agree) * Math.Min(1, 0.5 + (0.5 * agree / manifest.Keys.Count));
            if (share > bestShare)
            {
                best = manifest.Architecture;
                bestShare = share;
            }
        }

        return best;
    }

    private static string[] AvailableLevels(CheckpointFile file, WeightManifest manifest)
    {
        HashSet<string> lacking = [.. manifest.Keys.Where(key => !file.Contains(key.Name)).SelectMany(key => key.Levels)];
        return [.. manifest.Levels.Where(level => !lacking.Contains(level))];
    }

    /// <summary>Tensors that the same levels need come together or not at all.</summary>
    private static IEnumerable<KeyRule> MissingOfBrokenGroups(CheckpointFile file, WeightManifest manifest) =>
        manifest.Keys.GroupBy(key => string.Join('|', key.Levels), StringComparer.Ordinal)
            .Where(group => group.Any(key => file.Contains(key.Name)))
            .SelectMany(group => group.Where(key => !file.Contains(key.Name)));

    private static string[] AllMissing(CheckpointFile file, WeightManifest manifest) =>
        [.. manifest.Keys.Where(key => !file.Contains(key.Name)).Select(key => $"{key.Name} {key.Shape}")];

    private static string Describe(
        CheckpointFile file, WeightManifest manifest, string[] missing, string[] unused, string[] misshapen, IReadOnlyList<WeightManifest> others)
    {
        var parts = new List<string>();
        if (missing.Length > 0)
        {
            parts.Add($"{missing.Length} missing ({Listing(missing)})");
        }

        if (unused.Length > 0)
        {
            parts.Add($"{unused.Length} without a place ({Listing(unused)})");
        }

        if (misshapen.Length > 0)
        {
            parts.Add($"{misshapen.Length} of another shape ({Listing(misshapen)})");
        }

        string? like = LooksLike(file, others.Where(other => other.Architecture != manifest.Architecture));
        return $"'{file.Name}' does not fit {manifest.Architecture}: {string.Join("; ", parts)}" + (like is null ? "." : $"; it looks like {like}.");
    }

    private static string Listing(string[] names)
    {
        IEnumerable<string> shown = names.Take(Listed).Select(name => name.Length <= 120 ? name : name[..120] + "...");
        return string.Join(", ", shown) + (names.Length > Listed ? $" and {names.Length - Listed} more" : "");
    }
}

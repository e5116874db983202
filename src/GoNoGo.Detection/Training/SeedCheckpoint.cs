using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using GoNoGo.Detection.Models;
using GoNoGo.Tensors.Formats;

namespace GoNoGo.Detection.Training;

/// <summary>
/// What a checkpoint folder holds of a training with several seeds: <c>seeds.json</c> with the results of those that are finished, the model of
/// the best of them, and in a folder of its own the checkpoint of the one that is being trained.
/// </summary>
public sealed class SeedCheckpoint(string folder)
{
    private const string Prefix = "seed-";
    private const string ModelExtension = ".gonogo";

    private string List => Path.Combine(folder, "seeds.json");

    /// <summary>Whether it holds a finished seed or the checkpoint of one.</summary>
    public bool Exists => File.Exists(List) || Folders().Any(Checkpoints.Exists);

    /// <summary>Where the model of a finished seed is.</summary>
    public string ModelOf(ulong seed) => FolderOf(seed) + ModelExtension;

    /// <summary>The checkpoint folder of one seed.</summary>
    public string FolderOf(ulong seed) => Path.Combine(folder, Prefix + seed.ToString(CultureInfo.InvariantCulture));

    /// <summary>The finished seeds; none where there are none yet.</summary>
    /// <param name="identity">What the training must agree with.</param>
    /// <exception cref="ModelException">They belong to another training (the message shows the difference), or the list is damaged.</exception>
    public List<SeedResult> Read(IReadOnlyDictionary<string, string> identity)
    {
        ArgumentNullException.ThrowIfNull(identity);
        if (!File.Exists(List))
        {
            return [];
        }

        SeedList? list;
        try
        {
            list = JsonSerializer.Deserialize(File.ReadAllBytes(List), SeedListJson.Default.SeedList);
        }
        catch (JsonException exception)
        {
            throw Damaged(exception);
        }

        if (list is not { Identity: not null, Seeds: not null } || list.Seeds.Any(result => result?.Training is null))
        {
            throw Damaged(null);
        }

        Checkpoint.RequireSame(List, list.Identity, identity);
        List<SeedResult> results = [.. list.Seeds];
        if (SeedResult.Best(results) is { } best && !File.Exists(ModelOf(best.Seed)))
        {
            // Ended between moving the model out and removing the checkpoint: that seed is trained again.
            results.Remove(best);
        }

        return results;
    }

    /// <summary>Adds a finished seed whose model lies at <see cref="ModelOf"/>, and removes what is not needed any more.</summary>
    /// <param name="identity">As for <see cref="Read"/>.</param>
    /// <param name="results">All finished seeds.</param>
    public void Write(IReadOnlyDictionary<string, string> identity, IReadOnlyList<SeedResult> results)
    {
        ArgumentNullException.ThrowIfNull(identity);
        ArgumentNullException.ThrowIfNull(results);
        var list = new SeedList(new SortedDictionary<string, string>(identity.ToDictionary(), StringComparer.Ordinal), [.. results]);
        AtomicFile.WriteAllBytes(List, JsonSerializer.SerializeToUtf8Bytes(list, SeedListJson.Default.SeedList));
        ulong? best = SeedResult.Best(results)?.Seed;
        foreach (SeedResult result in results)
        {
            Checkpoints.Remove(FolderOf(result.Seed));
            if (result.Seed != best)
            {
                File.Delete(ModelOf(result.Seed));
            }
        }
    }

    /// <summary>Removes all of it.</summary>
    public void Remove()
    {
        if (!Directory.Exists(folder))
        {
            return;
        }

        foreach (string own in Folders())
        {
            Checkpoints.Remove(own);
        }

        // The list first: without the models it would promise what is not there. Then what a process killed while writing left.
        File.Delete(List);
        var everything = new EnumerationOptions { AttributesToSkip = FileAttributes.None };
        foreach (string pattern in new[] { Prefix + "*" + ModelExtension, ".seeds.json.*.tmp", "." + Prefix + "*.tmp" })
        {
            foreach (string file in Directory.EnumerateFiles(folder, pattern, everything))
            {
                File.Delete(file);
            }
        }
    }

    private string[] Folders() => Directory.Exists(folder) ? Directory.GetDirectories(folder, Prefix + "*") : [];

    private ModelException Damaged(Exception? cause)
    {
        string sentence = $"'{List}' is damaged: it lists no finished seeds that can be read; run the command with --force instead of --resume.";
        return cause is null ? new ModelException(sentence) : new ModelException(sentence, cause);
    }
}

internal sealed record SeedList(SortedDictionary<string, string> Identity, IReadOnlyList<SeedResult> Seeds);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    WriteIndented = true,
    IgnoreReadOnlyProperties = true,
    RespectNullableAnnotations = true,
    NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals)]
[JsonSerializable(typeof(SeedList))]
internal sealed partial class SeedListJson : JsonSerializerContext;

using GoNoGo.Detection.Options;

namespace GoNoGo.Weights;

/// <summary>
/// The folder of pre-trained weights: one safetensors file a backbone, whole and checked, and a receipt beside it. Nothing is
/// fetched unless asked for.
/// </summary>
public sealed partial class WeightStore
{
    /// <summary>The environment variable that names another folder.</summary>
    public const string Variable = "GONOGO_WEIGHTS";

    /// <summary>A store in a folder, which is made when something is brought in.</summary>
    public WeightStore(string folder)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        Folder = Path.GetFullPath(folder);
    }

    /// <summary>The store of <c>GONOGO_WEIGHTS</c>, or else of the user: <c>gonogo/weights</c> in the folder for local application data (<c>~/.local/share</c> or <c>XDG_DATA_HOME</c> on Linux).</summary>
    /// <exception cref="WeightsException">The user has no such folder.</exception>
    public static WeightStore Default
    {
        get
        {
            string? named = Environment.GetEnvironmentVariable(Variable);
            if (!string.IsNullOrWhiteSpace(named))
            {
                return new WeightStore(named);
            }

            string local = Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify);
            return local.Length > 0
                ? new WeightStore(Path.Combine(local, "gonogo", "weights"))
                : throw new WeightsException($"this user has no folder for application data; set {Variable} to the folder of the weights.");
        }
    }

    /// <summary>The folder, as a full path.</summary>
    public string Folder { get; }

    /// <summary>Where the weights of a backbone lie, or would.</summary>
    /// <param name="id">The backbone.</param>
    /// <param name="branch">Null or <c>student</c> for the usual ones, <c>teacher</c> for those of a teacher.</param>
    /// <exception cref="OptionException">An unknown backbone.</exception>
    public string PathOf(string id, string? branch = null) =>
        Path.Combine(Folder, $"{WeightRegistry.Find(id).Id}{(branch is null or "student" ? "" : "." + branch)}.safetensors");

    /// <summary>Whether the weights of a backbone are there.</summary>
    public bool Has(string id, string? branch = null) => File.Exists(PathOf(id, branch));

    /// <summary>The file of a backbone's weights.</summary>
    /// <exception cref="WeightsException">It is not there; the message says how to get it, online and offline.</exception>
    public string Require(string id, string? branch = null) => Has(id, branch)
        ? PathOf(id, branch)
        : throw new WeightsException($"the weights of '{id}' are not in '{Folder}'; {HowToGet(WeightRegistry.Find(id))}");

    /// <summary>All weights that are known, there or not.</summary>
    public IReadOnlyList<StoredWeights> List() => [.. WeightRegistry.All.Select(variant =>
    {
        string path = PathOf(variant.Id);
        var file = new FileInfo(path);
        return new StoredWeights(variant, path, file.Exists ? file.Length : null, file.Exists ? WeightReceipt.Read(path)?.Source ?? "" : "");
    })];

    /// <summary>Turns a checkpoint (<c>.pth</c> or safetensors, any nesting) into the store's file for a backbone. The source stays.</summary>
    /// <param name="id">The backbone.</param>
    /// <param name="file">The checkpoint.</param>
    /// <param name="mayOverwrite">Replace weights that are there.</param>
    /// <param name="cancellation">Stops between two steps; the store stays as it was.</param>
    /// <exception cref="OptionException">An unknown backbone.</exception>
    /// <exception cref="WeightsException">The file is damaged, does not fit the backbone, or weights are there and may not be replaced.</exception>
    public ImportedWeights Import(string id, string file, bool mayOverwrite = false, CancellationToken cancellation = default)
    {
        WeightVariant variant = WeightRegistry.Find(id);
        if (!File.Exists(file))
        {
            throw new WeightsException($"there is no file '{file}'.");
        }

        using StoreLock alone = StoreLock.Take(Folder, id, null, cancellation);
        if (Has(id) && !mayOverwrite)
        {
            throw new WeightsException($"'{PathOf(id)}' exists; add --force to replace it.");
        }

        string hash = FileHash.Of(file, cancellation);
        PublishedFile? published = variant.Files.FirstOrDefault(known => known.Name == Path.GetFileName(file) && known.Sha256.Length > 0 && !known.Name.StartsWith("model.", StringComparison.Ordinal));
        if (published is not null && published.IsContradictedBy(hash))
        {
            throw new WeightsException($"'{file}' is called like the published file, but its SHA-256 {hash} is not {published.Sha256}{(published.Sha256.Length < 64 ? "..." : "")}: it is damaged or another file; fetch it again, or rename it to use it all the same.");
        }

        return Convert(variant, file, hash, Path.GetFileName(file), cancellation);
    }

    /// <summary>Hashes the stored files again.</summary>
    /// <param name="id">One backbone, or null for all that are there.</param>
    /// <param name="cancellation">Stops early.</param>
    /// <exception cref="WeightsException">The weights of that backbone are not there.</exception>
    public IReadOnlyList<VerifiedWeights> Verify(string? id = null, CancellationToken cancellation = default)
    {
        if (id is not null)
        {
            _ = Require(id);
        }

        var results = new List<VerifiedWeights>();
        foreach (WeightVariant variant in WeightRegistry.All.Where(variant => id is null || variant.Id == id))
        {
            foreach (string? branch in (string?[])[null, "teacher"])
            {
                if (Has(variant.Id, branch))
                {
                    results.Add(Verify(variant, PathOf(variant.Id, branch), cancellation));
                }
            }
        }

        return results;
    }

    /// <summary>The commands that bring weights here, with and without a network.</summary>
    internal static string HowToGet(WeightVariant variant)
    {
        if (variant.Downloadable is { } file)
        {
            return $"get them with 'gonogo weights pull {variant.Id}'; without a network here, fetch {file.Address} elsewhere and run 'gonogo weights import {variant.Id} FILE', or pull from a copy with --from DIR.";
        }

        string named = variant.Files.Count > 0 ? $"'{variant.Files[0].Name}' " : "";
        return $"no address is known that they can be pulled from: fetch the checkpoint {named}of {variant.Project} ({variant.TrainedOn}, {variant.License}) and run 'gonogo weights import {variant.Id} FILE', or pull from a folder or server of your own with --from.";
    }

    private static VerifiedWeights Verify(WeightVariant variant, string path, CancellationToken cancellation)
    {
        string hash = FileHash.Of(path, cancellation);
        WeightReceipt? receipt = WeightReceipt.Read(path);
        if (receipt is not null)
        {
            return receipt.Sha256 == hash
                ? new(variant.Id, path, WeightCondition.Good, hash, $"as it came from {receipt.Source}.")
                : new(variant.Id, path, WeightCondition.Damaged, hash, $"its SHA-256 is {hash}, it was {receipt.Sha256} when it came; pull or import it again with --force.");
        }

        if (variant.Files.Any(file => file.Sha256.Length == 64 && !file.IsContradictedBy(hash)))
        {
            return new(variant.Id, path, WeightCondition.Good, hash, "it is the published file.");
        }

        try
        {
            _ = WeightImporter.Check(variant.Id, path);
            return new(variant.Id, path, WeightCondition.Unknown, hash, "it was not brought in by this store and no hash is known for it; its tensors are those of the backbone.");
        }
        catch (WeightsException exception)
        {
            return new(variant.Id, path, WeightCondition.Damaged, hash, exception.Message);
        }
    }

    private ImportedWeights Convert(WeightVariant variant, string file, string fileHash, string source, CancellationToken cancellation)
    {
        string path = PathOf(variant.Id);
        (IReadOnlyList<string> levels, IReadOnlyList<string> warnings, bool hasTeacher) = WeightImporter.Convert(variant.Id, file, null, path);
        string hash = Note(path, source, fileHash, cancellation);
        if (hasTeacher)
        {
            string teacher = PathOf(variant.Id, "teacher");
            _ = WeightImporter.Convert(variant.Id, file, "teacher", teacher);
            _ = Note(teacher, source, fileHash, cancellation);
        }

        return new ImportedWeights(path, hash, levels, warnings);
    }

    /// <summary>Writes the receipt of a file that is in place.</summary>
    private static string Note(string path, string source, string sourceHash, CancellationToken cancellation)
    {
        string hash = FileHash.Of(path, cancellation);
        new WeightReceipt(new FileInfo(path).Length, hash, source, sourceHash).Write(path);
        return hash;
    }
}

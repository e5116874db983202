using GoNoGo.Learning.Checkpoints;
using GoNoGo.Tensors.Formats;

namespace GoNoGo.Weights;

/// <summary>What to pull and from where.</summary>
/// <param name="Id">The backbone.</param>
public sealed record PullRequest(string Id)
{
    /// <summary>A folder, a file or an http address to take the file from instead of its published address.</summary>
    public string? From { get; init; }

    /// <summary>Replace weights that are there.</summary>
    public bool MayOverwrite { get; init; }

    /// <summary>How patient a download is.</summary>
    public DownloadOptions Download { get; init; } = new();

    /// <summary>Told the bytes that are there and all of them (0 where nobody says).</summary>
    public Action<long, long>? Progress { get; init; }

    /// <summary>Told in a sentence what goes on beside the download.</summary>
    public Action<string>? Note { get; init; }
}

/// <content>Bringing weights in from their address or a mirror.</content>
public sealed partial class WeightStore
{
    /// <summary>
    /// Fetches the weights of a backbone, checks size and SHA-256 where they are known and the tensors always, and puts them into
    /// place only when whole. Weights that are there stay. A download that breaks off goes on where it ended the next time.
    /// </summary>
    /// <exception cref="Detection.Options.OptionException">An unknown backbone.</exception>
    /// <exception cref="WeightsException">Not found, broken off, of the wrong hash, or not the weights of this backbone.</exception>
    public ImportedWeights Pull(PullRequest request, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        WeightVariant variant = WeightRegistry.Find(request.Id);
        bool isThere = Has(request.Id);
        if (!isThere || request.MayOverwrite)
        {
            if (request.From is null && variant.Downloadable is null)
            {
                throw new WeightsException($"the weights of '{request.Id}' cannot be pulled: {HowToGet(variant)}");
            }

            using StoreLock alone = StoreLock.Take(Folder, request.Id, () => request.Note?.Invoke("another process is bringing in the same weights; waiting for it."), cancellation);
            // Another process may have brought them in meanwhile.
            if (!Has(request.Id) || (request.MayOverwrite && isThere))
            {
                return Bring(variant, request, cancellation);
            }
        }

        string path = PathOf(request.Id);
        request.Note?.Invoke($"'{path}' is there already.");
        return new ImportedWeights(path, WeightReceipt.Read(path)?.Sha256 ?? FileHash.Of(path, cancellation), WeightImporter.Check(request.Id, path), []);
    }

    private ImportedWeights Bring(WeightVariant variant, PullRequest request, CancellationToken cancellation)
    {
        if (request.From is null)
        {
            PublishedFile file = variant.Downloadable!;
            return Fetch(variant, new Uri(file.Address), file, request, cancellation);
        }

        if (IsAddress(request.From))
        {
            return FromServer(variant, request, cancellation);
        }

        string path = Locate(variant, request.From);
        string hash = FileHash.Of(path, cancellation);
        PublishedFile? published = Published(variant, Path.GetFileName(path), path);
        Require(published, hash, path, () => { });
        return FromFile(variant, path, hash, published is { Sha256.Length: > 0 }, cancellation);
    }

    private ImportedWeights FromFile(WeightVariant variant, string path, string hash, bool isKnown, CancellationToken cancellation)
    {
        string part = PartPath(variant);
        try
        {
            File.Copy(path, part, overwrite: true);
            return Doubt(Place(variant, part, hash, path, cancellation), variant, path, hash, isKnown);
        }
        catch (TensorFileException exception)
        {
            throw new WeightsException($"'{path}' is of no use: {exception.Message}", exception);
        }
        catch (Exception exception) when (exception is (IOException and not WeightsException) or UnauthorizedAccessException)
        {
            throw new WeightsException($"cannot copy '{path}' to '{Folder}': {exception.Message}", exception);
        }
        finally
        {
            File.Delete(part);
        }
    }

    private string PartPath(WeightVariant variant) => Path.Combine(Folder, $".{variant.Id}.part");

    private static ImportedWeights Doubt(ImportedWeights weights, WeightVariant variant, string source, string hash, bool isKnown) => isKnown ? weights : weights with
    {
        Warnings = [.. weights.Warnings, $"no hash is known for '{source}'; its tensors are those of '{variant.Id}', whether they are the published ones cannot be told. SHA-256: {hash}."],
    };

    /// <summary>A mirror is a folder of files: the published one by its name, or another store's.</summary>
    private static IEnumerable<string> MirrorNames(WeightVariant variant) =>
        [$"{variant.Id}.safetensors", $"{variant.Id}.pth", .. variant.Files.Select(file => file.Name)];

    private static string Locate(WeightVariant variant, string from)
    {
        if (File.Exists(from))
        {
            return from;
        }

        return MirrorNames(variant).Select(name => Path.Combine(from, name)).FirstOrDefault(File.Exists)
            ?? throw new WeightsException(Directory.Exists(from)
                ? $"the folder '{from}' has none of {string.Join(", ", MirrorNames(variant).Select(name => $"'{name}'"))}."
                : $"'{from}' is neither a folder nor a file nor an http address.");
    }

    private ImportedWeights FromServer(WeightVariant variant, PullRequest request, CancellationToken cancellation)
    {
        var address = new Uri(request.From!);
        string last = address.Segments[^1];
        if (CheckpointExtensions.Any(extension => last.EndsWith(extension, StringComparison.OrdinalIgnoreCase)))
        {
            return Fetch(variant, address, Published(variant, last, null), request, cancellation);
        }

        var folder = new Uri(request.From!.TrimEnd('/') + "/");
        WeightsException? first = null;
        foreach (string name in MirrorNames(variant))
        {
            try
            {
                return Fetch(variant, new Uri(folder, name), Published(variant, name, null), request, cancellation);
            }
            catch (WeightsException exception) when (exception.Message.StartsWith("there is nothing at", StringComparison.Ordinal))
            {
                first ??= exception;
            }
        }

        throw new WeightsException($"{folder} has none of {string.Join(", ", MirrorNames(variant).Select(name => $"'{name}'"))}.", first!);
    }

    private static readonly string[] CheckpointExtensions = [".safetensors", ".pth", ".pt", ".bin"];

    internal ImportedWeights Fetch(WeightVariant variant, Uri address, PublishedFile? published, PullRequest request, CancellationToken cancellation)
    {
        string part = PartPath(variant);
        Weights.Download.Run(address, part, published?.Bytes ?? 0, request.Download, request.Progress, cancellation);
        string hash = FileHash.Of(part, cancellation);
        Require(published, hash, address.ToString(), () => File.Delete(part));
        ImportedWeights result;
        try
        {
            result = Place(variant, part, hash, address.ToString(), cancellation);
        }
        catch (Exception exception) when (exception is WeightsException or TensorFileException)
        {
            // Whole, and nothing that could be used: going on with it would fail for ever.
            File.Delete(part);
            throw new WeightsException($"what came from {address} is of no use and was not kept: {exception.Message}", exception);
        }

        File.Delete(part);
        return Doubt(result, variant, address.ToString(), hash, published is { Sha256.Length: > 0 });
    }

    /// <summary>A safetensors file stays byte for byte, so that its hash remains the published one; anything else is converted.</summary>
    private ImportedWeights Place(WeightVariant variant, string part, string hash, string source, CancellationToken cancellation)
    {
        bool asItIs;
        IReadOnlyList<string> levels;
        using (CheckpointFile file = CheckpointFile.Open(part))
        {
            asItIs = file.Format == CheckpointFormat.Safetensors && file.Entries.All(entry => entry.Name == entry.StoredName);
            levels = asItIs ? WeightImporter.Check(variant.Id, part) : [];
        }

        if (!asItIs)
        {
            return Convert(variant, part, hash, source, cancellation);
        }

        string path = PathOf(variant.Id);
        File.Move(part, path, overwrite: true);
        new WeightReceipt(new FileInfo(path).Length, hash, source, hash).Write(path);
        return new ImportedWeights(path, hash, levels, []);
    }

    private static PublishedFile? Published(WeightVariant variant, string name, string? path)
    {
        PublishedFile? byName = variant.Files.FirstOrDefault(file => file.Name == name);
        if (byName is not null || path is null || WeightReceipt.Read(path) is not { } receipt)
        {
            return byName;
        }

        // A file of another store: its receipt says what it was.
        return new PublishedFile(name) { Sha256 = receipt.Sha256, Bytes = receipt.Bytes };
    }

    private static void Require(PublishedFile? published, string hash, string source, Action delete)
    {
        if (published is not null && published.IsContradictedBy(hash))
        {
            delete();
            string doubt = published.IsSecondHand ? " (a second-hand figure: where the source itself names the other one, fetch the file and use 'gonogo weights import')" : "";
            throw new WeightsException(
                $"{source} has the SHA-256 {hash}, expected {published.Sha256}{doubt}; it is damaged or another file, and was not kept: try again, or use another source with --from.");
        }
    }

    private static bool IsAddress(string from) =>
        from.StartsWith("http://", StringComparison.OrdinalIgnoreCase) || from.StartsWith("https://", StringComparison.OrdinalIgnoreCase);
}

using GoNoGo.Detection.Models;
using GoNoGo.Weights;

namespace GoNoGo.Models;

/// <summary>Loads models; finds the weights of backbones that they do not hold.</summary>
internal static class ModelLoader
{
    private const string BranchOption = "esvit-branch";

    /// <summary>Loads a model.</summary>
    /// <param name="path">The model file.</param>
    /// <param name="weights">The file of its backbone's weights; null: in the model, or in the store.</param>
    /// <exception cref="ModelException">The model cannot be used, or the weights are not there or others.</exception>
    public static LoadedModel Load(string path, string? weights) => ModelFile.Load(path, stored => WeightsFile(path, stored, weights));

    /// <summary>The file of the weights of a backbone that a model does not hold.</summary>
    /// <exception cref="ModelException">The weights are not there or others.</exception>
    public static string WeightsFile(string model, StoredBackbone stored, string? weights)
    {
        string wanted = $"the model '{model}' needs the weights of '{stored.Id}' with SHA-256 {stored.Sha256}, which it does not hold";
        if (weights is not null)
        {
            if (!File.Exists(weights))
            {
                throw new ModelException($"{wanted}; there is no file '{weights}'.");
            }

            string found = FileHash.Of(weights, default);
            return found == stored.Sha256 ? weights : throw new ModelException($"{wanted}; those of '{weights}' have {found}: give the file that it was trained with.");
        }

        WeightStore store = WeightStore.Default;
        string? branch = stored.Options.GetValueOrDefault(BranchOption);
        if (!store.Has(stored.Id, branch))
        {
            throw new ModelException($"{wanted}; they are not in '{store.Folder}' either: {WeightStore.HowToGet(WeightRegistry.Find(stored.Id)).TrimEnd('.')}; or give the file with --weights FILE.");
        }

        string path = store.PathOf(stored.Id, branch);
        string hash = FileHash.Of(path, default);
        // Trained from the published file, kept in the store in its own format: the same weights.
        bool same = hash == stored.Sha256 || (WeightReceipt.Read(path) is { } receipt && receipt.Sha256 == hash && receipt.SourceSha256 == stored.Sha256);
        return same ? path : throw new ModelException($"{wanted}; those in '{path}' have {hash}: give the file that it was trained with by --weights FILE.");
    }
}

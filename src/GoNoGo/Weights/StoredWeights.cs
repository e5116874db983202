namespace GoNoGo.Weights;

/// <summary>A row of the store's list.</summary>
/// <param name="Variant">What is known of the weights.</param>
/// <param name="Path">Where they lie, or would.</param>
/// <param name="Bytes">The size of the file there, or null where it is absent.</param>
/// <param name="Source">Where it came from, as far as the store knows; empty for an absent one.</param>
public sealed record StoredWeights(WeightVariant Variant, string Path, long? Bytes, string Source)
{
    /// <summary>Whether the file is there.</summary>
    public bool IsPresent => Bytes is not null;
}

/// <summary>What became of weights that were brought in.</summary>
/// <param name="Path">The file in the store.</param>
/// <param name="Sha256">Its SHA-256.</param>
/// <param name="Levels">The levels of the backbone that it serves.</param>
/// <param name="Warnings">Sentences for people: NaN in weights, a hash that nothing is known of.</param>
public sealed record ImportedWeights(string Path, string Sha256, IReadOnlyList<string> Levels, IReadOnlyList<string> Warnings);

/// <summary>What checking a stored file found.</summary>
public enum WeightCondition
{
    /// <summary>The hash is that of the file when it came in, or of the published one.</summary>
    Good,

    /// <summary>The hash is another one.</summary>
    Damaged,

    /// <summary>Nothing is known to compare the hash with; the tensors are those of the backbone.</summary>
    Unknown,
}

/// <summary>A file of the store that was checked.</summary>
/// <param name="Id">The backbone.</param>
/// <param name="Path">The file.</param>
/// <param name="Condition">What was found.</param>
/// <param name="Sha256">The file's SHA-256.</param>
/// <param name="Detail">One sentence.</param>
public sealed record VerifiedWeights(string Id, string Path, WeightCondition Condition, string Sha256, string Detail);

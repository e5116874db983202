namespace GoNoGo.Vision.Datasets;

/// <summary>
/// One product of a data set: its good training pictures and its test pictures, each ordered by
/// <see cref="DatasetItem.RelativePath"/> (ordinal).
/// </summary>
/// <param name="Name">The category's name (<c>bottle</c>, <c>01</c>, the digit <c>3</c>, or the folder's own name).</param>
/// <param name="Train">The good pictures to learn from.</param>
/// <param name="Test">Good and defective pictures to judge.</param>
/// <param name="Notes">What a reader must know of how the pictures were divided (held-out share, missing masks); sentences.</param>
public sealed record Category(
    string Name,
    IReadOnlyList<DatasetItem> Train,
    IReadOnlyList<DatasetItem> Test,
    IReadOnlyList<string> Notes)
{
    /// <summary>How many files of the category's folders are no pictures by their names and were passed over.</summary>
    public int IgnoredFiles { get; init; }

    /// <summary>The mask file of the region of interest, <c>regions/roi.*</c> of the category's folder; null where there is none.</summary>
    public string? InterestMask { get; init; }

    /// <summary>The mask file of what is not judged, <c>regions/ignore.*</c>; null where there is none.</summary>
    public string? IgnoreMask { get; init; }

    /// <summary>Masks that belong to no test picture: paths relative to the data root, ordinal order.</summary>
    public IReadOnlyList<string> StrayMasks { get; init; } = [];
}

namespace GoNoGo.Features;

/// <summary>Features of many pictures, to be written to one file.</summary>
/// <param name="Backbone">The backbone and its levels.</param>
/// <param name="Output">The safetensors file to write.</param>
public sealed record FeatureRequest(BackboneChoice Backbone, string Output)
{
    /// <summary>Pictures: files, folders (with all below them) or globs.</summary>
    public IReadOnlyList<string> Paths { get; init; } = [];

    /// <summary>Instead of pictures: a safetensors file whose tensor <c>input</c> <c>[n, 3, h, w]</c> is taken as it is.</summary>
    public string? TensorFile { get; init; }

    /// <summary>Leave out pictures that cannot be read, instead of ending.</summary>
    public bool SkipDamaged { get; init; }

    /// <summary>Overwrite an existing file.</summary>
    public bool Force { get; init; }
}

/// <summary>What was written.</summary>
/// <param name="Output">The file.</param>
/// <param name="Count">n: pictures in it.</param>
/// <param name="Levels">Its tensors <c>[n, D, h, w]</c>: name and <c>[D, h, w]</c>.</param>
/// <param name="Unreadable">Pictures that were left out.</param>
/// <param name="IgnoredCount">Files that are no pictures.</param>
/// <param name="Warnings">Sentences for people: values in the weights that are no numbers, features that depend on the batch.</param>
public sealed record FeatureOutcome(
    string Output, long Count, IReadOnlyList<FeatureTensor> Levels, IReadOnlyList<UnreadablePicture> Unreadable, int IgnoredCount, IReadOnlyList<string> Warnings);

/// <summary>A level that was written.</summary>
/// <param name="Level">Its name.</param>
/// <param name="Width">D: features of a position.</param>
/// <param name="Rows">h.</param>
/// <param name="Columns">w.</param>
public sealed record FeatureTensor(string Level, int Width, int Rows, int Columns);

/// <summary>A picture that could not be read.</summary>
/// <param name="Name">The file as it was given.</param>
/// <param name="Error">Why.</param>
public sealed record UnreadablePicture(string Name, string Error);

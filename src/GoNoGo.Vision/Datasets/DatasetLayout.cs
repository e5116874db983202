namespace GoNoGo.Vision.Datasets;

/// <summary>A way to arrange a data set in files: one line of the <see cref="DatasetCatalog"/>.</summary>
/// <param name="Id">The id to write after <c>--layout</c>.</param>
/// <param name="Name">The name for people.</param>
/// <param name="Expects">What such a folder holds, as it reads after "expected".</param>
/// <param name="Recognises">Whether an existing folder looks like this layout (looks at names only).</param>
/// <param name="Open">Makes the reader for a folder of this layout.</param>
public sealed record DatasetLayout(
    string Id,
    string Name,
    string Expects,
    Func<string, bool> Recognises,
    Func<string, Dataset> Open);

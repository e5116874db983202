namespace GoNoGo.Vision.Datasets.Description;

/// <summary>How thoroughly a data set is looked at.</summary>
public sealed record DescribeOptions
{
    /// <summary>Whether masks are decoded, to find empty ones and ones of a wrong size.</summary>
    public bool CheckMasks { get; init; } = true;

    /// <summary>
    /// Whether every picture is decoded, to find damage inside, exposure outliers and duplicates. Otherwise only headers are read, and
    /// pictures whose end looks cut off.
    /// </summary>
    public bool DecodePictures { get; init; } = true;

    /// <summary>How many findings of each sort are listed by name.</summary>
    public int ListedFiles { get; init; } = 20;
}

/// <summary>Describes data sets: counts, sizes, masks and problems.</summary>
public static class DataDescriber
{
    /// <summary>Describes a data set, or one of its categories.</summary>
    /// <param name="dataset">The opened data set.</param>
    /// <param name="category">The only category to describe; null: all.</param>
    /// <param name="options">How thoroughly.</param>
    /// <param name="progress">Told how many pictures of a category are done, and how many it has; never by two threads at once.</param>
    /// <param name="cancellation">Ends the work early.</param>
    /// <exception cref="DatasetException">There is no category of that name.</exception>
    public static DataDescription Describe(
        Dataset dataset, string? category = null, DescribeOptions? options = null, Action<int, int>? progress = null,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(dataset);
        options ??= new DescribeOptions();
        IEnumerable<CategoryDescription> categories = category is null
            ? dataset.Categories.Select(name => One(dataset, name, options, progress, cancellation))
            : [CategorySurvey.Of(dataset.Load(category), options, progress, cancellation)];
        string name = DatasetCatalog.Find(dataset.LayoutId)?.Name ?? dataset.LayoutId;
        return new DataDescription(dataset.Root, dataset.LayoutId, name, [.. categories]);
    }

    private static CategoryDescription One(
        Dataset dataset, string name, DescribeOptions options, Action<int, int>? progress, CancellationToken cancellation)
    {
        try
        {
            return CategorySurvey.Of(dataset.Load(name), options, progress, cancellation);
        }
        catch (Exception exception) when (exception is DatasetException or Imaging.ImageFormatException)
        {
            // One bad category does not hide the others.
            return new CategoryDescription { Name = name, Problems = [exception.Message.TrimEnd('.') + "."] };
        }
    }
}

namespace GoNoGo.Vision.Datasets;

/// <summary>
/// A data set on disk: a root folder in one of the known layouts, with one or more categories. Opening looks at folder
/// names only; pictures are listed by <see cref="Load"/> and decoded by the items.
/// </summary>
public abstract class Dataset
{
    private protected Dataset(string root, string layoutId)
    {
        Root = root;
        LayoutId = layoutId;
    }

    /// <summary>The full path of the root folder; relative paths of items start here.</summary>
    public string Root { get; }

    /// <summary>The id of the layout in the <see cref="DatasetCatalog"/>.</summary>
    public string LayoutId { get; }

    /// <summary>The names of the categories, ordinal order; at least one.</summary>
    public abstract IReadOnlyList<string> Categories { get; }

    /// <summary>Opens a folder, recognising its layout where none is given.</summary>
    /// <param name="root">The data set's root folder, or the folder of one category.</param>
    /// <param name="layout">A layout id of the <see cref="DatasetCatalog"/>; null: recognise it.</param>
    /// <exception cref="DatasetException">The folder is missing, empty, a regular file, or of no known layout.</exception>
    public static Dataset Open(string root, string? layout = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(root);
        string full = Path.TrimEndingDirectorySeparator(Path.GetFullPath(root));
        RootCheck.Require(full);
        if (layout is null)
        {
            return (DatasetCatalog.Recognise(full) ?? throw RootCheck.NoLayout(full)).Open(full);
        }

        DatasetLayout wanted = DatasetCatalog.Find(layout) ?? throw RootCheck.UnknownId(full, layout);
        return wanted.Recognises(full) ? wanted.Open(full) : throw RootCheck.Misfit(full, wanted);
    }

    /// <summary>Lists the pictures of one category.</summary>
    /// <param name="category">Its name; may be null where there is only one.</param>
    /// <exception cref="DatasetException">
    /// Several categories and none given, an unknown name, no good pictures, or a damaged index file.
    /// </exception>
    public Category Load(string? category = null)
    {
        if (category is null)
        {
            return Categories.Count == 1 ? List(Categories[0]) : throw new DatasetException(
                DatasetError.CategoryRequired, Root, "one category",
                $"{Categories.Count}: {Quote.List(Categories, 40)}", "choose one with --category");
        }

        if (!Categories.Contains(category))
        {
            string? near = NearestName.Of(category, Categories);
            throw new DatasetException(
                DatasetError.UnknownCategory, Root, $"the category '{category}'", $"only {Quote.List(Categories, 40)}",
                near is null ? "choose one of them with --category" : $"did you mean --category {near}?");
        }

        return List(category);
    }

    /// <summary>Lists the pictures of a category that exists.</summary>
    private protected abstract Category List(string category);
}

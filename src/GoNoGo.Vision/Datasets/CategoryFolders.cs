namespace GoNoGo.Vision.Datasets;

/// <summary>A data set whose categories are folders: the root itself is one, or its sub-folders are.</summary>
internal abstract class CategoryFolders : Dataset
{
    // A part of a category is no category, whatever lies in it.
    private static readonly string[] Reserved = ["train", "test", "ground_truth", "good", "bad", "masks", "regions"];

    private readonly Dictionary<string, string> _folders = new(StringComparer.Ordinal);
    private readonly List<string> _names = [];

    private protected CategoryFolders(string root, string layoutId, Func<string, bool> isCategory) : base(root, layoutId)
    {
        foreach (string folder in Find(root, isCategory))
        {
            string name = Path.GetFileName(folder);
            _names.Add(name);
            _folders.Add(name, folder);
        }
    }

    public sealed override IReadOnlyList<string> Categories => _names;

    /// <summary>Whether the root or at least one of its sub-folders is a category.</summary>
    protected static bool Any(string root, Func<string, bool> isCategory) => Find(root, isCategory).Any();

    private protected sealed override Category List(string category)
    {
        var builder = new CategoryBuilder(Root, _folders[category], category);
        Fill(builder);
        return builder.Build();
    }

    /// <summary>Adds the pictures of one category.</summary>
    private protected abstract void Fill(CategoryBuilder builder);

    private static IEnumerable<string> Find(string root, Func<string, bool> isCategory) =>
        isCategory(root) ? [root] : PictureFiles.Folders(root).Where(folder => !Reserved.Contains(Path.GetFileName(folder)) && isCategory(folder));
}

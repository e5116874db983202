namespace GoNoGo.Vision.Datasets.Listing;

/// <summary>A folder of a listing; its files share it, so that a file costs little more than its name.</summary>
/// <param name="root">The data root.</param>
/// <param name="prefix">What stands before a file's name: the path relative to the root with <c>/</c>, and <c>/</c> at its end; empty for the root.</param>
internal sealed class ListedFolder(string root, string prefix)
{
    public string Root => root;

    public string Prefix => prefix;
}

/// <summary>A file of a listing.</summary>
/// <param name="Folder">Its folder.</param>
/// <param name="Name">Its name there.</param>
internal readonly record struct ListedFile(ListedFolder Folder, string Name)
{
    /// <summary>Relative to the data root, with <c>/</c>.</summary>
    public string RelativePath => Folder.Prefix + Name;

    public string FullPath => Path.Combine(Folder.Root, RelativePath);

    /// <summary>The ordinal order of the relative paths, found without making them.</summary>
    public static int Compare(ListedFile x, ListedFile y)
    {
        if (ReferenceEquals(x.Folder, y.Folder))
        {
            return string.CompareOrdinal(x.Name, y.Name);
        }

        string left = x.Folder.Prefix;
        string right = y.Folder.Prefix;
        int common = Math.Min(left.Length, right.Length);
        int order = string.CompareOrdinal(left, 0, right, 0, common);
        return order != 0 || left.Length == right.Length && (order = string.CompareOrdinal(x.Name, y.Name)) != 0
            ? order
            : left.Length < right.Length ? Across(x.Name, right, left.Length) : -Across(y.Name, left, right.Length);
    }

    /// <summary>The order as a comparer that a sort can compile in.</summary>
    public readonly struct Order : IComparer<ListedFile>
    {
        public int Compare(ListedFile x, ListedFile y) => ListedFile.Compare(x, y);
    }

    /// <summary>Compares a name with what is left of a longer folder.</summary>
    private static int Across(string name, string folder, int start)
    {
        int rest = folder.Length - start;
        int order = string.CompareOrdinal(name, 0, folder, start, Math.Min(rest, name.Length));
        // A name holds no '/' and a folder ends in one: they differ, or the name ends first.
        return order != 0 ? order : name.Length - rest;
    }
}

namespace GoNoGo.Vision.Datasets;

/// <summary>Says in one sentence why a folder cannot be opened as a data set.</summary>
internal static class RootCheck
{
    private const string Help =
        "give a folder with 'good' (and optionally 'bad' and 'masks'), or one in the MVTec AD, BTAD, VisA, KolektorSDD or MNIST layout";

    /// <summary>Refuses what is not a folder, and a folder that holds nothing.</summary>
    public static void Require(string root)
    {
        if (File.Exists(root))
        {
            throw new DatasetException(
                DatasetError.NotAFolder, root, "a folder of pictures", "a regular file", "give the folder that the data set begins in");
        }

        if (!Directory.Exists(root))
        {
            throw new DatasetException(
                DatasetError.MissingFolder, root, "a folder of pictures", "no such folder", "check the path given with --data");
        }

        if (!PictureFiles.Try(root, () => Directory.EnumerateFileSystemEntries(root).Any()))
        {
            throw new DatasetException(DatasetError.EmptyFolder, root, "a data set", "an empty folder", Help);
        }
    }

    /// <summary>No layout fits.</summary>
    public static DatasetException NoLayout(string root)
    {
        foreach (string child in PictureFiles.Folders(root))
        {
            if (DatasetCatalog.Recognise(child) is { } layout)
            {
                return new DatasetException(
                    DatasetError.UnknownLayout, root, "the folder that a data set begins in", "one that contains it",
                    $"give '{child}' ({layout.Name})");
            }
        }

        FileListing here = PictureFiles.List(root, root, recurse: false);
        return here.Files.Count > 0
            ? new DatasetException(
                DatasetError.NoGoodPictures, root, "the pictures of good parts in a folder 'good'",
                $"{here.Files.Count} picture{(here.Files.Count == 1 ? "" : "s")} directly in the root",
                "move the good ones to 'good' and defective ones, if any, to 'bad'")
            : new DatasetException(DatasetError.UnknownLayout, root, "a known data set layout", Contents(root), Help);
    }

    /// <summary>The layout that was asked for does not fit the folder.</summary>
    public static DatasetException Misfit(string root, DatasetLayout wanted) => new(
        DatasetError.UnknownLayout, root, wanted.Expects, Contents(root),
        DatasetCatalog.Recognise(root) is { } other
            ? $"leave --layout out: it looks like {other.Id}"
            : "check the path, or choose another --layout");

    /// <summary>There is no layout of that id.</summary>
    public static DatasetException UnknownId(string root, string layout)
    {
        string[] ids = [.. DatasetCatalog.Layouts.Select(known => known.Id)];
        string? near = NearestName.Of(layout, ids);
        return new DatasetException(
            DatasetError.UnknownLayout, root, $"one of the layouts {string.Join(", ", ids)}", $"'{layout}'",
            near is null ? "leave --layout out to have it recognised" : $"did you mean --layout {near}?");
    }

    private static string Contents(string root)
    {
        string[] names = [.. PictureFiles.Folders(root).Select(folder => Path.GetFileName(folder) + "/")];
        return names.Length > 0 ? Quote.List(names, 6) : "no sub-folders";
    }
}

namespace GoNoGo.Vision.Datasets.Description;

/// <summary>Finds pictures of a category that occur more than once: equal samples, by their hash.</summary>
internal static class DuplicateSearch
{
    /// <summary>The groups of equal pictures; those across train and test first, then in the order given.</summary>
    public static List<DuplicateGroup> Find(IReadOnlyList<(DatasetItem Item, PictureLook Look)> pictures, int trainCount) =>
        [.. pictures.Select((picture, index) => (picture.Item, picture.Look, IsTrain: index < trainCount))
            .GroupBy(picture => picture.Look.PixelHash).Where(group => group.Skip(1).Any())
            .Select(group => new DuplicateGroup(
                [.. group.Select(picture => picture.Item.RelativePath)],
                group.Any(picture => picture.IsTrain) && group.Any(picture => !picture.IsTrain),
                group.Any(picture => picture.Item.IsDefective) && group.Any(picture => !picture.Item.IsDefective),
                SameFiles([.. group.Select(picture => picture.Item.FilePath)])))
            .OrderByDescending(group => group.AcrossTrainAndTest)];

    /// <summary>Whether files that decode to the same picture are the same byte by byte.</summary>
    private static bool SameFiles(string?[] paths)
    {
        try
        {
            return paths[0] is { } first && paths.Skip(1).All(path => path is not null && Same(first, path));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // It was read a moment ago; that its pixels are equal stays true.
            return false;
        }
    }

    private static bool Same(string first, string second) =>
        new FileInfo(first).Length == new FileInfo(second).Length && File.ReadAllBytes(first).AsSpan().SequenceEqual(File.ReadAllBytes(second));
}

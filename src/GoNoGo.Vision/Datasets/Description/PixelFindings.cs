namespace GoNoGo.Vision.Datasets.Description;

/// <summary>What the pixels of a category tell when its pictures are compared.</summary>
/// <param name="Exposure">Brightness of the good pictures; null where none was decoded.</param>
/// <param name="Outliers">Pictures exposed unlike the good ones.</param>
/// <param name="Duplicates">Equal pictures.</param>
/// <param name="Near">Nearly equal ones.</param>
internal sealed record PixelFindings(
    ExposureRange? Exposure, IReadOnlyList<ExposureOutlier> Outliers, IReadOnlyList<DuplicateGroup> Duplicates, IReadOnlyList<NearDuplicate> Near)
{
    /// <summary>Compares the pictures that were decoded.</summary>
    /// <param name="items">All pictures, those to learn from first.</param>
    /// <param name="looks">What is known of each; null where it was not decoded.</param>
    /// <param name="trainCount">How many of them are there to learn from.</param>
    public static PixelFindings Of(DatasetItem[] items, PictureLook?[] looks, int trainCount)
    {
        var pictures = new List<(DatasetItem Item, PictureLook Look)>();
        int train = 0;
        for (int index = 0; index < items.Length; index++)
        {
            if (looks[index] is { } look)
            {
                pictures.Add((items[index], look));
                train += index < trainCount ? 1 : 0;
            }
        }

        return new PixelFindings(
            ExposureCheck.RangeOf([.. pictures.Where(picture => !picture.Item.IsDefective).Select(picture => picture.Look)]),
            ExposureCheck.Find(pictures), DuplicateSearch.Find(pictures, train), NearDuplicateSearch.Find(pictures, train));
    }

    /// <summary>What should be put right; sentences.</summary>
    public IEnumerable<string> Problems()
    {
        if (Duplicates.FirstOrDefault(group => group.GoodAndDefective) is { } both)
        {
            yield return $"The same picture is called good and defective: {Quote.List(both.Paths, 3)}; remove one of them.";
        }

        DuplicateGroup[] across = [.. Duplicates.Where(group => group.AcrossTrainAndTest)];
        if (across.Length > 0)
        {
            yield return $"{Quote.Count(across.Length, "picture")} to learn from {(across.Length == 1 ? "is" : "are")} in the test part too, the first is {across[0].Paths[0]} ({Same(across[0])} {Quote.List([.. across[0].Paths.Skip(1)], 2)}); metrics come out too good, remove the copies.";
        }

        DuplicateGroup[] within = [.. Duplicates.Where(group => !group.AcrossTrainAndTest)];
        if (within.Length > 0)
        {
            yield return $"{Quote.Count(within.Length, "picture")} {(within.Length == 1 ? "occurs" : "occur")} more than once in the same part, the first is {within[0].Paths[0]} ({Same(within[0])} {Quote.List([.. within[0].Paths.Skip(1)], 2)}).";
        }

        if (Near.Count > 0)
        {
            int crossing = Near.Count(pair => pair.AcrossTrainAndTest);
            yield return $"{Quote.Count(Near.Count, "pair")} of pictures {(Near.Count == 1 ? "is" : "are")} nearly the same{(crossing > 0 ? $", {crossing} across train and test" : "")}, the first is {Near[0].First} and {Near[0].Second}; check that they show different parts.";
        }

        if (Outliers.Count > 0)
        {
            yield return $"{Quote.Count(Outliers.Count, "picture")} {(Outliers.Count == 1 ? "is" : "are")} exposed unlike the good ones, the first is {Outliers[0].Path}, {Outliers[0].Reason}.";
        }
    }

    private static string Same(DuplicateGroup group) => group.SameBytes ? "same file as" : "same pixels as";
}

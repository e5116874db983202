namespace GoNoGo.Vision.Datasets.Description;

/// <summary>What a folder of pictures holds: the answer of <c>gonogo data describe</c>.</summary>
/// <param name="Root">The full path of the data root.</param>
/// <param name="Layout">The layout's id.</param>
/// <param name="LayoutName">The layout's name for people.</param>
/// <param name="Categories">One entry a category, ordinal order.</param>
public sealed record DataDescription(
    string Root,
    string Layout,
    string LayoutName,
    IReadOnlyList<CategoryDescription> Categories)
{
    /// <summary>Whether any category has a problem.</summary>
    public bool HasProblems => Categories.Any(category => category.Problems.Count > 0);
}

/// <summary>What one category holds.</summary>
public sealed record CategoryDescription
{
    /// <summary>The category's name.</summary>
    public required string Name { get; init; }

    /// <summary>Good pictures to learn from, those that cannot be read included.</summary>
    public int TrainGood { get; init; }

    /// <summary>How many of them a detector fits on (the front of the seed-24 shuffle).</summary>
    public int Fit { get; init; }

    /// <summary>How many of them it validates on.</summary>
    public int Validation { get; init; }

    /// <summary>Good pictures to judge.</summary>
    public int TestGood { get; init; }

    /// <summary>Defective pictures to judge.</summary>
    public int TestDefective { get; init; }

    /// <summary>Defective pictures by kind, ordinal order.</summary>
    public IReadOnlyList<KindDescription> Kinds { get; init; } = [];

    /// <summary>Defective pictures with a mask.</summary>
    public int MasksPresent { get; init; }

    /// <summary>Defective pictures without a mask.</summary>
    public int MasksMissing { get; init; }

    /// <summary>Masks that mark nothing.</summary>
    public int MasksEmpty { get; init; }

    /// <summary>The sizes, channels and depths of the readable pictures, the most frequent first.</summary>
    public IReadOnlyList<FormatCount> Formats { get; init; } = [];

    /// <summary>How many pictures and masks cannot be used.</summary>
    public int UnreadableCount { get; init; }

    /// <summary>The first of them, by path.</summary>
    public IReadOnlyList<UnreadableFile> Unreadable { get; init; } = [];

    /// <summary>The mean brightness of the good pictures; null where pixels were not looked at.</summary>
    public ExposureRange? Exposure { get; init; }

    /// <summary>How many pictures are exposed unlike the good ones of the category.</summary>
    public int ExposureOutlierCount { get; init; }

    /// <summary>The first of them, by path.</summary>
    public IReadOnlyList<ExposureOutlier> ExposureOutliers { get; init; } = [];

    /// <summary>How many pictures occur more than once, each counted once.</summary>
    public int DuplicateCount { get; init; }

    /// <summary>The first of them, those across train and test before others.</summary>
    public IReadOnlyList<DuplicateGroup> Duplicates { get; init; } = [];

    /// <summary>How many pairs of pictures are nearly the same.</summary>
    public int NearDuplicateCount { get; init; }

    /// <summary>The first of them, those across train and test before others.</summary>
    public IReadOnlyList<NearDuplicate> NearDuplicates { get; init; } = [];

    /// <summary>How many pictures are to be turned before showing, by EXIF or a TIFF tag, which is never done.</summary>
    public int TurnedCount { get; init; }

    /// <summary>The first of them, by path.</summary>
    public IReadOnlyList<string> Turned { get; init; } = [];

    /// <summary>How many files hold several pictures, of which the first is read.</summary>
    public int SeveralPagesCount { get; init; }

    /// <summary>The first of them, by path.</summary>
    public IReadOnlyList<string> SeveralPages { get; init; } = [];

    /// <summary>Files that are no pictures by their names.</summary>
    public int IgnoredFiles { get; init; }

    /// <summary>How the pictures were divided, and what is missing; sentences.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>What should be put right; sentences.</summary>
    public IReadOnlyList<string> Problems { get; init; } = [];
}

/// <summary>Mean brightness, 0 to 255, over the good pictures of a category.</summary>
/// <param name="Median">Of the picture in the middle.</param>
/// <param name="Darkest">Of the darkest.</param>
/// <param name="Brightest">Of the brightest.</param>
public sealed record ExposureRange(double Median, double Darkest, double Brightest);

/// <summary>A picture that is exposed unlike the good ones of its category.</summary>
/// <param name="Path">Relative to the data root.</param>
/// <param name="Brightness">Mean brightness, 0 to 255.</param>
/// <param name="DarkShare">Share of black pixels.</param>
/// <param name="BrightShare">Share of white pixels.</param>
/// <param name="Reason">What stands out.</param>
public sealed record ExposureOutlier(string Path, double Brightness, double DarkShare, double BrightShare, string Reason);

/// <summary>The same picture more than once.</summary>
/// <param name="Paths">Relative to the data root; at least two.</param>
/// <param name="AcrossTrainAndTest">Whether it is both learned from and judged.</param>
/// <param name="GoodAndDefective">Whether it is called good and defective.</param>
/// <param name="SameBytes">Whether the files are equal byte by byte; otherwise their pixels are.</param>
public sealed record DuplicateGroup(IReadOnlyList<string> Paths, bool AcrossTrainAndTest, bool GoodAndDefective, bool SameBytes);

/// <summary>Two pictures that are nearly the same.</summary>
/// <param name="First">Relative to the data root.</param>
/// <param name="Second">Relative to the data root.</param>
/// <param name="AcrossTrainAndTest">Whether one is learned from and the other judged.</param>
public sealed record NearDuplicate(string First, string Second, bool AcrossTrainAndTest);

/// <summary>One kind of defect.</summary>
/// <param name="Kind">Its name.</param>
/// <param name="Count">Its pictures.</param>
/// <param name="Masks">How many of them have a mask.</param>
public sealed record KindDescription(string Kind, int Count, int Masks);

/// <summary>How many pictures share size, channels and depth.</summary>
/// <param name="Width">Pixels a row.</param>
/// <param name="Height">Number of rows.</param>
/// <param name="Channels">1, 3 or 4.</param>
/// <param name="BitDepth">8 or 16, 32 for float.</param>
/// <param name="Count">How many pictures.</param>
public sealed record FormatCount(int Width, int Height, int Channels, int BitDepth, int Count);

/// <summary>A picture or mask that cannot be used.</summary>
/// <param name="Path">Relative to the data root.</param>
/// <param name="Reason">One sentence.</param>
public sealed record UnreadableFile(string Path, string Reason);

using GoNoGo.Reports.Html;
using GoNoGo.Tensors.Parallel;
using GoNoGo.Vision.Datasets;
using GoNoGo.Vision.Datasets.Description;
using GoNoGo.Vision.Imaging;
using GoNoGo.Vision.Imaging.Drawing;
using GoNoGo.Vision.Imaging.Png;

namespace GoNoGo.Reports.Sections;

/// <summary>Thumbnails of the pictures of one category at a time, made on several threads and within a number for the whole page.</summary>
/// <param name="categories">How many categories share the page.</param>
internal sealed class ThumbnailSheet(int categories)
{
    // 128 pixels of a noisy colour picture are 40 KB: 800 of them stay under 50 MB in base64, and usually far under.
    private const int LongestSide = 128;
    private const int MostOnPage = 800;
    private const int MostOfGood = 16;
    private const int MostOfKind = 8;
    private const int MostOfProblem = 16;

    private readonly Dictionary<string, string?> _encoded = new(StringComparer.Ordinal);

    /// <summary>Good pictures to learn from, spread over the list.</summary>
    public IReadOnlyList<string> Good { get; private set; } = [];

    /// <summary>Defective pictures, some of each kind.</summary>
    public IReadOnlyList<(string Kind, IReadOnlyList<string> Paths)> Defective { get; private set; } = [];

    /// <summary>How many pictures of one problem are shown.</summary>
    public static int OfProblem => MostOfProblem;

    /// <summary>Makes the thumbnails of a category and forgets those of the one before.</summary>
    public void Open(Dataset dataset, CategoryDescription description, CancellationToken cancellation)
    {
        _encoded.Clear();
        (Good, Defective) = ([], []);
        Category category;
        try
        {
            category = dataset.Load(description.Name);
        }
        catch (Exception exception) when (exception is DatasetException or ImageFormatException)
        {
            // Its problem is told in words.
            return;
        }

        int room = Math.Max(MostOnPage / Math.Max(categories, 1), 4);
        Good = Spread(category.Train, Math.Min(MostOfGood, Math.Max(room / 3, 2)));
        int kinds = description.Kinds.Count;
        Defective = [.. category.Test.Where(item => item.IsDefective).GroupBy(item => item.DefectKind).OrderBy(group => group.Key, StringComparer.Ordinal)
            .Take(Math.Max(room / 6, 1)).Select(group => (group.Key, Spread([.. group], Math.Clamp(room / 3 / Math.Max(kinds, 1), 1, MostOfKind))))];
        string[] problems = [.. description.Duplicates.SelectMany(group => group.Paths.Take(3)).Take(MostOfProblem)
            .Concat(description.NearDuplicates.SelectMany(pair => (string[])[pair.First, pair.Second]).Take(MostOfProblem))
            .Concat(description.ExposureOutliers.Select(outlier => outlier.Path).Take(MostOfProblem))
            .Concat(description.Turned.Take(MostOfProblem)).Concat(description.SeveralPages.Take(MostOfProblem))];
        HashSet<string> wanted = [.. Good.Concat(Defective.SelectMany(kind => kind.Paths)).Concat(problems).Distinct(StringComparer.Ordinal).Take(room)];
        DatasetItem[] items = [.. category.Train.Concat(category.Test).Where(item => wanted.Contains(item.RelativePath))];
        var encoded = new string?[items.Length];
        Workers.For(items.Length, new Drawing(items, encoded, cancellation));
        for (int index = 0; index < items.Length; index++)
        {
            _encoded[items[index].RelativePath] = encoded[index];
        }
    }

    /// <summary>Writes a picture with a caption.</summary>
    /// <param name="html">The page.</param>
    /// <param name="path">The picture.</param>
    /// <param name="remark">What stands behind its path.</param>
    /// <param name="group">The style's class of the figure.</param>
    /// <param name="nameOnly">Whether the caption leaves the folders out, which a heading tells.</param>
    public void Write(HtmlBuilder html, string path, string? remark = null, string? group = null, bool nameOnly = false)
    {
        html.Add($"<figure{new Markup(group is null ? "" : $" class=\"{group}\"")}>");
        if (_encoded.GetValueOrDefault(path) is { } data)
        {
            html.Add($"<img alt=\"\" src=\"data:image/png;base64,{new Markup(data)}\">");
        }
        else
        {
            html.Raw(_encoded.ContainsKey(path) ? "<div class=\"none\">cannot be read</div>" : "<div class=\"none\">not shown</div>");
        }

        html.Add($"<figcaption>{Display.BreakableName(nameOnly ? path[(path.LastIndexOf('/') + 1)..] : path)}{(remark is null ? "" : $": {remark}")}</figcaption></figure>\n");
    }

    private static string[] Spread(IReadOnlyList<DatasetItem> items, int most)
    {
        int count = Math.Min(items.Count, most);
        return [.. Enumerable.Range(0, count).Select(index => items[(int)((long)index * items.Count / count)].RelativePath)];
    }

    private readonly struct Drawing(DatasetItem[] items, string?[] encoded, CancellationToken cancellation) : IParallelBody
    {
        public void Invoke(int index)
        {
            cancellation.ThrowIfCancellationRequested();
            try
            {
                using Image image = items[index].LoadImage();
                using Image small = Canvas.Thumbnail(image, LongestSide);
                encoded[index] = Convert.ToBase64String(PngEncoder.Encode(small));
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                // Told among the files that cannot be used.
                encoded[index] = null;
            }
        }
    }
}

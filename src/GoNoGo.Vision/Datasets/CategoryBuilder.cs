using GoNoGo.Vision.Datasets.Listing;

namespace GoNoGo.Vision.Datasets;

/// <summary>Collects the pictures of one category folder, then orders them and says what is noteworthy.</summary>
internal sealed class CategoryBuilder(string root, string folder, string name)
{
    private readonly List<FileItem> _train = [];
    private readonly List<FileItem> _test = [];
    private readonly List<string> _notes = [];
    private readonly List<string> _strays = [];
    private int _ignored;
    private string? _goodFolder;

    /// <summary>The folder of the category.</summary>
    public string Folder => folder;

    /// <summary>The category's name.</summary>
    public string Name => name;

    /// <summary>How many good pictures the test part has so far.</summary>
    public int TestGoodCount => _test.Count(item => !item.IsDefective);

    /// <summary>Adds a sentence for the reader.</summary>
    public void Note(string sentence) => _notes.Add(sentence);

    /// <summary>Adds the pictures of a folder as good ones to learn from.</summary>
    public void AddTrain(string sub)
    {
        _goodFolder ??= sub;
        AddGood(sub, _train);
    }

    /// <summary>Adds the pictures of a folder as good ones to judge.</summary>
    public void AddTestGood(string sub) => AddGood(sub, _test);

    /// <summary>Adds the pictures of a folder and its sub-folders as defective ones.</summary>
    /// <param name="sub">The folder of pictures within the category.</param>
    /// <param name="kindOf">The kind of defect by the path, within that folder, of the folder that holds the picture (empty, or with <c>/</c> at its end).</param>
    /// <param name="masks">The folder of masks within the category that mirrors <paramref name="sub"/>.</param>
    /// <param name="maskExtension">The extension that wins when there are two masks; null: the first by name.</param>
    public void AddDefective(string sub, Func<string, string> kindOf, string masks, string? maskExtension = null)
    {
        string pictures = Path.Combine(folder, sub);
        FileListing listing = PictureFiles.List(root, pictures);
        var index = new MaskIndex(root, Path.Combine(folder, masks), maskExtension);
        int prefix = PictureFiles.Prefix(root, pictures).Length;
        var kinds = new Dictionary<ListedFolder, string>();
        foreach (ListedFile file in listing.Files)
        {
            if (!kinds.TryGetValue(file.Folder, out string? kind))
            {
                kind = kindOf(file.Folder.Prefix[prefix..]);
                kinds.Add(file.Folder, kind);
            }

            _test.Add(new FileItem(file, kind, index.IsEmpty ? null : index.Find(file.RelativePath[prefix..])));
        }

        _ignored += listing.IgnoredCount + index.IgnoredCount;
        _strays.AddRange(index.Strays);
    }

    /// <summary>Adds one picture of a good part to learn from.</summary>
    public void AddTrain(ListedFile file) => _train.Add(new FileItem(file, DatasetItem.GoodKind, null));

    /// <summary>Adds one picture to judge.</summary>
    /// <param name="file">The picture.</param>
    /// <param name="kind">Its kind of defect, or <see cref="DatasetItem.GoodKind"/>.</param>
    /// <param name="maskPath">Its mask relative to the data root; null: none.</param>
    public void AddTest(ListedFile file, string kind, string? maskPath) => _test.Add(new FileItem(file, kind, maskPath));

    /// <summary>Counts files that are no pictures of the category.</summary>
    public void Ignore(int count) => _ignored += count;

    /// <summary>Adds masks without a picture, relative to the data root.</summary>
    public void AddStrays(IEnumerable<string> masks) => _strays.AddRange(masks);

    /// <summary>
    /// Moves the back fifth of the good pictures, shuffled with seed 24, from training to test, and says so.
    /// </summary>
    /// <param name="reason">Why, as a sentence begins.</param>
    public void HoldOutForTest(string reason = "There is no folder test/good")
    {
        Sort(_train);
        NormalSplit split = NormalSplit.Split(_train.Count);
        FileItem[] all = [.. _train];
        _train.Clear();
        _train.AddRange(split.Fit.Select(index => all[index]));
        _test.AddRange(split.Validation.Select(index => all[index]));
        Note(split.Validation.Length > 0
            ? $"{reason}: 20 % of the good pictures ({split.Validation.Length} of {all.Length}, after the seed-24 shuffle) are held out for test."
            : $"{reason}, and {Quote.Count(all.Length, "good picture")} cannot spare any for test.");
    }

    /// <summary>The category, ordered.</summary>
    /// <exception cref="DatasetException">There are no good pictures to learn from.</exception>
    public Category Build()
    {
        if (_train.Count == 0)
        {
            throw new DatasetException(
                DatasetError.NoGoodPictures, Path.Combine(folder, _goodFolder ?? ""), "pictures of good parts",
                _ignored > 0 ? $"none ({Quote.Count(_ignored, "file")} of other kinds)" : "none",
                "put pictures of good parts there: a detector learns from them alone");
        }

        Sort(_train);
        Sort(_test);
        _strays.Sort(StringComparer.Ordinal);
        NoteWhatIsMissing();
        // Arrays: a list keeps room for pictures that never come.
        return new Category(name, _train.ToArray(), _test.ToArray(), _notes)
        {
            IgnoredFiles = _ignored,
            StrayMasks = _strays,
            InterestMask = RegionMask("roi"),
            IgnoreMask = RegionMask("ignore"),
        };
    }

    /// <summary>The mask of that name in the folder <c>regions</c>; PNG before others, then the first by name.</summary>
    private string? RegionMask(string name)
    {
        string regions = Path.Combine(folder, "regions");
        return PictureFiles.List(root, regions).Files
            .Where(file => Path.GetFileNameWithoutExtension(file.Name) == name)
            .OrderBy(file => !file.Name.EndsWith(".png", StringComparison.OrdinalIgnoreCase))
            .Select(file => file.FullPath)
            .FirstOrDefault();
    }

    private static void Sort(List<FileItem> items) => items.Sort((a, b) => ListedFile.Compare(a.File, b.File));

    private void AddGood(string sub, List<FileItem> items)
    {
        FileListing listing = PictureFiles.List(root, Path.Combine(folder, sub));
        _ignored += listing.IgnoredCount;
        items.EnsureCapacity(items.Count + listing.Files.Count);
        items.AddRange(listing.Files.Select(file => new FileItem(file, DatasetItem.GoodKind, null)));
    }

    private void NoteWhatIsMissing()
    {
        int defective = _test.Count(item => item.IsDefective);
        int masked = _test.Count(item => item.HasMask);
        if (defective == 0)
        {
            Note("There are no defective pictures: a detector can be trained and its false alarms counted, but not its hits.");
        }
        else if (defective == _test.Count)
        {
            Note("There are no good pictures to judge: false alarms cannot be counted.");
        }

        if (defective > 0 && masked == 0)
        {
            Note("No defective picture has a mask: pixel metrics cannot be computed.");
        }
        else if (masked < defective)
        {
            string first = _test.First(item => item.IsDefective && !item.HasMask).RelativePath;
            Note($"{defective - masked} of {defective} defective pictures have no mask, the first is {first}.");
        }

        if (_strays.Count > 0)
        {
            Note($"{Quote.Count(_strays.Count, "mask")} without a picture, the first is {_strays[0]}.");
        }

        if (_ignored > 0)
        {
            Note($"{Quote.Count(_ignored, "file")} ignored: no picture by the name.");
        }
    }
}

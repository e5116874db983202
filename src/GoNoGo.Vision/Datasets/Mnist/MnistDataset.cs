using System.Globalization;

namespace GoNoGo.Vision.Datasets.Mnist;

/// <summary>
/// MNIST (LeCun et al. 1998) and its like in four idx files, plain or gzip. A category is a digit: the training pictures
/// of that digit are good; of the test pictures that digit is good and every other one defective, its kind being the digit.
/// </summary>
internal sealed class MnistDataset : Dataset
{
    private const string Id = "mnist";

    private static readonly string[] Stems =
        ["train-images-idx3-ubyte", "train-labels-idx1-ubyte", "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte"];

    private readonly Lazy<MnistPart> _train;
    private readonly Lazy<MnistPart> _test;

    private MnistDataset(string root) : base(root, Id)
    {
        string[] files = [.. Stems.Select(stem => FileOf(root, stem) ?? throw new DatasetException(
            DatasetError.MissingFile, root, $"the file '{stem}' or '{stem}.gz'", "none", "get the four idx files"))];
        _train = new(() => new MnistPart(files[0], files[1]));
        _test = new(() => new MnistPart(files[2], files[3]));
        Categories = [.. IdxFile.ReadLabels(files[1]).Distinct().Order()
            .Select(label => label.ToString(CultureInfo.InvariantCulture)).Order(StringComparer.Ordinal)];
    }

    /// <summary>The catalog's line.</summary>
    public static DatasetLayout Layout { get; } = new(
        Id, "MNIST", "the four MNIST files ('train-images-idx3-ubyte' and so on, plain or .gz)",
        root => Stems.Any(stem => FileOf(root, stem) is not null), root => new MnistDataset(root));

    /// <inheritdoc/>
    public override IReadOnlyList<string> Categories { get; }

    private protected override Category List(string category)
    {
        byte digit = byte.Parse(category, CultureInfo.InvariantCulture);
        return new Category(
            category,
            Items(_train.Value, "train", digit, onlyDigit: true),
            Items(_test.Value, "test", digit, onlyDigit: false),
            ["There are no masks: pixel metrics cannot be computed."]);
    }

    private static DatasetItem[] Items(MnistPart part, string half, byte digit, bool onlyDigit)
    {
        var items = new List<DatasetItem>();
        for (int index = 0; index < part.Labels.Length; index++)
        {
            bool other = part.Labels[index] != digit;
            if (!other || !onlyDigit)
            {
                items.Add(new MnistItem(part, half, index, other));
            }
        }

        items.Sort((a, b) => string.CompareOrdinal(a.RelativePath, b.RelativePath));
        return [.. items];
    }

    private static string? FileOf(string root, string stem)
    {
        string dotted = stem.Replace("-idx", ".idx", StringComparison.Ordinal);
        foreach (string name in (string[])[stem, dotted, stem + ".gz", dotted + ".gz"])
        {
            string path = Path.Combine(root, name);
            if (File.Exists(path))
            {
                return path;
            }
        }

        return null;
    }
}

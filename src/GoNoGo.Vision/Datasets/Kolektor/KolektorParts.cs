using GoNoGo.Vision.Datasets.Listing;

namespace GoNoGo.Vision.Datasets.Kolektor;

/// <summary>KolektorSDD: a folder for each commutator, in it its parts. The data set is not divided: a fifth of the good pictures is held out.</summary>
internal sealed class KolektorParts : Dataset
{
    private const string Name = "kolektorsdd";
    private const string Suffix = "_label";

    public KolektorParts(string root) : base(root, KolektorDataset.Id) { }

    public override IReadOnlyList<string> Categories { get; } = [Name];

    /// <summary>Whether a folder has commutators with labels.</summary>
    public static bool Fits(string root) => Commutators(root).Any(folder => PictureFiles.Try(
        folder, () => FolderWalk.Entries(folder, "*" + Suffix + ".*").Any()));

    private protected override Category List(string category)
    {
        var builder = new CategoryBuilder(Root, Root, category);
        foreach (LabelledPicture picture in Commutators(Root).SelectMany(folder => LabelledFolder.Read(builder, Root, folder, Suffix)))
        {
            if (picture.IsDefective)
            {
                builder.AddTest(picture.Picture, KolektorDataset.Defect, picture.LabelPath);
            }
            else
            {
                builder.AddTrain(picture.Picture);
            }
        }

        builder.HoldOutForTest("The data set is not divided, all defective pictures are judged");
        return builder.Build();
    }

    /// <summary><c>kos01</c>, <c>kos02</c>, ...</summary>
    private static IEnumerable<string> Commutators(string root) => PictureFiles.Folders(root).Where(folder =>
        Path.GetFileName(folder) is { Length: > 3 } name && name.StartsWith("kos", StringComparison.OrdinalIgnoreCase) && name.AsSpan(3).IndexOfAnyExceptInRange('0', '9') < 0);
}

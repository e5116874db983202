using GoNoGo.Vision.Datasets.Listing;

namespace GoNoGo.Vision.Datasets.Kolektor;

/// <summary>KolektorSDD2: divided into <c>train</c> and <c>test</c>, both with defective parts; those of <c>train</c> are left out.</summary>
internal sealed class KolektorHalves : Dataset
{
    private const string Name = "kolektorsdd2";
    private const string Suffix = "_GT";

    // Every other file is a label; a folder without one among so many is another layout's.
    private const int LookedAt = 1000;

    public KolektorHalves(string root) : base(root, KolektorDataset.Id) { }

    public override IReadOnlyList<string> Categories { get; } = [Name];

    /// <summary>Whether a folder has both halves with labels.</summary>
    public static bool Fits(string root) => HasLabels(Path.Combine(root, "train")) && HasLabels(Path.Combine(root, "test"));

    private protected override Category List(string category)
    {
        var builder = new CategoryBuilder(Root, Root, category);
        int left = 0;
        foreach (LabelledPicture picture in LabelledFolder.Read(builder, Root, Path.Combine(Root, "train"), Suffix))
        {
            if (picture.IsDefective)
            {
                left++;
            }
            else
            {
                builder.AddTrain(picture.Picture);
            }
        }

        if (left > 0)
        {
            builder.Note($"{Quote.Count(left, "defective picture")} of 'train' left out: a detector learns from good ones alone.");
        }

        foreach (LabelledPicture picture in LabelledFolder.Read(builder, Root, Path.Combine(Root, "test"), Suffix))
        {
            builder.AddTest(picture.Picture, picture.IsDefective ? KolektorDataset.Defect : DatasetItem.GoodKind, picture.IsDefective ? picture.LabelPath : null);
        }

        return builder.Build();
    }

    private static bool HasLabels(string folder) => Directory.Exists(folder) && PictureFiles.Try(
        folder, () => FolderWalk.Entries(folder).Take(LookedAt).Any(entry => !entry.IsFolder && PictureNames.IsPicture(entry.Name)
            && Path.GetFileNameWithoutExtension(entry.Name).EndsWith(Suffix, StringComparison.OrdinalIgnoreCase)));
}

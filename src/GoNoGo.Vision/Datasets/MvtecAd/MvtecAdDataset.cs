namespace GoNoGo.Vision.Datasets.MvtecAd;

/// <summary>
/// The layout of MVTec AD (Bergmann et al. 2019): <c>train/good</c>, <c>test/good</c>, <c>test/[kind]</c> and
/// <c>ground_truth/[kind]/NNN_mask.png</c>, one category or a folder of categories.
/// </summary>
internal sealed class MvtecAdDataset : CategoryFolders
{
    private const string Id = "mvtec-ad";
    private const string TestGood = "test/good";

    private MvtecAdDataset(string root) : base(root, Id, IsCategory) { }

    /// <summary>The catalog's line.</summary>
    public static DatasetLayout Layout { get; } = new(
        Id, "MVTec AD", "an MVTec AD category ('train/good', 'test/good', 'test/<kind>', 'ground_truth/<kind>') or a folder of such",
        root => Any(root, IsCategory), root => new MvtecAdDataset(root));

    private protected override void Fill(CategoryBuilder builder)
    {
        builder.AddTrain("train/good");
        builder.AddTestGood(TestGood);
        AddTestKinds(builder);
    }

    /// <summary>Adds every kind of defect below <c>test</c>, with its masks below <c>ground_truth</c>.</summary>
    internal static void AddTestKinds(CategoryBuilder builder)
    {
        foreach (string folder in PictureFiles.Folders(Path.Combine(builder.Folder, "test")))
        {
            string kind = Path.GetFileName(folder);
            if (kind != DatasetItem.GoodKind)
            {
                builder.AddDefective("test/" + kind, _ => kind, "ground_truth/" + kind);
            }
        }
    }

    private static bool IsCategory(string folder) =>
        PictureFiles.Has(folder, "train/good") && PictureFiles.Has(folder, TestGood);
}

namespace GoNoGo.Vision.Datasets.Btad;

/// <summary>
/// The layout of BTAD (Mishra et al. 2021): products <c>01</c>, <c>02</c>, <c>03</c> with <c>train/ok</c>, <c>test/ok</c>,
/// <c>test/ko</c> and <c>ground_truth/ko</c>. Masks are .png files beside .bmp pictures, .bmp files in product 03. A mask
/// may be empty: some of the published ones are.
/// </summary>
internal sealed class BtadDataset : CategoryFolders
{
    private const string Id = "btad";

    /// <summary>The one kind of defect: the data set does not name them.</summary>
    public const string Defect = "ko";

    private BtadDataset(string root) : base(root, Id, IsCategory) { }

    /// <summary>The catalog's line.</summary>
    public static DatasetLayout Layout { get; } = new(
        Id, "BTAD", "a BTAD product ('train/ok', 'test/ok', 'test/ko', 'ground_truth/ko') or a folder of such",
        root => Any(root, IsCategory), root => new BtadDataset(root));

    private protected override void Fill(CategoryBuilder builder)
    {
        builder.AddTrain("train/ok");
        builder.AddTestGood("test/ok");
        builder.AddDefective("test/ko", _ => Defect, "ground_truth/ko", builder.Name == "03" ? ".bmp" : ".png");
    }

    private static bool IsCategory(string folder) =>
        PictureFiles.Has(folder, "train/ok") && (PictureFiles.Has(folder, "test/ok") || PictureFiles.Has(folder, "test/ko"));
}

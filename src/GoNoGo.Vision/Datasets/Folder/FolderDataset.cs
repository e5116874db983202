using GoNoGo.Vision.Datasets.MvtecAd;

namespace GoNoGo.Vision.Datasets.Folder;

/// <summary>
/// Plain folders: <c>good</c> (or <c>train/good</c>), optional <c>bad</c> with or without a folder for each kind, optional
/// <c>masks</c> that mirrors <c>bad</c> with the same stems (<c>_mask</c> allowed), optional <c>test/good</c> and
/// <c>test/[kind]</c>. Without pictures in <c>test/good</c> a fifth of the good ones is held out for test.
/// </summary>
internal sealed class FolderDataset : CategoryFolders
{
    private const string Id = "folder";
    private const string Bad = "bad";

    private FolderDataset(string root) : base(root, Id, IsCategory) { }

    /// <summary>The catalog's line.</summary>
    public static DatasetLayout Layout { get; } = new(
        Id, "plain folder", "a folder 'good' (or 'train/good'), optionally 'bad' and 'masks', or a folder of such",
        root => Any(root, IsCategory), root => new FolderDataset(root));

    private protected override void Fill(CategoryBuilder builder)
    {
        builder.AddTrain("good");
        builder.AddTrain("train/good");
        builder.AddTestGood("test/good");
        builder.AddDefective(Bad, KindOf, "masks");
        MvtecAdDataset.AddTestKinds(builder);
        if (builder.TestGoodCount == 0)
        {
            builder.HoldOutForTest();
        }
    }

    /// <summary>Pictures directly in <c>bad</c> are of the kind "bad", those in its folders of the folder's kind.</summary>
    private static string KindOf(string folder)
    {
        int slash = folder.IndexOf('/', StringComparison.Ordinal);
        return slash < 0 ? Bad : folder[..slash];
    }

    private static bool IsCategory(string folder) => PictureFiles.Has(folder, "good") || PictureFiles.Has(folder, "train/good");
}

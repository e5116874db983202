namespace GoNoGo.Vision.Datasets.Visa;

/// <summary>VisA objects without the table that divides them.</summary>
internal sealed class VisaFolders : CategoryFolders
{
    private const string Normal = "Data/Images/Normal";

    public VisaFolders(string root) : base(root, VisaDataset.Id, IsCategory) { }

    /// <summary>Whether a folder is an object or holds some.</summary>
    public static bool Fits(string root) => Any(root, IsCategory);

    private protected override void Fill(CategoryBuilder builder)
    {
        builder.AddTrain(Normal);
        builder.AddDefective("Data/Images/Anomaly", _ => VisaDataset.Defect, "Data/Masks/Anomaly");
        builder.HoldOutForTest("There is no table split_csv/1cls.csv, so the division is not the published one");
    }

    private static bool IsCategory(string folder) => PictureFiles.Has(folder, Normal);
}

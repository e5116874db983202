namespace GoNoGo.Vision.Datasets.Visa;

/// <summary>
/// The layout of VisA (Zou et al. 2022): twelve objects with <c>Data/Images/Normal</c>, <c>Data/Images/Anomaly</c> and
/// <c>Data/Masks/Anomaly</c>, divided by the table <c>split_csv/1cls.csv</c>. Without the table a fifth of the good pictures is held out
/// for test.
/// </summary>
internal static class VisaDataset
{
    /// <summary>The layout's id.</summary>
    public const string Id = "visa";

    /// <summary>The one kind of defect: the table does not name them.</summary>
    public const string Defect = "anomaly";

    private const string Table = "split_csv/1cls.csv";

    /// <summary>The catalog's line.</summary>
    public static DatasetLayout Layout { get; } = new(
        Id, "VisA", $"the VisA root ('{Table}' beside the objects), or objects with 'Data/Images/Normal'",
        root => File.Exists(TableOf(root)) || VisaFolders.Fits(root),
        root => File.Exists(TableOf(root)) ? new VisaTable(root, TableOf(root)) : new VisaFolders(root));

    private static string TableOf(string root) => Path.Combine(root, Table);
}

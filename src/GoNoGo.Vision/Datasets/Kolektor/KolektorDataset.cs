namespace GoNoGo.Vision.Datasets.Kolektor;

/// <summary>
/// The layouts of KolektorSDD (Tabernik et al. 2019: folders <c>kos01</c>, <c>kos02</c>, ... with <c>Part0.jpg</c> and <c>Part0_label.bmp</c>) and
/// KolektorSDD2 (Božič et al. 2021: <c>train</c> and <c>test</c> with <c>10000.png</c> and <c>10000_GT.png</c>). Every picture has a label
/// picture; a part is defective when its label has a pixel that is not 0, so loading reads the labels, one after the other.
/// </summary>
internal static class KolektorDataset
{
    /// <summary>The layout's id.</summary>
    public const string Id = "kolektor";

    /// <summary>The one kind of defect.</summary>
    public const string Defect = "defect";

    /// <summary>The catalog's line.</summary>
    public static DatasetLayout Layout { get; } = new(
        Id, "KolektorSDD", "KolektorSDD ('kos01/Part0.jpg', 'kos01/Part0_label.bmp') or KolektorSDD2 ('train', 'test' with '10000.png', '10000_GT.png')",
        root => KolektorParts.Fits(root) || KolektorHalves.Fits(root),
        root => KolektorParts.Fits(root) ? new KolektorParts(root) : new KolektorHalves(root));
}

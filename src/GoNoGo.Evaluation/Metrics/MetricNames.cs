using System.Globalization;

namespace GoNoGo.Evaluation.Metrics;

/// <summary>The stable names of the metrics, as JSON output and tables use them.</summary>
public static class MetricNames
{
    /// <summary>Area under the ROC curve of image scores.</summary>
    public const string Auroc = "auroc";

    /// <summary>Average precision (step sum) of image scores.</summary>
    public const string AveragePrecision = "ap";

    /// <summary>Area under the precision-recall curve of image scores by the trapezoid rule.</summary>
    public const string PrAuc = "pr_auc";

    /// <summary>The largest F1 over all thresholds on the image score.</summary>
    public const string F1Max = "f1_max";

    /// <summary>The lowest threshold that reaches <see cref="F1Max"/>.</summary>
    public const string F1MaxThreshold = "f1_max_threshold";

    /// <summary>Area under the ROC curve of pixels.</summary>
    public const string PixelAuroc = "pixel_auroc";

    /// <summary>Average precision of pixels.</summary>
    public const string PixelAveragePrecision = "pixel_ap";

    /// <summary>Area under the precision-recall curve of pixels by the trapezoid rule.</summary>
    public const string PixelPrAuc = "pixel_pr_auc";

    /// <summary>The largest F1 over all thresholds on the pixel score.</summary>
    public const string PixelF1Max = "pixel_f1_max";

    /// <summary>The lowest threshold that reaches <see cref="PixelF1Max"/>.</summary>
    public const string PixelF1MaxThreshold = "pixel_f1_max_threshold";

    /// <summary>The released arithmetic of the papers' "PRO" at false-positive rate 0.3; not a per-region overlap.</summary>
    public const string ProCoded = "pro_coded";

    /// <summary>The name of AU-PRO at a limit: <c>aupro_0.3</c>.</summary>
    public static string AuPro(double limit) => "aupro_" + limit.ToString(CultureInfo.InvariantCulture);
}

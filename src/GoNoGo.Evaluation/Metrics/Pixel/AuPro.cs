using GoNoGo.Evaluation.Sorting;

namespace GoNoGo.Evaluation.Metrics.Pixel;

/// <summary>
/// Area under the per-region-overlap curve up to a false-positive rate (Bergmann et al., "The MVTec Anomaly Detection
/// Dataset", 2021): PRO(t) is the mean over all 8-connected ground-truth regions of all images of the share of the region
/// with score >= t, FPR(t) the share of all normal pixels with score >= t. Trapezoid over all distinct scores from (0, 0),
/// linear at the limit, divided by the limit. A score that tells nothing gives limit / 2.
/// </summary>
internal struct AuProArea(double limit)
{
    private CompensatedSum _twice;
    private bool _complete;

    public double Limit { get; } = limit;

    /// <summary>One step of the curve: <paramref name="normals"/> more false positives, overlap from before to after.</summary>
    public void Step(long falsePositivesBefore, long normals, long allNormals, double before, double after)
    {
        if (_complete || normals == 0)
        {
            return;
        }

        // The last step's end is compared with the limit as counts: at limit 1 nothing may be lost to rounding.
        double end = Limit * allNormals;
        if (falsePositivesBefore + normals <= end)
        {
            _twice.Add(normals * (before + after));
            return;
        }

        double width = end - falsePositivesBefore;
        double atLimit = before + ((after - before) * (width / normals));
        _twice.Add(width * (before + atLimit));
        _complete = true;
    }

    public readonly MetricValue Result(long allNormals) => MetricValue.Of(_twice.Value / 2 / (Limit * allNormals));
}

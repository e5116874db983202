namespace GoNoGo.Evaluation.Metrics.Pixel;

/// <summary>Pixel metrics pooled over all pixels of all maps that were added.</summary>
public sealed record PixelMetricsResult
{
    /// <summary>How many maps.</summary>
    public required int Images { get; init; }

    /// <summary>How many pixels the masks call normal.</summary>
    public required long NormalPixels { get; init; }

    /// <summary>How many pixels the masks call defective.</summary>
    public required long DefectPixels { get; init; }

    /// <summary>How many 8-connected defect regions there are in all images together.</summary>
    public required int RegionCount { get; init; }

    /// <summary>Pixel AUROC.</summary>
    public required MetricValue Auroc { get; init; }

    /// <summary>Pixel average precision.</summary>
    public required MetricValue AveragePrecision { get; init; }

    /// <summary>Pixel PR-AUC by the trapezoid rule.</summary>
    public required MetricValue PrAuc { get; init; }

    /// <summary>The largest pixel F1 and the lowest threshold that reaches it.</summary>
    public required F1MaxValue F1Max { get; init; }

    /// <summary>AU-PRO at every limit asked for, in that order.</summary>
    public required IReadOnlyList<KeyValuePair<double, MetricValue>> AuPro { get; init; }

    /// <summary>The papers' released arithmetic; not a per-region overlap.</summary>
    public required ProCoded ProCoded { get; init; }

    /// <summary>ROC: true- over false-positive rate, from (0, 0) to (1, 1); empty if a class is absent.</summary>
    public required IReadOnlyList<CurvePoint> RocCurve { get; init; }

    /// <summary>Precision over recall, from (0, 1) to recall 1; empty without defects.</summary>
    public required IReadOnlyList<CurvePoint> PrecisionRecallCurve { get; init; }

    /// <summary>Mean region overlap over false-positive rate, from (0, 0) to (1, 1); empty if a class is absent.</summary>
    public required IReadOnlyList<CurvePoint> ProCurve { get; init; }

    /// <summary>The metrics under their stable names, in the order of output.</summary>
    public IEnumerable<KeyValuePair<string, MetricValue>> Named
    {
        get
        {
            yield return new(MetricNames.PixelAuroc, Auroc);
            yield return new(MetricNames.PixelAveragePrecision, AveragePrecision);
            yield return new(MetricNames.PixelPrAuc, PrAuc);
            yield return new(MetricNames.PixelF1Max, F1Max.AsMetric);
            yield return new(MetricNames.PixelF1MaxThreshold, F1Max.ThresholdAsMetric);
            foreach ((double limit, MetricValue value) in AuPro)
            {
                yield return new(MetricNames.AuPro(limit), value);
            }

            yield return new(MetricNames.ProCoded, ProCoded.AsMetric);
        }
    }

    /// <summary>AU-PRO at a limit that was asked for.</summary>
    /// <exception cref="ArgumentException">It was not asked for.</exception>
    public MetricValue AuProAt(double limit)
    {
        foreach ((double computed, MetricValue value) in AuPro)
        {
            if (computed == limit)
            {
                return value;
            }
        }

        throw new ArgumentException(
            $"{nameof(AuProAt)}: limit: {MetricNames.AuPro(limit)} was not computed; name it in {nameof(PixelMetricsOptions.AuProLimits)}.");
    }
}

using GoNoGo.Evaluation.Sorting;

namespace GoNoGo.Evaluation.Metrics.Pixel;

/// <summary>
/// What the papers' released code computes under the name PRO; it measures no region overlap, so it is never called PRO
/// here. (1) The corner points of the pixel ROC curve (see <see cref="RocCurve"/>, drop intermediate). (2) Of those with
/// false-positive rate up to the limit the first with the largest true-positive rate; its threshold t. (3) Scores not
/// strictly greater than t become 0. (4) The AUROC of the changed map over all pixels. A perfect binary map gets 0.5.
/// </summary>
/// <param name="Value">The value, or null.</param>
/// <param name="Threshold">The threshold t, chosen on the test labels; the highest score plus 1 if only the start point qualifies.</param>
/// <param name="Reason">Null, or one sentence that says why there is no value.</param>
public readonly record struct ProCoded(double? Value, double? Threshold, string? Reason)
{
    /// <summary>The value as a metric of its own.</summary>
    public MetricValue AsMetric => new(Value, Reason);
}

/// <summary>Finds the threshold of <see cref="ProCoded"/> during a sweep, and what is needed to know the area afterwards.</summary>
internal struct ProCodedSearch(double limit)
{
    private long _allNormals;
    private bool _started;
    private bool _beyondLimit;
    private double _threshold;

    // ROC area and counts above the threshold found so far, above zero, and at or above zero.
    private AurocArea _aboveThreshold;
    private AurocArea _aboveZero;
    private AurocArea _atLeastZero;
    private bool _passedZero;
    private bool _passedBelowZero;

    // A point whose neighbour to come decides whether it is a corner.
    private bool _pending;
    private double _pendingScore;
    private long _pendingNormals;
    private long _pendingDefects;
    private AurocArea _abovePending;

    public void Begin(long normals) => _allNormals = normals;

    /// <summary>One group of equal scores; <paramref name="before"/> is the state of the ROC sweep above it.</summary>
    public void Step(double score, long normals, long defects, in AurocArea before)
    {
        bool first = !_started;
        if (first)
        {
            _started = true;
            _threshold = score + 1;
        }

        if (score <= 0 && !_passedZero)
        {
            _passedZero = true;
            _aboveZero = before;
        }

        if (score < 0 && !_passedBelowZero)
        {
            _passedBelowZero = true;
            _atLeastZero = before;
        }

        if (_pending && (normals != _pendingNormals || defects != _pendingDefects))
        {
            AcceptPending();
        }

        _pending = false;

        // Only a point that finds more defects can be the first with the largest rate. One without is never chosen: had
        // the point before it been dropped as no corner, this one would have found more, too.
        if (defects > 0 && !_beyondLimit)
        {
            _beyondLimit = (double)(before.Normals + normals) / _allNormals > limit;
            if (!_beyondLimit)
            {
                _pending = true;
                _pendingScore = score;
                _pendingNormals = normals;
                _pendingDefects = defects;
                _abovePending = before;
                if (first)
                {
                    AcceptPending();
                }
            }
        }
    }

    /// <summary>The result once the sweep is over; <paramref name="all"/> is the final state of the ROC sweep.</summary>
    public ProCoded Result(in AurocArea all)
    {
        if (MetricValue.WhyNotBothClasses(all.Normals, all.Defects) is { } reason)
        {
            return new(null, null, reason);
        }

        if (_pending)
        {
            // The last point of the curve is always kept.
            AcceptPending();
        }

        long droppedNormals = all.Normals - _aboveThreshold.Normals;
        long droppedDefects = all.Defects - _aboveThreshold.Defects;
        UInt128 twice;
        if (_threshold >= 0)
        {
            // The dropped pixels, now 0, are below all others: one straight line at the end.
            twice = _aboveThreshold.TwiceArea + Block(_aboveThreshold.Defects, droppedNormals, droppedDefects);
        }
        else
        {
            // Kept scores may be negative: the dropped pixels then join those of score 0 in the middle of the curve,
            // and everything between threshold and 0 moves up by the dropped defects.
            AurocArea aboveZero = _passedZero ? _aboveZero : all;
            AurocArea atLeastZero = _passedBelowZero ? _atLeastZero : all;
            twice = aboveZero.TwiceArea
                + Block(
                    aboveZero.Defects,
                    atLeastZero.Normals - aboveZero.Normals + droppedNormals,
                    atLeastZero.Defects - aboveZero.Defects + droppedDefects)
                + (_aboveThreshold.TwiceArea - atLeastZero.TwiceArea)
                + Math.BigMul((ulong)(_aboveThreshold.Normals - atLeastZero.Normals), (ulong)(2 * droppedDefects));
        }

        return new(AurocArea.Share(twice, all.Normals, all.Defects), _threshold, null);
    }

    private static UInt128 Block(long defectsBefore, long normals, long defects) =>
        Math.BigMul((ulong)normals, (ulong)((2 * defectsBefore) + defects));

    private void AcceptPending()
    {
        _threshold = _pendingScore;
        _aboveThreshold = _abovePending;
    }
}

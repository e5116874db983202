using GoNoGo.Evaluation.Sorting;

namespace GoNoGo.Evaluation.Metrics.Pixel;

/// <summary>All pixel metrics side by side in one sweep over falling scores.</summary>
internal sealed class PixelSums
{
    private readonly long _allNormals;
    private readonly long _allDefects;
    private readonly int _regions;
    private readonly AuProArea[] _auPro;
    private readonly CurveThinner _roc;
    private readonly CurveThinner _precisionRecall;
    private readonly CurveThinner _pro;
    private ScoreSums _scores;
    private ProCodedSearch _proCoded;
    private UInt128 _overlaps;
    private double _meanOverlap;
    private bool _started;

    public PixelSums(PixelMetricsOptions options, long allNormals, long allDefects, int regions)
    {
        _allNormals = allNormals;
        _allDefects = allDefects;
        _regions = regions;
        _auPro = [.. options.AuProLimits.Select(limit => new AuProArea(limit))];
        _roc = new CurveThinner(options.CurvePoints);
        _precisionRecall = new CurveThinner(options.CurvePoints);
        _pro = new CurveThinner(options.CurvePoints);
        _proCoded = new ProCodedSearch(options.ProCodedLimit);
        _scores.Begin(allNormals, allDefects);
        _proCoded.Begin(allNormals);
    }

    /// <summary>One distinct score: how many pixels of each class have it, and what those in regions add to the overlaps.</summary>
    public void Step(double score, long normals, long defects, UInt128 overlap)
    {
        if (!_started)
        {
            _started = true;
            _roc.Begin(new CurvePoint(0, 0, score + 1));
            _precisionRecall.Begin(new CurvePoint(0, 1, score + 1));
            _pro.Begin(new CurvePoint(0, 0, score + 1));
        }

        long falsePositivesBefore = _scores.Auroc.Normals;
        _proCoded.Step(score, normals, defects, _scores.Auroc);
        _scores.Step(score, normals, defects);
        double before = _meanOverlap;
        if (defects > 0)
        {
            _overlaps += overlap;
            _meanOverlap = RegionWeights.MeanOverlap(_overlaps, _regions);
        }

        foreach (ref AuProArea area in _auPro.AsSpan())
        {
            area.Step(falsePositivesBefore, normals, _allNormals, before, _meanOverlap);
        }

        long falsePositives = falsePositivesBefore + normals;
        long truePositives = _scores.Auroc.Defects;
        double falseRate = (double)falsePositives / _allNormals;
        double trueRate = (double)truePositives / _allDefects;
        _roc.Add(falseRate, trueRate, score);
        _pro.Add(falseRate, _meanOverlap, score);
        _precisionRecall.Add(trueRate, (double)truePositives / (truePositives + falsePositives), score);
    }

    public PixelMetricsResult Result(int images)
    {
        ScoreMetrics scores = _scores.Result;
        string? undefined = MetricValue.WhyNotBothClasses(_allNormals, _allDefects) is null
            ? null
            : _allNormals + _allDefects == 0 ? "there are no pixels"
            : _allDefects == 0 ? "the masks have no defect region" : "every pixel is defective";
        return new PixelMetricsResult
        {
            Images = images,
            NormalPixels = _allNormals,
            DefectPixels = _allDefects,
            RegionCount = _regions,
            Auroc = scores.Auroc,
            AveragePrecision = scores.AveragePrecision,
            PrAuc = scores.PrAuc,
            F1Max = scores.F1Max,
            AuPro =
            [
                .. _auPro.Select(area => KeyValuePair.Create(
                    area.Limit, undefined is null ? area.Result(_allNormals) : MetricValue.Undefined(undefined))),
            ],
            ProCoded = _proCoded.Result(_scores.Auroc),
            RocCurve = undefined is null ? _roc.Finish() : [],
            PrecisionRecallCurve = _allDefects > 0 ? _precisionRecall.Finish() : [],
            ProCurve = undefined is null ? _pro.Finish() : [],
        };
    }
}

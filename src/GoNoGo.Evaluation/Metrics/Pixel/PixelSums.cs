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
    private long _runLength;
    private double _runScore;
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

    /// <summary>
    /// A run of distinct scores that only normal pixels have, on one side of 0 or at 0. Nearly all pixels come in such runs, and
    /// on them every curve is a straight line: the run's first group is all that the corner search has to see.
    /// </summary>
    /// <param name="firstScore">The highest score of the run.</param>
    /// <param name="lastScore">The lowest score of the run.</param>
    /// <param name="firstGroup">How many pixels have the highest score.</param>
    /// <param name="count">How many pixels the run has.</param>
    public void StepNormals(double firstScore, double lastScore, long firstGroup, long count)
    {
        Begin(firstScore);
        _proCoded.Step(firstScore, firstGroup, 0, _scores.Auroc);
        _scores.Step(lastScore, count, 0);

        // Runs are joined up to the next defect, so that the ranges of the sweep leave no trace in the sums and curves.
        _runLength += count;
        _runScore = lastScore;
    }

    /// <summary>One distinct score that defective pixels have: how many pixels of each class, and what those add to the overlaps.</summary>
    public void Step(double score, long normals, long defects, UInt128 overlap)
    {
        Begin(score);
        EndRun();
        long falsePositivesBefore = _scores.Auroc.Normals;
        _proCoded.Step(score, normals, defects, _scores.Auroc);
        _scores.Step(score, normals, defects);
        double before = _meanOverlap;
        _overlaps += overlap;
        _meanOverlap = RegionWeights.MeanOverlap(_overlaps, _regions);
        AddToCurves(score, falsePositivesBefore, normals, before);
    }

    public PixelMetricsResult Result(int images)
    {
        EndRun();
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

    private void Begin(double highestScore)
    {
        if (!_started)
        {
            _started = true;
            _roc.Begin(new CurvePoint(0, 0, highestScore + 1));
            _precisionRecall.Begin(new CurvePoint(0, 1, highestScore + 1));
            _pro.Begin(new CurvePoint(0, 0, highestScore + 1));
        }
    }

    private void EndRun()
    {
        if (_runLength > 0)
        {
            AddToCurves(_runScore, _scores.Auroc.Normals - _runLength, _runLength, _meanOverlap);
            _runLength = 0;
        }
    }

    private void AddToCurves(double score, long falsePositivesBefore, long normals, double meanOverlapBefore)
    {
        foreach (ref AuProArea area in _auPro.AsSpan())
        {
            area.Step(falsePositivesBefore, normals, _allNormals, meanOverlapBefore, _meanOverlap);
        }

        long falsePositives = falsePositivesBefore + normals;
        long truePositives = _scores.Auroc.Defects;
        double falseRate = (double)falsePositives / _allNormals;
        double trueRate = (double)truePositives / _allDefects;
        _roc.Add(falseRate, trueRate, score);
        _pro.Add(falseRate, _meanOverlap, score);
        _precisionRecall.Add(trueRate, (double)truePositives / (truePositives + falsePositives), score);
    }
}

using GoNoGo.Evaluation.Metrics;
using GoNoGo.Testing;

namespace GoNoGo.Evaluation.Tests.Metrics;

/// <summary>Every <c>scores/*</c> case of the reference data (scikit-learn), values and whole curves.</summary>
public sealed class ScoreGoldenTests
{
    private const double Limit = 1e-9;

    public static IEnumerable<TheoryDataRow<string>> Cases =>
    [
        "all_equal", "binary_scores", "heavy_ties", "imbalanced_1_1000", "inverted", "near_equal_float32",
        "negative_and_large_scores", "one_negative", "one_positive", "perfect", "random", "separable_overlap",
        "tiny2", "tiny2_wrong", "tiny3_tie", "tiny4",
    ];

    [Fact]
    public void TheListOfCasesIsComplete()
    {
        var goldens = Goldens.Open("golden/metrics.safetensors");
        string[] there = [.. goldens.CaseNames.Where(name => name.StartsWith("scores/", StringComparison.Ordinal)).Order(StringComparer.Ordinal)];
        Assert.Equal(there, Cases.Select(row => "scores/" + row.Data));
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void ValuesAgree(string name)
    {
        var goldens = Goldens.Open("golden/metrics.safetensors");
        (float[] scores, byte[] labels) = Load(goldens, name);
        double Expected(string metric) => goldens.Scalar($"scores/{name}/{metric}");

        ScoreMetrics all = ScoreMetrics.Compute(scores, labels);
        ScoreMetrics wide = ScoreMetrics.Compute(Array.ConvertAll(scores, s => (double)s), labels);
        Assert.Equal(all, wide);
        Assert.Equal(Expected("auroc"), all.Auroc.Value!.Value, Limit);
        Assert.Equal(Expected("average_precision"), all.AveragePrecision.Value!.Value, Limit);
        Assert.Equal(Expected("pr_auc_trapezoid"), all.PrAuc.Value!.Value, Limit);
        Assert.Equal(Expected("best_f1"), all.F1Max.Value!.Value, Limit);
        Assert.Equal(Expected("best_f1_threshold"), all.F1Max.Threshold!.Value, Limit);
        Assert.Equal(all.Auroc, Auroc.Compute(scores, labels));
        Assert.Equal(all.AveragePrecision, AveragePrecision.Compute(scores, labels));
        Assert.Equal(all.PrAuc, PrAucTrapezoid.Compute(scores, labels));
        Assert.Equal(all.F1Max, F1Max.Compute(scores, labels));
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void CurvesAgree(string name)
    {
        var goldens = Goldens.Open("golden/metrics.safetensors");
        string at = $"scores/{name}/";
        Assert.SkipUnless(goldens.Contains(at + "roc_fpr"), "long vectors come without curves");
        (float[] scores, byte[] labels) = Load(goldens, name);

        RocCurve roc = RocCurve.Compute(scores, labels);
        Same(goldens.Doubles(at + "roc_fpr"), roc.FalsePositiveRates);
        Same(goldens.Doubles(at + "roc_tpr"), roc.TruePositiveRates);
        Same(goldens.Doubles(at + "roc_thresholds"), roc.Thresholds);

        PrecisionRecallCurve pr = PrecisionRecallCurve.Compute(scores, labels);
        Same(goldens.Doubles(at + "pr_precision"), pr.Precisions);
        Same(goldens.Doubles(at + "pr_recall"), pr.Recalls);
        Same(goldens.Doubles(at + "pr_thresholds"), pr.Thresholds);
    }

    private static (float[] Scores, byte[] Labels) Load(Goldens goldens, string name) =>
        (goldens.Floats($"scores/{name}/s"), goldens.Bytes($"scores/{name}/y"));

    private static void Same(double[] expected, IReadOnlyList<double> actual)
    {
        Assert.Equal(expected.Length, actual.Count);
        for (int i = 0; i < expected.Length; i++)
        {
            Assert.Equal(expected[i], actual[i], Limit);
        }
    }
}

using System.Globalization;
using GoNoGo.Evaluation.Metrics;
using GoNoGo.Evaluation.Sorting;

namespace GoNoGo.Evaluation.Thresholds;

/// <summary>
/// The threshold that makes misses x cost of a miss + false alarms x cost of a false alarm smallest on labelled scores;
/// of several the lowest, which misses least. Candidates are the scores themselves and one unit above the highest (all go).
/// </summary>
public static class CostThreshold
{
    /// <summary>Of scores (larger = more anomalous) and labels (0 = normal, otherwise defective).</summary>
    /// <param name="scores">One score per part.</param>
    /// <param name="labels">One label per score.</param>
    /// <param name="costMiss">What a defective part that passes costs; 0 or more.</param>
    /// <param name="costFalseAlarm">What a normal part that is rejected costs; 0 or more.</param>
    /// <exception cref="ArgumentException">Lengths differ, a score is NaN, a class is absent, or a cost is negative or not finite.</exception>
    public static CostThresholdChoice Compute(ReadOnlySpan<float> scores, ReadOnlySpan<byte> labels, double costMiss, double costFalseAlarm)
    {
        RequireCosts(costMiss, costFalseAlarm);
        var search = new CostSearch(costMiss, costFalseAlarm);
        ScoreSweep.Run(nameof(CostThreshold), scores, labels, ref search);
        if (MetricValue.WhyNotBothClasses(search.AllNormals, search.AllDefects) is { } reason)
        {
            throw new ArgumentException($"{nameof(CostThreshold)}: labels: both classes are needed, but {reason}.");
        }

        string method = string.Create(
            CultureInfo.InvariantCulture,
            $"lowest cost on {scores.Length} labelled scores (miss {costMiss}, false alarm {costFalseAlarm})");
        return new(new((float)search.Threshold, method, null), search.Misses, search.FalseAlarms, search.Cost);
    }

    /// <summary>Refuses costs that choose nothing: to be called before long work.</summary>
    /// <exception cref="ArgumentException">A cost is negative or not finite, or both are 0.</exception>
    public static void RequireCosts(double costMiss, double costFalseAlarm)
    {
        if (!(costMiss >= 0 && costFalseAlarm >= 0 && double.IsFinite(costMiss) && double.IsFinite(costFalseAlarm) && costMiss + costFalseAlarm > 0))
        {
            throw new ArgumentException(string.Create(
                CultureInfo.InvariantCulture,
                $"{nameof(CostThreshold)}: costMiss, costFalseAlarm: expected finite costs from 0, not both 0, got {costMiss} and {costFalseAlarm}."));
        }
    }

    private struct CostSearch(double costMiss, double costFalseAlarm) : IScoreSink
    {
        private long _falseAlarms;
        private long _misses;

        public long AllNormals { get; private set; }

        public long AllDefects { get; private set; }

        public double Threshold { get; private set; }

        public long Misses { get; private set; }

        public long FalseAlarms { get; private set; }

        public double Cost { get; private set; } = double.PositiveInfinity;

        public void Begin(long normals, long defects)
        {
            AllNormals = normals;
            AllDefects = defects;
            _misses = defects;
        }

        public void Step(double score, long normals, long defects)
        {
            if (_falseAlarms == 0 && _misses == AllDefects)
            {
                Consider(MathF.BitIncrement((float)score));
            }

            _falseAlarms += normals;
            _misses -= defects;
            Consider(score);
        }

        private void Consider(double threshold)
        {
            double cost = (_misses * costMiss) + (_falseAlarms * costFalseAlarm);
            if (cost <= Cost)
            {
                Cost = cost;
                Threshold = threshold;
                Misses = _misses;
                FalseAlarms = _falseAlarms;
            }
        }
    }
}

/// <summary>A threshold by cost, and what it does on the scores it was chosen on.</summary>
/// <param name="Choice">The threshold.</param>
/// <param name="Misses">Defective parts below it.</param>
/// <param name="FalseAlarms">Normal parts at or above it.</param>
/// <param name="Cost">What both cost together.</param>
public readonly record struct CostThresholdChoice(ThresholdChoice Choice, long Misses, long FalseAlarms, double Cost);

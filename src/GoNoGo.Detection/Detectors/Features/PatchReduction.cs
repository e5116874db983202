using GoNoGo.Detection.Options;

namespace GoNoGo.Detection.Detectors.Features;

/// <summary>How the scores of the judged patches become an image score (choice 13).</summary>
internal sealed class PatchReduction
{
    private readonly string _rule;
    private readonly int _top;
    private readonly double _quantile;

    public PatchReduction(OptionSet options)
    {
        _rule = options[FeatureOptions.ImageReduction.Id];
        _top = options.Integer(FeatureOptions.TopK.Id);
        _quantile = options.Number(FeatureOptions.Quantile.Id);
    }

    /// <summary>Whether the largest patch score is the image score.</summary>
    public bool IsMax => _rule == "max";

    /// <summary>The image score.</summary>
    /// <param name="scores">Scores of the judged patches, at least one; their order is changed.</param>
    /// <returns>NaN where a patch score is.</returns>
    public float Of(Span<float> scores)
    {
        float largest = float.NegativeInfinity;
        foreach (float score in scores)
        {
            // MathF.Max gives NaN where one is.
            largest = MathF.Max(largest, score);
        }

        if (IsMax || float.IsNaN(largest))
        {
            return largest;
        }

        scores.Sort();
        if (_rule == "quantile")
        {
            double place = _quantile * (scores.Length - 1);
            int below = (int)place;
            int above = Math.Min(below + 1, scores.Length - 1);
            return (float)(scores[below] + ((place - below) * (scores[above] - scores[below])));
        }

        Span<float> top = scores[^Math.Min(_top, scores.Length)..];
        double sum = 0;
        foreach (float score in top)
        {
            sum += score;
        }

        return (float)(sum / top.Length);
    }
}

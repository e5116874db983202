using GoNoGo.Detection.Options;
using GoNoGo.Learning.Graphs.Onnx;

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

    /// <summary>The image score in an ONNX graph, all patches being judged.</summary>
    /// <param name="onnx">Receives the nodes.</param>
    /// <param name="scores"><c>[B, P]</c>.</param>
    /// <param name="patches">P.</param>
    /// <returns><c>[B]</c>.</returns>
    public OnnxResult Export(OnnxBuilder onnx, OnnxResult scores, int patches)
    {
        if (IsMax)
        {
            return onnx.Largest(scores, 1);
        }

        if (_rule != "quantile")
        {
            return onnx.Mean(onnx.TopK(scores, Math.Min(_top, patches), largest: true).Values, 1);
        }

        double place = _quantile * (patches - 1);
        int below = (int)place;
        // The largest first: those from the quantile upwards, whose last is the one below it.
        OnnxResult top = onnx.TopK(scores, patches - below, largest: true).Values;
        OnnxResult low = onnx.Squeeze(onnx.Gather(top, [patches - below - 1], 1), 1);
        OnnxResult high = onnx.Squeeze(onnx.Gather(top, [Math.Max(patches - below - 2, 0)], 1), 1);
        return onnx.Add(low, onnx.Multiply(onnx.Number((float)(place - below)), onnx.Subtract(high, low)));
    }

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

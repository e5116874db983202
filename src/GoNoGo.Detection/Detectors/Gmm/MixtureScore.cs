using GoNoGo.Tensors;

namespace GoNoGo.Detection.Detectors.Gmm;

/// <summary>How log-likelihoods become scores (choices 11 and 14).</summary>
internal sealed class MixtureScore(string form, bool isInverted)
{
    /// <summary>Why a score depends on the other pictures of its batch; null where it does not.</summary>
    public string? BatchDependence => form switch
    {
        "batch-max" => "mixture-score=batch-max compares every patch with the likeliest of all pictures of the batch",
        "batch-minmax" => "mixture-score=batch-minmax brings the likelihoods of all pictures of the batch to 0..1 together",
        _ => null,
    };

    /// <summary>Replaces the log-likelihoods of a batch <c>[B, h, w]</c>, means over features, by scores.</summary>
    public void Apply(Tensor values)
    {
        float least = float.PositiveInfinity;
        float most = float.NegativeInfinity;
        foreach (float value in values.Span)
        {
            least = MathF.Min(least, value);
            most = MathF.Max(most, value);
        }

        foreach (ref float value in values.Span)
        {
            float score = form switch
            {
                "batch-max" => 1 - MathF.Exp(value - most),
                "batch-minmax" => most > least ? (most - value) / (most - least) : 0,
                _ => -value,
            };
            value = !isInverted ? score : form == "nll" ? -score : 1 - score;
        }
    }
}

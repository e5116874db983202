using GoNoGo.Detection.Backbones;
using GoNoGo.Detection.Models;
using GoNoGo.Learning.Checkpoints;

namespace GoNoGo.Detection.Features;

/// <summary>Refuses features that are no numbers: nothing can be learned from them.</summary>
internal static class FeatureCheck
{
    /// <summary>Looks at the features of a level.</summary>
    /// <exception cref="ModelException">One is NaN or infinite.</exception>
    public static void Require(FeatureLevel level, ReadOnlySpan<float> values)
    {
        if (NonFinite.Count(values) > 0)
        {
            throw new ModelException($"the backbone gives features at '{level.Name}' that are no numbers; its weights are damaged: check them with 'gonogo weights verify' or bring them in anew.");
        }
    }
}

using GoNoGo.Detection.Options;
using GoNoGo.Detection.Training;
using GoNoGo.Learning.Autograd;
using GoNoGo.Learning.Autograd.Operators;
using GoNoGo.Tensors;
using GoNoGo.Tensors.Kernels.Elementwise.Functions;
using GoNoGo.Tensors.Kernels.Reductions;
using GoNoGo.Tensors.Random;

namespace GoNoGo.Detection.Detectors.Flow;

/// <summary>
/// Gaussian noise on the features of one level in training. Its standard deviation is a share of the root mean square of the batch's features, so that
/// one setting means the same for backbones whose features differ in scale.
/// </summary>
/// <param name="share">The share; 0 = no noise.</param>
/// <param name="level">The level's name; each level has random numbers of its own.</param>
internal sealed class FeatureNoise(double share, string level)
{
    private readonly string _purpose = "feature-noise/" + level;

    /// <summary>The option.</summary>
    public static OptionDefinition Option { get; } = OptionDefinition.OfNumber(
        "feature-noise", 0.4, 0, 100, "Standard deviation of Gaussian noise on the features, after the norm, in training, as a share of their root mean square; 0 = none. It bounds how narrow the density gets, and with it how far a longer training spoils the map.") with
    { PaperCode = "0", PaperText = "0" };

    /// <summary>Features with noise in a step of training; as they are elsewhere.</summary>
    /// <param name="features"><c>[B, D, h, w]</c>.</param>
    /// <param name="step">Seed and number of the step draw the noise.</param>
    public Variable Add(Variable features, in StepContext step)
    {
        if (!step.IsTraining || share == 0)
        {
            return features;
        }

        Tensor values = features.Value;
        double meanSquare = TotalReduction.Sum(values, values, default(MultiplyFunction)) / values.ElementCount;
        Tensor noise = features.Tape.New(values.Shape);
        new RandomStream(step.Seed, _purpose).Child((ulong)step.Step).FillNormal(0, (float)(share * Math.Sqrt(meanSquare)), noise);
        return features.Add(features.Tape.Constant(noise));
    }
}

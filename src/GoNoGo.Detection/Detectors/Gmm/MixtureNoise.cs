using System.Runtime.InteropServices;
using GoNoGo.Detection.Training;
using GoNoGo.Learning.Autograd;
using GoNoGo.Learning.Autograd.Operators;
using GoNoGo.Tensors;
using GoNoGo.Tensors.Random;

namespace GoNoGo.Detection.Detectors.Gmm;

/// <summary>
/// Gumbel noise on mixture logits (choice 9). A training step draws anew. In judging, where the published code draws anew too, a picture's noise is
/// drawn from its own features: as random from picture to picture, and the same whenever and beside whichever others it is judged.
/// </summary>
internal sealed class MixtureNoise(string form, string level)
{
    private readonly ulong _stream = new RandomStream(0, "gumbel/" + level).Stream;

    /// <summary>Adds noise where it is wanted.</summary>
    /// <param name="logits">Logits <c>[B P, K]</c>.</param>
    /// <param name="features">Of the same patches <c>[B P, D]</c>, picture after picture.</param>
    /// <param name="pictures">B.</param>
    /// <param name="step">Training or judging.</param>
    public Variable Add(Variable logits, Variable features, int pictures, in StepContext step)
    {
        if (form == "softmax" || (form == "gumbel-in-training" && !step.IsTraining))
        {
            return logits;
        }

        Tape tape = logits.Tape;
        Tensor noise = tape.New(logits.Shape);
        if (step.IsTraining)
        {
            new RandomStream(step.Seed, _stream).Child((ulong)step.Step).FillGumbel(noise);
        }
        else
        {
            int patches = logits.Shape[0] / pictures;
            for (int picture = 0; picture < pictures; picture++)
            {
                ulong own = Fingerprint(features.Value.Slice(picture * patches, patches).Span);
                new RandomStream(own, _stream).FillGumbel(noise.Slice(picture * patches, patches));
            }
        }

        return logits.Add(tape.Constant(noise));
    }

    /// <summary>FNV-1a over the bits of the features, a number at a time.</summary>
    private static ulong Fingerprint(ReadOnlySpan<float> features)
    {
        ulong hash = 0xCBF29CE484222325;
        foreach (uint bits in MemoryMarshal.Cast<float, uint>(features))
        {
            hash = unchecked((hash ^ bits) * 0x100000001B3);
        }

        return hash;
    }
}

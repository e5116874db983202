using System.Runtime.CompilerServices;
using GoNoGo.Tensors.Simd;

namespace GoNoGo.Learning.Densities.Mixtures;

/// <summary>
/// Walks K components in whole vectors. A last incomplete block is read from K - lanes, overlapping the block before it,
/// with a weight of 0 on the lanes that were already seen: no partial loads in the inner loop. Needs K >= lanes.
/// </summary>
internal static unsafe class ComponentBlocks
{
    /// <summary>Number of blocks.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Count(int components, int lanes) => (components + lanes - 1) / lanes;

    /// <summary>The first component of a block.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Start(int block, int components, int lanes) => Math.Min(block * lanes, components - lanes);

    /// <summary>Fills the lane weights of the last block: 0 where the block before has the component already.</summary>
    public static void FillLastWeights(int components, int lanes, float* weights)
    {
        int last = Count(components, lanes) - 1;
        int seen = (last * lanes) - Start(last, components, lanes);
        for (int lane = 0; lane < lanes; lane++)
        {
            weights[lane] = lane < seen ? 0f : 1f;
        }
    }

    /// <summary>log softmax of one row of logits (plus the weight epsilon) in double precision, and the softmax itself.</summary>
    public static void LogWeights(float* logits, int components, float epsilon, float* logWeights, float* weights)
    {
        double largest = double.NegativeInfinity;
        for (int k = 0; k < components; k++)
        {
            largest = Math.Max(largest, logits[k]);
        }

        double sum = 0;
        for (int k = 0; k < components; k++)
        {
            sum += Math.Exp(logits[k] - largest);
        }

        double logSum = largest + Math.Log(sum);
        for (int k = 0; k < components; k++)
        {
            double weight = Math.Exp(logits[k] - logSum);
            weights[k] = (float)weight;
            logWeights[k] = epsilon == 0 ? (float)(logits[k] - logSum) : (float)Math.Log(weight + epsilon);
        }
    }

    /// <summary>
    /// Adds the gradient of the logits, given the derivative <paramref name="outer"/> of the result by each log weight:
    /// with w = softmax and q = w / (w + epsilon), d logit_i = outer_i q_i - w_i sum_j outer_j q_j.
    /// </summary>
    public static void AddLogitGradient(float* outer, float* weights, int components, float epsilon, float* gradient)
    {
        double sum = 0;
        for (int k = 0; k < components; k++)
        {
            sum += outer[k] * (epsilon == 0 ? 1.0 : weights[k] / ((double)weights[k] + epsilon));
        }

        for (int k = 0; k < components; k++)
        {
            double q = epsilon == 0 ? 1.0 : weights[k] / ((double)weights[k] + epsilon);
            gradient[k] += (float)((outer[k] * q) - (weights[k] * sum));
        }
    }
}

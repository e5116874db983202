using System.Runtime.CompilerServices;
using GoNoGo.Tensors.Simd;

namespace GoNoGo.Tensors.Kernels;

/// <summary>
/// Blocks of logits, transposed: <c>[keys of the block][lanes]</c>, where the lanes are queries. So the softmax over the
/// keys is plain arithmetic between vectors, and nothing is reduced inside one.
/// </summary>
internal static unsafe class AttentionScores<TSimd, TVector, TInt>
    where TSimd : struct, ISimd<TVector, TInt> where TVector : struct where TInt : struct
{
    /// <summary>Queries of one block: 16 tiles of 6 rows, 3 pairs of the widest vectors.</summary>
    public const int QueryBlock = 96;

    /// <summary>Keys of one block: with the queries' block, scores that stay in the first-level cache.</summary>
    public const int KeyBlock = 48;

    /// <summary>A count rounded up to whole vectors.</summary>
    public static int Lanes(int count) => (count + TSimd.Count - 1) / TSimd.Count * TSimd.Count;

    /// <summary>destination[f][i] = factor * source[i][f], zero for the lanes beyond count.</summary>
    public static void Transpose(float* source, long rowStride, int count, int features, float factor, float* destination)
    {
        int lanes = Lanes(count);
        for (int f = 0; f < features; f++)
        {
            for (int i = count; i < lanes; i++)
            {
                destination[(f * QueryBlock) + i] = 0f;
            }
        }

        const int tile = 16;
        for (int f0 = 0; f0 < features; f0 += tile)
        {
            int end = Math.Min(f0 + tile, features);
            for (int i = 0; i < count; i++)
            {
                float* row = source + (i * rowStride);
                for (int f = f0; f < end; f++)
                {
                    destination[(f * QueryBlock) + i] = factor * row[f];
                }
            }
        }
    }

    /// <summary>
    /// Rows that vectors can read whole: the source itself when its rows are whole vectors, otherwise a copy in
    /// <paramref name="room"/> with rows of <see cref="Lanes"/> floats.
    /// </summary>
    public static float* WholeVectors(float* source, long rowStride, int count, int features, float* room, out nint stride)
    {
        int lanes = Lanes(features);
        if (lanes == features)
        {
            stride = (nint)rowStride;
            return source;
        }

        for (int i = 0; i < count; i++)
        {
            var row = new Span<float>(room + (i * lanes), lanes);
            new ReadOnlySpan<float>(source + (i * rowStride), features).CopyTo(row);
            row[features..].Clear();
        }

        stride = lanes;
        return room;
    }

    /// <summary>scores[j][i] = q_i . k_j, plus bias, masked.</summary>
    /// <param name="queries">Scaled queries <c>[d][QueryBlock]</c>.</param>
    /// <param name="lanes">Queries of the block, in whole vectors.</param>
    /// <param name="keys">First key of the block.</param>
    /// <param name="keyStride">Distance of the keys.</param>
    /// <param name="keyCount">Keys of the block.</param>
    /// <param name="width">d.</param>
    /// <param name="bias">Element (first key, first query) of the transposed bias, or null.</param>
    /// <param name="biasStride">Its row length.</param>
    /// <param name="mask">The same of the mask, or null.</param>
    /// <param name="maskStride">Its row length.</param>
    /// <param name="maskedLogit">What a masked logit becomes.</param>
    /// <param name="scores"><c>[KeyBlock][QueryBlock]</c>.</param>
    public static void Compute(
        float* queries, int lanes, float* keys, long keyStride, int keyCount, int width, float* bias, long biasStride, float* mask, long maskStride, float maskedLogit, float* scores)
    {
        AttentionTile<TSimd, TVector, TInt>.Multiply(keyCount, lanes, width, keys, 1, (nint)keyStride, queries, QueryBlock, scores, QueryBlock, accumulate: false);
        if (bias is not null)
        {
            for (int j = 0; j < keyCount; j++)
            {
                float* row = scores + (j * QueryBlock);
                for (int i = 0; i < lanes; i += TSimd.Count)
                {
                    TSimd.Store(TSimd.Add(TSimd.Load(row + i), TSimd.Load(bias + (j * biasStride) + i)), row + i);
                }
            }
        }

        if (mask is not null)
        {
            Mask(scores, lanes, keyCount, mask, maskStride, maskedLogit);
        }
    }

    /// <summary>Sets the elements whose mask is 0 to a value.</summary>
    public static void Mask(float* scores, int lanes, int keyCount, float* mask, long tableStride, float value)
    {
        TVector masked = TSimd.Broadcast(value);
        for (int j = 0; j < keyCount; j++)
        {
            float* row = scores + (j * QueryBlock);
            for (int i = 0; i < lanes; i += TSimd.Count)
            {
                TVector permission = TSimd.Abs(TSimd.Load(mask + (j * tableStride) + i));
                TSimd.Store(TSimd.SelectGreater(permission, TSimd.Zero, TSimd.Load(row + i), masked), row + i);
            }
        }
    }

    /// <summary>scores[j][i] becomes exp(score - largest[i]) * inverseSum[i]: the probabilities again, from what the forward pass kept.</summary>
    public static void Probabilities(float* scores, int lanes, int keyCount, float* largest, float* inverseSum)
    {
        for (int i = 0; i < lanes; i += TSimd.Count)
        {
            TVector top = TSimd.Load(largest + i);
            TVector factor = TSimd.Load(inverseSum + i);
            for (int j = 0; j < keyCount; j++)
            {
                float* score = scores + (j * QueryBlock) + i;
                TSimd.Store(TSimd.Multiply(ExpBelowOne(TSimd.Subtract(TSimd.Load(score), top)), factor), score);
            }
        }
    }

    /// <summary>
    /// e^x for x not above 0, the only ones that a softmax meets: no overflow to care for, and below -87 (1e-38 of the largest weight)
    /// it is 0. NaN goes through. The polynomial is that of <see cref="Elementwise.VectorMath{TSimd, TVector, TInt}.Exp"/>.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector ExpBelowOne(TVector x)
    {
        TVector lowest = TSimd.Broadcast(-87f);
        TVector inside = TSimd.SelectGreater(lowest, x, lowest, x);
        TVector n = TSimd.Round(TSimd.Multiply(inside, TSimd.Broadcast(1.44269504f)));
        TVector r = TSimd.MultiplyAdd(n, TSimd.Broadcast(-0.693145751953125f), inside);
        r = TSimd.MultiplyAdd(n, TSimd.Broadcast(-1.42860682e-6f), r);
        TVector q = TSimd.Broadcast(0.0013819392f);
        q = TSimd.MultiplyAdd(q, r, TSimd.Broadcast(0.008368893f));
        q = TSimd.MultiplyAdd(q, r, TSimd.Broadcast(0.04166829f));
        q = TSimd.MultiplyAdd(q, r, TSimd.Broadcast(0.1666652f));
        q = TSimd.MultiplyAdd(q, r, TSimd.Broadcast(0.49999994f));
        TVector p = TSimd.Add(TSimd.MultiplyAdd(TSimd.Multiply(r, r), q, r), TSimd.Broadcast(1f));
        TInt power = TSimd.ShiftLeft(TSimd.AddInt(TSimd.ToInt(n), TSimd.BroadcastInt(127)), 23);
        return TSimd.SelectGreater(lowest, x, TSimd.Zero, TSimd.Multiply(p, TSimd.FromBits(power)));
    }
}

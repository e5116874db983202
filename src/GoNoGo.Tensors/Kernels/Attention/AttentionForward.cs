using GoNoGo.Tensors.Memory;
using GoNoGo.Tensors.Simd;

namespace GoNoGo.Tensors.Kernels;

/// <summary>
/// The forward pass of one block of queries of one head. Keys come in blocks; the softmax is kept up to date with the
/// largest logit and the sum so far (online softmax), so that no row of scores is ever whole.
/// </summary>
internal unsafe struct AttentionForward : IVectorBody
{
    public AttentionHeads Q;
    public AttentionHeads K;
    public AttentionHeads V;
    public AttentionHeads Y;
    public AttentionTable Bias;
    public AttentionTable Mask;
    public float Scale;
    public float MaskedLogit;

    /// <summary>Largest logit and one over the sum of every query, <c>[2, B, A, Nq]</c>; or null.</summary>
    public float* Statistics;

    /// <summary>Blocks of queries of one head, for a number of queries.</summary>
    public static int BlockCount(int queries) => (queries + AttentionScores<SimdScalar, float, int>.QueryBlock - 1) / AttentionScores<SimdScalar, float, int>.QueryBlock;

    public readonly void Invoke<TSimd, TVector, TInt>(int index)
        where TSimd : struct, ISimd<TVector, TInt> where TVector : struct where TInt : struct
    {
        const int block = AttentionScores<TSimd, TVector, TInt>.QueryBlock;
        const int keyBlock = AttentionScores<TSimd, TVector, TInt>.KeyBlock;
        int blocks = BlockCount(Q.Rows);
        int first = index % blocks * block;
        int head = index / blocks % Q.Heads;
        int batch = index / blocks / Q.Heads;
        int count = Math.Min(block, Q.Rows - first);
        int lanes = AttentionScores<TSimd, TVector, TInt>.Lanes(count);
        int valueLanes = AttentionScores<TSimd, TVector, TInt>.Lanes(V.Width);

        using Scratch scratch = Scratch.OfFloats((block * (Q.Width + keyBlock + valueLanes + 3L)) + (keyBlock * valueLanes));
        float* queries = scratch.Floats;
        float* scores = queries + (block * Q.Width);
        float* output = scores + (block * keyBlock);
        float* largest = output + (block * valueLanes);
        float* sum = largest + block;
        float* decay = sum + block;
        float* room = decay + block;

        AttentionScores<TSimd, TVector, TInt>.Transpose(Q.Row0(batch, head) + (first * Q.RowStride), Q.RowStride, count, Q.Width, Scale, queries);
        new Span<float>(largest, lanes).Fill(float.NegativeInfinity);
        new Span<float>(sum, lanes).Clear();
        new Span<float>(output, count * valueLanes).Clear();
        float* keys = K.Row0(batch, head);
        float* values = V.Row0(batch, head);
        float* bias = Bias.IsEmpty ? null : Bias.Matrix(batch, head) + first;
        float* mask = Mask.IsEmpty ? null : Mask.Matrix(batch, head) + first;

        for (int key = 0; key < K.Rows; key += keyBlock)
        {
            int keyCount = Math.Min(keyBlock, K.Rows - key);
            AttentionScores<TSimd, TVector, TInt>.Compute(
                queries, lanes, keys + (key * K.RowStride), K.RowStride, keyCount, K.Width,
                bias is null ? null : bias + (key * Bias.Stride), Bias.Stride, mask is null ? null : mask + (key * Mask.Stride), Mask.Stride, MaskedLogit, scores);
            Advance<TSimd, TVector, TInt>(scores, lanes, keyCount, largest, sum, decay);
            if (key > 0)
            {
                Decay<TSimd, TVector, TInt>(output, count, valueLanes, decay);
            }

            float* rows = AttentionScores<TSimd, TVector, TInt>.WholeVectors(values + (key * V.RowStride), V.RowStride, keyCount, V.Width, room, out nint stride);
            AttentionTile<TSimd, TVector, TInt>.Multiply(count, valueLanes, keyCount, scores, block, 1, rows, stride, output, valueLanes, accumulate: true);
        }

        Finish(batch, head, first, count, valueLanes, output, largest, sum);
    }

    /// <summary>Takes a block of logits into the running softmax: scores become exp(score - largest so far).</summary>
    private static void Advance<TSimd, TVector, TInt>(float* scores, int lanes, int keyCount, float* largest, float* sum, float* decay)
        where TSimd : struct, ISimd<TVector, TInt> where TVector : struct where TInt : struct
    {
        const int block = AttentionScores<TSimd, TVector, TInt>.QueryBlock;
        TVector none = TSimd.Broadcast(float.NegativeInfinity);
        for (int i = 0; i < lanes; i += TSimd.Count)
        {
            TVector before = TSimd.Load(largest + i);
            TVector top = before;
            for (int j = 0; j < keyCount; j++)
            {
                TVector score = TSimd.Load(scores + (j * block) + i);
                top = TSimd.SelectGreater(top, score, top, score);
            }

            // While every key so far is masked out the largest is -infinity; 0 instead keeps infinities from meeting.
            TVector reference = TSimd.SelectGreater(top, none, top, TSimd.Zero);
            TVector fade = AttentionScores<TSimd, TVector, TInt>.ExpBelowOne(TSimd.Subtract(before, reference));
            TVector total = TSimd.Multiply(TSimd.Load(sum + i), fade);
            for (int j = 0; j < keyCount; j++)
            {
                float* score = scores + (j * block) + i;
                TVector weight = AttentionScores<TSimd, TVector, TInt>.ExpBelowOne(TSimd.Subtract(TSimd.Load(score), reference));
                total = TSimd.Add(total, weight);
                TSimd.Store(weight, score);
            }

            TSimd.Store(top, largest + i);
            TSimd.Store(total, sum + i);
            TSimd.Store(fade, decay + i);
        }
    }

    private static void Decay<TSimd, TVector, TInt>(float* output, int count, int valueLanes, float* decay)
        where TSimd : struct, ISimd<TVector, TInt> where TVector : struct where TInt : struct
    {
        for (int i = 0; i < count; i++)
        {
            if (decay[i] == 1f)
            {
                continue;
            }

            TVector factor = TSimd.Broadcast(decay[i]);
            float* row = output + (i * valueLanes);
            for (int e = 0; e < valueLanes; e += TSimd.Count)
            {
                TSimd.Store(TSimd.Multiply(TSimd.Load(row + e), factor), row + e);
            }
        }
    }

    private readonly void Finish(int batch, int head, int first, int count, int valueLanes, float* output, float* largest, float* sum)
    {
        float* target = Y.Row0(batch, head) + (first * Y.RowStride);
        float* kept = Statistics is null ? null : Statistics + ((((long)batch * Q.Heads) + head) * Q.Rows) + first;
        long plane = (long)Q.Batch * Q.Heads * Q.Rows;
        for (int i = 0; i < count; i++)
        {
            float inverse = sum[i] > 0f ? 1f / sum[i] : sum[i] == 0f ? 0f : float.NaN;
            float* row = output + (i * valueLanes);
            float* y = target + (i * Y.RowStride);
            for (int e = 0; e < V.Width; e++)
            {
                y[e] = row[e] * inverse;
            }

            if (kept is not null)
            {
                kept[i] = float.IsNegativeInfinity(largest[i]) ? 0f : largest[i];
                kept[plane + i] = inverse;
            }
        }
    }
}

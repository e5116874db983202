using GoNoGo.Tensors.Memory;
using GoNoGo.Tensors.Simd;

namespace GoNoGo.Tensors.Kernels;

/// <summary>
/// The backward pass of whole heads: probabilities are computed again block by block from the kept largest logits and
/// sums. One item is one head, or all heads that share a bias matrix whose gradient is wanted, one after the other.
/// </summary>
internal unsafe struct AttentionBackward : IVectorBody
{
    public AttentionHeads Q;
    public AttentionHeads K;
    public AttentionHeads V;
    public AttentionHeads Y;
    public AttentionTable Bias;
    public AttentionTable Mask;
    public float Scale;
    public float MaskedLogit;
    public float* Statistics;
    public AttentionHeads GradY;
    public AttentionHeads GradQ;
    public AttentionHeads GradK;
    public AttentionHeads GradV;
    public bool AddQ;
    public bool AddK;
    public bool AddV;
    public AttentionTable GradBias;

    public readonly void Invoke<TSimd, TVector, TInt>(int index)
        where TSimd : struct, ISimd<TVector, TInt> where TVector : struct where TInt : struct
    {
        if (GradBias.IsEmpty)
        {
            Head<TSimd, TVector, TInt>(index / Q.Heads, index % Q.Heads);
            return;
        }

        for (int batch = 0; batch < Q.Batch; batch++)
        {
            for (int head = 0; head < Q.Heads; head++)
            {
                if (GradBias.IndexOf(batch, head) == index)
                {
                    Head<TSimd, TVector, TInt>(batch, head);
                }
            }
        }
    }

    private readonly void Head<TSimd, TVector, TInt>(int batch, int head)
        where TSimd : struct, ISimd<TVector, TInt> where TVector : struct where TInt : struct
    {
        const int block = AttentionScores<TSimd, TVector, TInt>.QueryBlock;
        const int keyBlock = AttentionScores<TSimd, TVector, TInt>.KeyBlock;
        int keyLanes = AttentionScores<TSimd, TVector, TInt>.Lanes(K.Width);
        int valueLanes = AttentionScores<TSimd, TVector, TInt>.Lanes(V.Width);
        long total = (block * (K.Width + V.Width + (2L * keyBlock) + (2 * keyLanes) + valueLanes + 3)) + ((long)K.Rows * (keyLanes + valueLanes)) + ((long)keyBlock * keyLanes);
        using Scratch scratch = Scratch.OfFloats(total);
        Buffers at = default;
        at.Queries = scratch.Floats;
        at.Gradients = at.Queries + (block * K.Width);
        at.Scores = at.Gradients + (block * V.Width);
        at.GradScores = at.Scores + (block * keyBlock);
        at.GradQ = at.GradScores + (block * keyBlock);
        at.QueryRoom = at.GradQ + (block * keyLanes);
        at.GradientRoom = at.QueryRoom + (block * keyLanes);
        at.Largest = at.GradientRoom + (block * valueLanes);
        at.InverseSum = at.Largest + block;
        at.Shift = at.InverseSum + block;
        at.GradK = at.Shift + block;
        at.GradV = at.GradK + ((long)K.Rows * keyLanes);
        at.KeyRoom = at.GradV + ((long)K.Rows * valueLanes);
        new Span<float>(at.GradK, K.Rows * (keyLanes + valueLanes)).Clear();

        for (int first = 0; first < Q.Rows; first += block)
        {
            QueryBlock<TSimd, TVector, TInt>(batch, head, first, Math.Min(block, Q.Rows - first), at);
        }

        if (!GradK.IsEmpty)
        {
            Write(at.GradK, keyLanes, K.Rows, Scale, AddK, GradK.Row0(batch, head), GradK.RowStride, K.Width);
        }

        if (!GradV.IsEmpty)
        {
            Write(at.GradV, valueLanes, K.Rows, 1f, AddV, GradV.Row0(batch, head), GradV.RowStride, V.Width);
        }
    }

    private readonly void QueryBlock<TSimd, TVector, TInt>(int batch, int head, int first, int count, Buffers at)
        where TSimd : struct, ISimd<TVector, TInt> where TVector : struct where TInt : struct
    {
        const int block = AttentionScores<TSimd, TVector, TInt>.QueryBlock;
        const int keyBlock = AttentionScores<TSimd, TVector, TInt>.KeyBlock;
        int lanes = AttentionScores<TSimd, TVector, TInt>.Lanes(count);
        int keyLanes = AttentionScores<TSimd, TVector, TInt>.Lanes(K.Width);
        int valueLanes = AttentionScores<TSimd, TVector, TInt>.Lanes(V.Width);
        float* q = Q.Row0(batch, head) + (first * Q.RowStride);
        float* gradY = GradY.Row0(batch, head) + (first * GradY.RowStride);
        Prepare(batch, head, first, count, lanes, gradY, at);
        AttentionScores<TSimd, TVector, TInt>.Transpose(q, Q.RowStride, count, Q.Width, Scale, at.Queries);
        AttentionScores<TSimd, TVector, TInt>.Transpose(gradY, GradY.RowStride, count, V.Width, 1f, at.Gradients);
        q = AttentionScores<TSimd, TVector, TInt>.WholeVectors(q, Q.RowStride, count, Q.Width, at.QueryRoom, out nint qStride);
        gradY = AttentionScores<TSimd, TVector, TInt>.WholeVectors(gradY, GradY.RowStride, count, V.Width, at.GradientRoom, out nint gradStride);
        float* bias = Bias.IsEmpty ? null : Bias.Matrix(batch, head) + first;
        float* mask = Mask.IsEmpty ? null : Mask.Matrix(batch, head) + first;
        float* gradBias = GradBias.IsEmpty ? null : GradBias.Matrix(batch, head) + ((long)first * K.Rows);
        new Span<float>(at.GradQ, count * keyLanes).Clear();

        for (int key = 0; key < K.Rows; key += keyBlock)
        {
            int keyCount = Math.Min(keyBlock, K.Rows - key);
            float* k = K.Row0(batch, head) + (key * K.RowStride);
            float* v = V.Row0(batch, head) + (key * V.RowStride);
            float* keyMask = mask is null ? null : mask + ((long)key * Q.Rows);
            AttentionScores<TSimd, TVector, TInt>.Compute(
                at.Queries, lanes, k, K.RowStride, keyCount, K.Width, bias is null ? null : bias + (key * Bias.Stride), Bias.Stride, keyMask, Q.Rows, MaskedLogit, at.Scores);
            AttentionScores<TSimd, TVector, TInt>.Probabilities(at.Scores, lanes, keyCount, at.Largest, at.InverseSum);
            if (!GradV.IsEmpty)
            {
                AttentionTile<TSimd, TVector, TInt>.Multiply(
                    keyCount, valueLanes, count, at.Scores, 1, block, gradY, gradStride, at.GradV + ((long)key * valueLanes), valueLanes, accumulate: true);
            }

            AttentionTile<TSimd, TVector, TInt>.Multiply(keyCount, lanes, V.Width, v, 1, (nint)V.RowStride, at.Gradients, block, at.GradScores, block, accumulate: false);
            Softmax<TSimd, TVector, TInt>(lanes, keyCount, at);
            if (keyMask is not null)
            {
                // A masked logit is a constant: nothing flows through it.
                AttentionScores<TSimd, TVector, TInt>.Mask(at.GradScores, lanes, keyCount, keyMask, Q.Rows, 0f);
            }

            if (gradBias is not null)
            {
                AddToBias(count, keyCount, at.GradScores, gradBias + key);
            }

            if (!GradK.IsEmpty)
            {
                AttentionTile<TSimd, TVector, TInt>.Multiply(
                    keyCount, keyLanes, count, at.GradScores, 1, block, q, qStride, at.GradK + ((long)key * keyLanes), keyLanes, accumulate: true);
            }

            if (!GradQ.IsEmpty)
            {
                float* rows = AttentionScores<TSimd, TVector, TInt>.WholeVectors(k, K.RowStride, keyCount, K.Width, at.KeyRoom, out nint keyStride);
                AttentionTile<TSimd, TVector, TInt>.Multiply(count, keyLanes, keyCount, at.GradScores, block, 1, rows, keyStride, at.GradQ, keyLanes, accumulate: true);
            }
        }

        if (!GradQ.IsEmpty)
        {
            Write(at.GradQ, keyLanes, count, Scale, AddQ, GradQ.Row0(batch, head) + (first * GradQ.RowStride), GradQ.RowStride, Q.Width);
        }
    }

    /// <summary>The queries' kept numbers, and sum over e of dy y: what the softmax's gradient subtracts.</summary>
    private readonly void Prepare(int batch, int head, int first, int count, int lanes, float* gradY, in Buffers at)
    {
        long plane = (long)Q.Batch * Q.Heads * Q.Rows;
        float* kept = Statistics + ((((long)batch * Q.Heads) + head) * Q.Rows) + first;
        float* y = Y.Row0(batch, head) + (first * Y.RowStride);
        for (int i = 0; i < lanes; i++)
        {
            double shift = 0;
            for (int e = 0; i < count && e < V.Width; e++)
            {
                shift += (double)gradY[(i * GradY.RowStride) + e] * y[(i * Y.RowStride) + e];
            }

            at.Shift[i] = (float)shift;
            at.Largest[i] = i < count ? kept[i] : 0f;
            at.InverseSum[i] = i < count ? kept[plane + i] : 0f;
        }
    }

    /// <summary>gradScores = scores * (gradScores - shift).</summary>
    private static void Softmax<TSimd, TVector, TInt>(int lanes, int keyCount, in Buffers at)
        where TSimd : struct, ISimd<TVector, TInt> where TVector : struct where TInt : struct
    {
        const int block = AttentionScores<TSimd, TVector, TInt>.QueryBlock;
        for (int j = 0; j < keyCount; j++)
        {
            float* probability = at.Scores + (j * block);
            float* gradient = at.GradScores + (j * block);
            for (int i = 0; i < lanes; i += TSimd.Count)
            {
                TVector difference = TSimd.Subtract(TSimd.Load(gradient + i), TSimd.Load(at.Shift + i));
                TSimd.Store(TSimd.Multiply(TSimd.Load(probability + i), difference), gradient + i);
            }
        }
    }

    private readonly void AddToBias(int count, int keyCount, float* gradScores, float* gradBias)
    {
        for (int i = 0; i < count; i++)
        {
            float* row = gradBias + ((long)i * K.Rows);
            for (int j = 0; j < keyCount; j++)
            {
                row[j] += gradScores[(j * AttentionScores<SimdScalar, float, int>.QueryBlock) + i];
            }
        }
    }

    private static void Write(float* source, int sourceStride, int rows, float factor, bool add, float* destination, long stride, int width)
    {
        for (int i = 0; i < rows; i++)
        {
            float* from = source + ((long)i * sourceStride);
            float* to = destination + (i * stride);
            for (int f = 0; f < width; f++)
            {
                to[f] = add ? to[f] + (factor * from[f]) : factor * from[f];
            }
        }
    }

    private struct Buffers
    {
        public float* Queries;
        public float* Gradients;
        public float* Scores;
        public float* GradScores;
        public float* GradQ;
        public float* GradK;
        public float* GradV;
        public float* QueryRoom;
        public float* GradientRoom;
        public float* KeyRoom;
        public float* Largest;
        public float* InverseSum;
        public float* Shift;
    }
}

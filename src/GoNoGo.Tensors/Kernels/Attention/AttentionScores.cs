using GoNoGo.Tensors.Kernels.Elementwise;
using GoNoGo.Tensors.Simd;

namespace GoNoGo.Tensors.Kernels;

/// <summary>A matrix of additions or permissions for every (batch item, head), where few of them may serve many.</summary>
internal readonly unsafe struct AttentionTable(Tensor tensor)
{
    private readonly float* _pointer = tensor.IsEmpty ? null : tensor.Pointer;
    private readonly int _batch = tensor.IsEmpty ? 1 : tensor.Shape[0];
    private readonly int _heads = tensor.IsEmpty ? 1 : tensor.Shape[1];
    private readonly int _rows = tensor.IsEmpty ? 0 : tensor.Shape[2];
    private readonly int _columns = tensor.IsEmpty ? 0 : tensor.Shape[3];

    public bool IsEmpty => _pointer is null;

    /// <summary>Number of different matrices.</summary>
    public int Count => _batch * _heads;

    public int Columns => _columns;

    /// <summary>Which matrix serves a batch item and head.</summary>
    public int IndexOf(int batch, int head) => (batch % _batch * _heads) + (head % _heads);

    /// <summary>The matrix <c>[Nq, Nk]</c>; null when there is none.</summary>
    public float* Matrix(int index) => _pointer is null ? null : _pointer + ((long)index * _rows * _columns);
}

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
    /// <param name="count">Queries of the block.</param>
    /// <param name="keys">First key of the block.</param>
    /// <param name="keyStride">Distance of the keys.</param>
    /// <param name="keyCount">Keys of the block.</param>
    /// <param name="width">d.</param>
    /// <param name="bias">Element (first query, first key) of the bias, or null.</param>
    /// <param name="mask">The same of the mask, or null.</param>
    /// <param name="tableStride">Row length of bias and mask.</param>
    /// <param name="maskedLogit">What a masked logit becomes.</param>
    /// <param name="scores"><c>[KeyBlock][QueryBlock]</c>.</param>
    public static void Compute(
        float* queries, int count, float* keys, long keyStride, int keyCount, int width, float* bias, float* mask, int tableStride, float maskedLogit, float* scores)
    {
        AttentionTile<TSimd, TVector, TInt>.Multiply(keyCount, Lanes(count), width, keys, 1, (nint)keyStride, queries, QueryBlock, scores, QueryBlock, accumulate: false);
        if (bias is null && mask is null)
        {
            return;
        }

        for (int i = 0; i < count; i++)
        {
            long row = (long)i * tableStride;
            for (int j = 0; j < keyCount; j++)
            {
                float* score = scores + (j * QueryBlock) + i;
                if (bias is not null)
                {
                    *score += bias[row + j];
                }

                if (mask is not null && mask[row + j] == 0f)
                {
                    *score = maskedLogit;
                }
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
                TSimd.Store(TSimd.Multiply(VectorMath<TSimd, TVector, TInt>.Exp(TSimd.Subtract(TSimd.Load(score), top)), factor), score);
            }
        }
    }
}

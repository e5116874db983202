namespace GoNoGo.Tensors.Kernels;

/// <summary>
/// A reading of a tensor as heads, <c>[B, A, N, d]</c>, without moving it: so that queries, keys and values are used
/// where the packed projection left them. <c>default</c> is "none".
/// </summary>
public readonly unsafe struct AttentionHeads
{
    private readonly Tensor _tensor;
    private readonly long _offset;
    private readonly long _batchStride;
    private readonly long _headStride;

    private AttentionHeads(Tensor tensor, long offset, long batchStride, long headStride, long rowStride, int batch, int heads, int rows, int width)
    {
        _tensor = tensor;
        _offset = offset;
        _batchStride = batchStride;
        _headStride = headStride;
        RowStride = rowStride;
        Batch = batch;
        Heads = heads;
        Rows = rows;
        Width = width;
    }

    /// <summary>Whether there is no tensor behind it.</summary>
    public bool IsEmpty => _tensor.IsEmpty;

    /// <summary>B.</summary>
    public int Batch { get; }

    /// <summary>A.</summary>
    public int Heads { get; }

    /// <summary>N: tokens.</summary>
    public int Rows { get; }

    /// <summary>d: features of one head.</summary>
    public int Width { get; }

    internal long RowStride { get; }

    /// <summary>A tensor <c>[B, A, N, d]</c>.</summary>
    /// <exception cref="ArgumentException">Not four dimensions.</exception>
    public static AttentionHeads Separate(Tensor x)
    {
        Shape shape = x.Shape;
        if (shape.Rank != 4)
        {
            throw new ArgumentException($"Attention: {shape}, expected [B, A, N, d].", nameof(x));
        }

        long head = (long)shape[2] * shape[3];
        return new AttentionHeads(x, 0, head * shape[1], head, shape[3], shape[0], shape[1], shape[2], shape[3]);
    }

    /// <summary>
    /// Features inside the rows of a tensor <c>[B, N, F]</c>: head h takes the features from <paramref name="first"/> +
    /// h * <paramref name="headStride"/> on. A row layout [3, heads, d] has headStride d and first 0, A d, 2 A d; one of
    /// [heads, q | k | v] has headStride q + k + v and first 0, q, q + k; merged heads <c>[B, N, A d]</c> have headStride d and first 0.
    /// </summary>
    /// <exception cref="ArgumentException">Not three dimensions, or the heads do not fit in a row.</exception>
    public static AttentionHeads InRows(Tensor x, int heads, int first, int headStride, int width)
    {
        Shape shape = x.Shape;
        if (shape.Rank != 3 || heads < 1 || width < 1 || first < 0 || headStride < width || first + ((heads - 1L) * headStride) + width > shape[2])
        {
            throw new ArgumentException($"Attention: {heads} heads of {width} features every {headStride} from {first} on do not fit the rows of {shape}, expected [B, N, features].", nameof(x));
        }

        return new AttentionHeads(x, first, (long)shape[1] * shape[2], headStride, shape[2], shape[0], heads, shape[1], width);
    }

    /// <summary>Queries (part 0), keys (1) or values (2) of a packed projection <c>[B, N, 3 A d]</c> with row layout [3, heads, d].</summary>
    /// <exception cref="ArgumentException">The row length is not divisible by 3 times the number of heads.</exception>
    public static AttentionHeads Packed(Tensor qkv, int heads, int part)
    {
        if (qkv.Rank != 3 || heads < 1 || qkv.Shape[2] % (3 * heads) != 0)
        {
            throw new ArgumentException($"Attention: qkv {qkv.Shape} for {heads} heads, expected [B, N, 3 * {heads} * d].", nameof(qkv));
        }

        int width = qkv.Shape[2] / (3 * heads);
        return InRows(qkv, heads, part * heads * width, width, width);
    }

    /// <summary>Heads side by side in the rows of <c>[B, N, A d]</c>.</summary>
    /// <exception cref="ArgumentException">The row length is not divisible by the number of heads.</exception>
    public static AttentionHeads Merged(Tensor x, int heads)
    {
        if (x.Rank != 3 || heads < 1 || x.Shape[2] % heads != 0)
        {
            throw new ArgumentException($"Attention: {x.Shape} for {heads} heads, expected [B, N, {heads} * d].", nameof(x));
        }

        return InRows(x, heads, 0, x.Shape[2] / heads, x.Shape[2] / heads);
    }

    /// <inheritdoc/>
    public override string ToString() => IsEmpty ? "none" : $"[{Batch}, {Heads}, {Rows}, {Width}]";

    /// <summary>The first element of row 0 of a head.</summary>
    internal float* Row0(int batch, int head) => _tensor.Pointer + _offset + (batch * _batchStride) + (head * _headStride);
}

using GoNoGo.Tensors.Memory;

namespace GoNoGo.Tensors.Kernels;

/// <summary>The gradients that a backward pass of attention computes; those left empty are not computed.</summary>
public readonly record struct AttentionGradients
{
    /// <summary>Gradient of the queries, shaped like them.</summary>
    public AttentionHeads Query { get; init; }

    /// <summary>Gradient of the keys.</summary>
    public AttentionHeads Key { get; init; }

    /// <summary>Gradient of the values.</summary>
    public AttentionHeads Value { get; init; }

    /// <summary>Whether to add to the queries' gradient instead of overwriting it.</summary>
    public bool AddsQuery { get; init; }

    /// <summary>The same for the keys.</summary>
    public bool AddsKey { get; init; }

    /// <summary>The same for the values.</summary>
    public bool AddsValue { get; init; }

    /// <summary>Gradient of the bias, in its shape; always added to.</summary>
    public Tensor Bias { get; init; }
}

/// <summary>
/// y = softmax(scale q k^T + bias, masked) v for every batch item and head (Vaswani et al. 2017, equation 1). Scores exist
/// for one small block of queries and keys at a time; memory does not grow with the square of the tokens.
/// </summary>
public static unsafe class ScaledDotProductAttention
{
    /// <summary>The shape of what <see cref="Forward"/> keeps for <see cref="Backward"/>: <c>[2, B, A, Nq]</c>.</summary>
    public static Shape StatisticsShape(in AttentionHeads q) => new(2, q.Batch, q.Heads, q.Rows);

    /// <summary>Computes the attention.</summary>
    /// <param name="q">Queries <c>[B, A, Nq, d]</c>.</param>
    /// <param name="k">Keys <c>[B, A, Nk, d]</c>.</param>
    /// <param name="v">Values <c>[B, A, Nk, e]</c>.</param>
    /// <param name="options">Scale, bias, mask.</param>
    /// <param name="statistics">Destination of what the backward pass needs, <see cref="StatisticsShape"/>; or no tensor.</param>
    /// <param name="y">Destination <c>[B, A, Nq, e]</c>; not the memory of an input.</param>
    /// <exception cref="ArgumentException">The shapes do not fit together.</exception>
    public static void Forward(in AttentionHeads q, in AttentionHeads k, in AttentionHeads v, in AttentionOptions options, Tensor statistics, in AttentionHeads y)
    {
        Require(q, k, v, options, y);
        RequireStatistics(q, statistics, isOptional: true);
        using Scratch room = Scratch.OfFloats(AttentionTable.RoomFor(options.Bias) + AttentionTable.RoomFor(options.Mask));
        VectorLoop.For(checked(q.Batch * q.Heads * AttentionForward.BlockCount(q.Rows)), new AttentionForward
        {
            Q = q,
            K = k,
            V = v,
            Y = y,
            Bias = options.PackedBias.IsEmpty ? AttentionTable.Transposed(options.Bias, room.Floats) : AttentionTable.Packed(options.PackedBias),
            Mask = AttentionTable.Transposed(options.Mask, room.Floats + AttentionTable.RoomFor(options.Bias)),
            Scale = options.Scale,
            MaskedLogit = options.MaskedLogit,
            Statistics = statistics.IsEmpty ? null : statistics.Pointer,
        });
    }

    /// <summary>A bias <c>[Bb, Ab, Nq, Nk]</c> as <see cref="AttentionOptions.PackedBias"/>: what every call would do to it, done once.</summary>
    /// <exception cref="ArgumentException">Not four dimensions.</exception>
    public static Tensor PackBias(Tensor bias, TensorScope scope)
    {
        ArgumentNullException.ThrowIfNull(scope);
        return bias.Rank == 4 ? AttentionTable.Pack(bias, scope) : throw new ArgumentException($"Attention: bias {bias.Shape}, expected [Bb, Ab, Nq, Nk].", nameof(bias));
    }

    /// <summary>Computes the gradients from the inputs, the output and what <see cref="Forward"/> kept.</summary>
    /// <param name="q">Queries <c>[B, A, Nq, d]</c>.</param>
    /// <param name="k">Keys <c>[B, A, Nk, d]</c>.</param>
    /// <param name="v">Values <c>[B, A, Nk, e]</c>.</param>
    /// <param name="y">The output <c>[B, A, Nq, e]</c>.</param>
    /// <param name="options">As in the forward pass.</param>
    /// <param name="statistics">From the forward pass.</param>
    /// <param name="gradY">Gradient of the output.</param>
    /// <param name="gradients">Destinations.</param>
    /// <exception cref="ArgumentException">The shapes do not fit together.</exception>
    public static void Backward(
        in AttentionHeads q, in AttentionHeads k, in AttentionHeads v, in AttentionHeads y, in AttentionOptions options, Tensor statistics, in AttentionHeads gradY, in AttentionGradients gradients)
    {
        Require(q, k, v, options, y);
        if (!options.PackedBias.IsEmpty)
        {
            throw new ArgumentException("Attention: a packed bias serves the forward pass only.", nameof(options));
        }

        RequireStatistics(q, statistics, isOptional: false);
        RequireSame(nameof(gradY), gradY, y);
        RequireSame(nameof(gradients.Query), gradients.Query, q);
        RequireSame(nameof(gradients.Key), gradients.Key, k);
        RequireSame(nameof(gradients.Value), gradients.Value, v);
        if (!gradients.Bias.IsEmpty && gradients.Bias.Shape != options.Bias.Shape)
        {
            throw new ArgumentException($"Attention: the bias gradient has shape {gradients.Bias.Shape}, expected {options.Bias.Shape}.", nameof(gradients));
        }

        var gradBias = AttentionTable.InPlace(gradients.Bias);
        using Scratch room = Scratch.OfFloats(AttentionTable.RoomFor(options.Bias) + AttentionTable.RoomFor(options.Mask));
        VectorLoop.For(gradBias.IsEmpty ? checked(q.Batch * q.Heads) : gradBias.Count, new AttentionBackward
        {
            Q = q,
            K = k,
            V = v,
            Y = y,
            Bias = AttentionTable.Transposed(options.Bias, room.Floats),
            Mask = AttentionTable.Transposed(options.Mask, room.Floats + AttentionTable.RoomFor(options.Bias)),
            Scale = options.Scale,
            MaskedLogit = options.MaskedLogit,
            Statistics = statistics.Pointer,
            GradY = gradY,
            GradQ = gradients.Query,
            GradK = gradients.Key,
            GradV = gradients.Value,
            AddQ = gradients.AddsQuery,
            AddK = gradients.AddsKey,
            AddV = gradients.AddsValue,
            GradBias = gradBias,
        });
    }

    private static void Require(in AttentionHeads q, in AttentionHeads k, in AttentionHeads v, in AttentionOptions options, in AttentionHeads y)
    {
        bool fits = q.Batch == k.Batch && q.Heads == k.Heads && q.Width == k.Width && k.Batch == v.Batch && k.Heads == v.Heads && k.Rows == v.Rows && q.Width > 0 && v.Width > 0;
        if (!fits || y.Batch != q.Batch || y.Heads != q.Heads || y.Rows != q.Rows || y.Width != v.Width)
        {
            throw new ArgumentException($"Attention: q {q}, k {k}, v {v} and y {y} do not fit, expected [B, A, Nq, d], [B, A, Nk, d], [B, A, Nk, e] and [B, A, Nq, e].");
        }

        RequireTable(nameof(options.Bias), options.Bias, q, k);
        RequireTable(nameof(options.Mask), options.Mask, q, k);
        RequirePacked(options, q, k);
    }

    private static void RequirePacked(in AttentionOptions options, in AttentionHeads q, in AttentionHeads k)
    {
        if (options.PackedBias.IsEmpty)
        {
            return;
        }

        Shape shape = options.PackedBias.Shape;
        int stride = AttentionTable.PackedStride(q.Rows);
        bool fits = shape.Rank == 4 && shape[0] > 0 && q.Batch % shape[0] == 0 && (shape[1] == 1 || shape[1] == q.Heads) && shape[2] == k.Rows && shape[3] == stride;
        if (!fits || !options.Bias.IsEmpty)
        {
            throw new ArgumentException(
                $"Attention: PackedBias {shape}{(options.Bias.IsEmpty ? "" : " beside Bias")}, expected [a divisor of {q.Batch}, 1 or {q.Heads}, {k.Rows}, {stride}] alone.",
                nameof(options));
        }
    }

    private static void RequireTable(string argument, Tensor table, in AttentionHeads q, in AttentionHeads k)
    {
        if (table.IsEmpty)
        {
            return;
        }

        Shape shape = table.Shape;
        bool fits = shape.Rank == 4 && shape[0] > 0 && q.Batch % shape[0] == 0 && (shape[1] == 1 || shape[1] == q.Heads) && shape[2] == q.Rows && shape[3] == k.Rows;
        if (!fits)
        {
            throw new ArgumentException($"Attention: {argument} {shape}, expected [a divisor of {q.Batch}, 1 or {q.Heads}, {q.Rows}, {k.Rows}].", argument);
        }
    }

    private static void RequireStatistics(in AttentionHeads q, Tensor statistics, bool isOptional)
    {
        if ((!isOptional || !statistics.IsEmpty) && (statistics.IsEmpty || statistics.Shape != StatisticsShape(q)))
        {
            throw new ArgumentException($"Attention: statistics {(statistics.IsEmpty ? "none" : statistics.Shape)}, expected {StatisticsShape(q)}.", nameof(statistics));
        }
    }

    private static void RequireSame(string argument, in AttentionHeads gradient, in AttentionHeads of)
    {
        if (!gradient.IsEmpty && (gradient.Batch != of.Batch || gradient.Heads != of.Heads || gradient.Rows != of.Rows || gradient.Width != of.Width))
        {
            throw new ArgumentException($"Attention: the gradient {argument} is {gradient}, expected {of}.", argument);
        }
    }
}

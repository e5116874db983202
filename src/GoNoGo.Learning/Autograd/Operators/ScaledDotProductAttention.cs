using GoNoGo.Tensors;
using GoNoGo.Tensors.Kernels;
using Kernel = GoNoGo.Tensors.Kernels.ScaledDotProductAttention;

namespace GoNoGo.Learning.Autograd.Operators;

/// <summary>Scaled dot-product attention on separate queries, keys and values, or on a packed projection.</summary>
public static class ScaledDotProductAttentionOperator
{
    /// <summary>y = softmax(scale q k^T + bias, masked) v.</summary>
    /// <param name="q"><c>[B, A, Nq, d]</c>.</param>
    /// <param name="k"><c>[B, A, Nk, d]</c>.</param>
    /// <param name="v"><c>[B, A, Nk, e]</c>.</param>
    /// <param name="scale">Factor of the products, usually d^-0.5.</param>
    /// <param name="bias">Added to the scaled products, <c>[Bb, 1 or A, Nq, Nk]</c> where Bb divides B (item b uses b mod Bb); or none.</param>
    /// <param name="mask">Not 0 = attend, shaped like the bias; or none. It must live as long as the step.</param>
    /// <param name="maskedLogit">Negative infinity, or -float.MaxValue: see <see cref="AttentionOptions.MaskedLogit"/>.</param>
    /// <returns><c>[B, A, Nq, e]</c>.</returns>
    /// <exception cref="ArgumentException">The shapes do not fit together.</exception>
    public static Variable ScaledDotProductAttention(
        this Variable q, Variable k, Variable v, float scale, Variable bias = default, Tensor mask = default, float maskedLogit = float.NegativeInfinity)
    {
        Tape tape = q.Tape;
        Tensor y = tape.New(q.Shape.With(-1, v.Shape[-1]));
        AttentionHeads queries = AttentionHeads.Separate(q.Value);
        AttentionOptions options = Options(scale, bias, mask, maskedLogit);
        bool tracks = tape.Tracks(q, k, v) || (!bias.IsEmpty && tape.Tracks(bias));
        Tensor statistics = tracks ? tape.New(Kernel.StatisticsShape(queries)) : default;
        Kernel.Forward(queries, AttentionHeads.Separate(k.Value), AttentionHeads.Separate(v.Value), options, statistics, AttentionHeads.Separate(y));
        if (!tracks)
        {
            return tape.Constant(y);
        }

        SeparateNode node = tape.Rent<SeparateNode>();
        (node.Q, node.K, node.V, node.Bias, node.Options, node.Statistics, node.Y) = (q, k, v, bias, options, statistics, y);
        return tape.Emit(y, node);
    }

    /// <summary>Self-attention that reads queries, keys and values in place from a packed projection.</summary>
    /// <param name="qkv"><c>[B, N, 3 A d]</c>, row layout [3, heads, d]: all queries, then all keys, then all values.</param>
    /// <param name="heads">A.</param>
    /// <param name="scale">Factor of the products, usually d^-0.5.</param>
    /// <param name="bias">Added to the scaled products, <c>[Bb, 1 or A, N, N]</c> where Bb divides B (item b uses b mod Bb); or none.</param>
    /// <param name="mask">Not 0 = attend, shaped like the bias; or none. It must live as long as the step.</param>
    /// <param name="maskedLogit">Negative infinity, or -float.MaxValue: see <see cref="AttentionOptions.MaskedLogit"/>.</param>
    /// <returns><c>[B, N, A d]</c>: the heads side by side.</returns>
    /// <exception cref="ArgumentException">The shapes do not fit together.</exception>
    public static Variable SelfAttention(
        this Variable qkv, int heads, float scale, Variable bias = default, Tensor mask = default, float maskedLogit = float.NegativeInfinity)
    {
        Tape tape = qkv.Tape;
        AttentionHeads queries = AttentionHeads.Packed(qkv.Value, heads, 0);
        Tensor y = tape.New(qkv.Shape.With(-1, queries.Width * heads));
        AttentionOptions options = Options(scale, bias, mask, maskedLogit);
        bool tracks = tape.Tracks(qkv) || (!bias.IsEmpty && tape.Tracks(bias));
        Tensor statistics = tracks ? tape.New(Kernel.StatisticsShape(queries)) : default;
        Kernel.Forward(queries, AttentionHeads.Packed(qkv.Value, heads, 1), AttentionHeads.Packed(qkv.Value, heads, 2), options, statistics, AttentionHeads.Merged(y, heads));
        if (!tracks)
        {
            return tape.Constant(y);
        }

        PackedNode node = tape.Rent<PackedNode>();
        (node.Qkv, node.Heads, node.Bias, node.Options, node.Statistics, node.Y) = (qkv, heads, bias, options, statistics, y);
        return tape.Emit(y, node);
    }

    private static AttentionOptions Options(float scale, Variable bias, Tensor mask, float maskedLogit) =>
        new(scale) { Bias = bias.IsEmpty ? default : bias.Value, Mask = mask, MaskedLogit = maskedLogit };

    private sealed class SeparateNode : TapeNode
    {
        public Variable Q { get; set; }

        public Variable K { get; set; }

        public Variable V { get; set; }

        public Variable Bias { get; set; }

        public AttentionOptions Options { get; set; }

        public Tensor Statistics { get; set; }

        public Tensor Y { get; set; }

        public override void Backward(Tape tape, Tensor gradient)
        {
            // The same variable may stand in several places (q = k = v): each buffer is asked for once the one before is written.
            AttentionHeads gradQ = Destination(tape, Q, out bool addsQ);
            AttentionHeads gradK = Destination(tape, K, out bool addsK);
            AttentionHeads gradV = Destination(tape, V, out bool addsV);
            Kernel.Backward(
                AttentionHeads.Separate(Q.Value), AttentionHeads.Separate(K.Value), AttentionHeads.Separate(V.Value), AttentionHeads.Separate(Y),
                Options, Statistics, AttentionHeads.Separate(gradient),
                new AttentionGradients
                {
                    Query = gradQ,
                    Key = gradK,
                    Value = gradV,
                    AddsQuery = addsQ,
                    AddsKey = addsK,
                    AddsValue = addsV,
                    Bias = Bias.NeedsGradient ? tape.Accumulate(Bias) : default,
                });
        }

        private static AttentionHeads Destination(Tape tape, Variable input, out bool adds)
        {
            adds = false;
            if (!input.NeedsGradient)
            {
                return default;
            }

            Tensor gradient = tape.Accumulate(input, out bool overwrite);
            adds = !overwrite;
            return AttentionHeads.Separate(gradient);
        }
    }

    private sealed class PackedNode : TapeNode
    {
        public Variable Qkv { get; set; }

        public int Heads { get; set; }

        public Variable Bias { get; set; }

        public AttentionOptions Options { get; set; }

        public Tensor Statistics { get; set; }

        public Tensor Y { get; set; }

        public override void Backward(Tape tape, Tensor gradient)
        {
            Tensor qkv = Qkv.Value;
            bool overwrite = false;
            Tensor gradQkv = Qkv.NeedsGradient ? tape.Accumulate(Qkv, out overwrite) : default;
            Kernel.Backward(
                AttentionHeads.Packed(qkv, Heads, 0), AttentionHeads.Packed(qkv, Heads, 1), AttentionHeads.Packed(qkv, Heads, 2), AttentionHeads.Merged(Y, Heads),
                Options, Statistics, AttentionHeads.Merged(gradient, Heads),
                new AttentionGradients
                {
                    Query = gradQkv.IsEmpty ? default : AttentionHeads.Packed(gradQkv, Heads, 0),
                    Key = gradQkv.IsEmpty ? default : AttentionHeads.Packed(gradQkv, Heads, 1),
                    Value = gradQkv.IsEmpty ? default : AttentionHeads.Packed(gradQkv, Heads, 2),
                    AddsQuery = !overwrite,
                    AddsKey = !overwrite,
                    AddsValue = !overwrite,
                    Bias = Bias.NeedsGradient ? tape.Accumulate(Bias) : default,
                });
        }
    }
}

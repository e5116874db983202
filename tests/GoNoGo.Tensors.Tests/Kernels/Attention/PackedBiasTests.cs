using GoNoGo.Tensors.Kernels;
using GoNoGo.Tensors.Memory;
using GoNoGo.Testing;

namespace GoNoGo.Tensors.Tests.Kernels.Attention;

[Collection("vector width")]
public sealed class PackedBiasTests
{
    [Theory]
    [InlineData(1, 1, 3)]
    [InlineData(2, 3, 49)]
    [InlineData(4, 1, 50)]
    [InlineData(4, 3, 130)]
    public void A_packed_bias_gives_the_same_bits(int tableBatch, int tableHeads, int tokens)
    {
        ProcessSettings.ForEachWidth(_ =>
        {
            using var scope = new TensorScope();
            var table = new Shape(tableBatch, tableHeads, tokens, tokens);
            Tensor bias = scope.From([.. FormulaParameters.Input("bias", table.ElementCount).Select((b, i) => i % 5 == 4 ? -100f : b)], table);
            var shape = new Shape(4, tokens, 3 * 3 * 8);
            Tensor qkv = scope.From(FormulaParameters.Input("qkv", shape.ElementCount), shape);
            Tensor expected = scope.New(new Shape(4, tokens, 24));
            Tensor actual = scope.New(expected.Shape);

            Forward(qkv, new AttentionOptions(0.5f) { Bias = bias }, expected);
            Forward(qkv, new AttentionOptions(0.5f) { PackedBias = ScaledDotProductAttention.PackBias(bias, scope) }, actual);
            TensorAssert.SameBits(expected.Span, actual.Span);
        });
    }

    [Fact]
    public void A_packed_bias_stands_alone_and_fits()
    {
        using var scope = new TensorScope();
        Tensor bias = scope.Zeros(new Shape(1, 1, 5, 5));
        Tensor packed = ScaledDotProductAttention.PackBias(bias, scope);
        Tensor qkv = scope.Zeros(new Shape(1, 5, 24));
        Tensor y = scope.New(new Shape(1, 5, 8));
        Assert.Throws<ArgumentException>(() => Forward(qkv, new AttentionOptions(1f) { PackedBias = bias }, y));
        Assert.Throws<ArgumentException>(() => Forward(qkv, new AttentionOptions(1f) { PackedBias = packed, Bias = bias }, y));
        Assert.Throws<ArgumentException>(() => ScaledDotProductAttention.PackBias(qkv, scope));
    }

    private static void Forward(Tensor qkv, AttentionOptions options, Tensor y)
    {
        int heads = y.Shape[2] / 8;
        ScaledDotProductAttention.Forward(
            AttentionHeads.Packed(qkv, heads, 0), AttentionHeads.Packed(qkv, heads, 1), AttentionHeads.Packed(qkv, heads, 2), options, default, AttentionHeads.Merged(y, heads));
    }
}

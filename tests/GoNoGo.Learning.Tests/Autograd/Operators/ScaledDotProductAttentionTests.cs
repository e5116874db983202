using GoNoGo.Learning.Autograd;
using GoNoGo.Learning.Autograd.Operators;
using GoNoGo.Tensors;
using GoNoGo.Tensors.Memory;
using GoNoGo.Testing;
using GoNoGo.Testing.Reference;

namespace GoNoGo.Learning.Tests.Autograd.Operators;

[Collection("vector width")]
public sealed class ScaledDotProductAttentionTests
{
    [Theory]
    [InlineData("sdpa.plain")]
    [InlineData("sdpa.cross")]
    [InlineData("sdpa.n197")]
    [InlineData("sdpa.bias")]
    [InlineData("sdpa.mask")]
    public void Reference_cases(string name)
    {
        Goldens ops = Goldens.Open("golden/ops.safetensors");
        using var scope = new TensorScope();
        Tensor mask = ops.Contains(name + "/mask") ? scope.From([.. ops.Integers(name + "/mask").Select(m => (float)m)], new Shape(ops.Dimensions(name + "/mask"))) : default;
        string[] inputs = ops.Contains(name + "/bias") ? ["q", "k", "v", "bias"] : ["q", "k", "v"];
        OperatorGolden.Check(name, inputs, v => v[0].ScaledDotProductAttention(v[1], v[2], Scale(v[0].Shape[-1]), v.Length > 3 ? v[3] : default, mask));
    }

    [Theory]
    [InlineData(1, 1, 1, 1, 1, 1)]
    [InlineData(2, 3, 5, 7, 3, 6)]
    [InlineData(1, 1, 98, 51, 3, 2)]
    public void Gradients(int batch, int heads, int rows, int keys, int width, int valueWidth) => GradientCheck.Run(
        v => v[0].ScaledDotProductAttention(v[1], v[2], 0.7f),
        v => AttentionReference.Compute((batch, heads, rows, keys, width, valueWidth), v[0], v[1], v[2], 0.7f),
        [
            GradientInput.Random("q", new Shape(batch, heads, rows, width)),
            GradientInput.Random("k", new Shape(batch, heads, keys, width)),
            GradientInput.Random("v", new Shape(batch, heads, keys, valueWidth)),
        ]);

    [Theory]
    [InlineData(1, 3, 5)]
    [InlineData(2, 1, 5)]
    [InlineData(4, 3, 5)]
    public void Bias_and_mask_serve_several_batch_items_and_heads(int tableBatch, int tableHeads, int tokens)
    {
        ProcessSettings.ForEachWidth(_ =>
        {
            foreach (bool isUniform in (bool[])[false, true])
            {
                using var scope = new TensorScope();
                var shape = new Shape(tableBatch, tableHeads, tokens, tokens);
                // About a third masked, and one row of every matrix wholly.
                float[] permissions = [.. FormulaParameters.Input("mask", shape.ElementCount).Select((u, i) => u < -0.4f || i / tokens % tokens == 2 ? 0f : 1f)];
                Tensor mask = scope.From(permissions, shape);
                GradientCheck.Run(
                    v => v[0].ScaledDotProductAttention(v[1], v[2], 0.5f, v[3], mask, isUniform ? -float.MaxValue : float.NegativeInfinity),
                    v => AttentionReference.Compute((4, 3, tokens, tokens, 2, 3), v[0], v[1], v[2], 0.5f, v[3], TensorAssert.Widen(permissions), (tableBatch, tableHeads), isUniform),
                    [
                        GradientInput.Random("q", new Shape(4, 3, tokens, 2)),
                        GradientInput.Random("k", new Shape(4, 3, tokens, 2)),
                        GradientInput.Random("v", new Shape(4, 3, tokens, 3)),
                        GradientInput.Random("bias", shape),
                    ]);
            }
        });
    }

    [Theory]
    [InlineData(2, 5, 3, 4)]
    [InlineData(1, 130, 2, 16)]
    [InlineData(3, 65, 2, 8)]
    public void A_packed_projection_gives_what_separate_tensors_give(int batch, int tokens, int heads, int width)
    {
        ProcessSettings.ForEachWidth(_ =>
        {
            var shape = new Shape(batch, tokens, 3 * heads * width);
            float[] values = FormulaParameters.Input("qkv", shape.ElementCount);
            float[] seed = FormulaParameters.Input("dy", (long)batch * tokens * heads * width);
            using var tape = new Tape();
            Variable packed = tape.Input(tape.Scope.From(values, shape));
            Variable inPlace = packed.SelfAttention(heads, Scale(width));
            tape.Backward(inPlace, tape.Scope.From(seed, inPlace.Shape));

            using var other = new Tape();
            Variable source = other.Input(other.Scope.From(values, shape));
            Variable parts = source.Reshape(new Shape(batch, tokens, 3, heads, width)).Permute(2, 0, 3, 1, 4);
            Variable Part(int part) => parts.Slice(0, part, part + 1).Reshape(new Shape(batch, heads, tokens, width));
            Variable apart = Part(0).ScaledDotProductAttention(Part(1), Part(2), Scale(width)).Permute(0, 2, 1, 3).Reshape(inPlace.Shape);
            other.Backward(apart, other.Scope.From(seed, apart.Shape));

            TensorAssert.SameBits(apart.Value.Span, inPlace.Value.Span);
            TensorAssert.SameBits(source.Gradient.Span, packed.Gradient.Span);
        });
    }

    [Fact]
    public void One_variable_as_query_key_and_value_gets_all_three_gradients() => GradientCheck.Run(
        v => v[0].ScaledDotProductAttention(v[0], v[0], 0.3f),
        v => AttentionReference.Compute((2, 1, 9, 9, 4, 4), v[0], v[0], v[0], 0.3f),
        [GradientInput.Random("x", new Shape(2, 1, 9, 4))]);

    [Fact]
    public void Large_logits_do_not_overflow()
    {
        using var tape = new Tape();
        Variable q = tape.Input(tape.Scope.From([1000, -1000], new Shape(1, 1, 2, 1)));
        Variable k = tape.Input(tape.Scope.From([1000, -1000, 1000], new Shape(1, 1, 3, 1)));
        Variable v = tape.Input(tape.Scope.From([1, 2, 3], new Shape(1, 1, 3, 1)));
        Variable y = q.ScaledDotProductAttention(k, v, 1f);
        tape.Backward(y, tape.Scope.From([1, 1], y.Shape));
        Assert.Equal([2f, 2f], y.Value.ToArray());
        Assert.All(q.Gradient.ToArray(), g => Assert.True(float.IsFinite(g)));
    }

    [Fact]
    public void The_number_of_threads_changes_no_bit_and_a_steady_loop_allocates_nothing()
    {
        float[] values = FormulaParameters.Input("qkv", 4 * 130 * 3 * 48);
        float[]? first = null;
        foreach (int threads in (int[])[1, 2, 3])
        {
            using IDisposable setting = ProcessSettings.Threads(threads);
            using var scope = new TensorScope();
            using var tape = new Tape();
            Tensor qkv = scope.From(values, new Shape(4, 130, 3 * 48));
            Tensor seed = scope.From(values.AsSpan(0, 4 * 130 * 48), new Shape(4, 130, 48));
            float[]? gradient = null;
            void Step(bool keeps)
            {
                Variable x = tape.Input(qkv);
                tape.Backward(x.SelfAttention(3, 0.25f), seed);
                gradient = keeps ? x.Gradient.ToArray() : null;
                tape.Reset();
            }

            Assert.Equal(0, SteadyAllocation.Of(warmUp: 40, calls: 1, () => Step(keeps: false)));
            Step(keeps: true);
            first ??= gradient;
            TensorAssert.SameBits(first, gradient, $"{threads} threads");
        }
    }

    [Fact]
    public void Wrong_shapes_are_named()
    {
        using var tape = new Tape();
        Variable q = tape.Constant(tape.Scope.Zeros(new Shape(2, 3, 5, 4)));
        Variable k = tape.Constant(tape.Scope.Zeros(new Shape(2, 3, 6, 5)));
        Assert.Contains("[2, 3, 6, 5]", Assert.Throws<ArgumentException>(() => q.ScaledDotProductAttention(k, k, 1)).Message, StringComparison.Ordinal);
        Assert.Contains("Bias", Assert.Throws<ArgumentException>(() => q.ScaledDotProductAttention(q, q, 1, q)).Message, StringComparison.Ordinal);
        Assert.Contains("Mask", Assert.Throws<ArgumentException>(() => q.ScaledDotProductAttention(q, q, 1, mask: tape.Scope.Zeros(new Shape(3, 1, 5, 5)))).Message, StringComparison.Ordinal);
        Variable packed = tape.Constant(tape.Scope.Zeros(new Shape(2, 5, 20)));
        Assert.Contains("3 * 4 * d", Assert.Throws<ArgumentException>(() => packed.SelfAttention(4, 1)).Message, StringComparison.Ordinal);
    }

    private static float Scale(int width) => (float)Math.Pow(width, -0.5);
}

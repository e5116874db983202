using System.Text.Json;
using GoNoGo.Learning.Autograd.Operators;
using GoNoGo.Tensors;
using GoNoGo.Tensors.Kernels;
using GoNoGo.Testing;

namespace GoNoGo.Learning.Tests.Autograd.Operators;

/// <summary>Reshape, permute, slice, concat, gather, pad, roll, linear and matrix product against the reference data.</summary>
[Collection("vector width")]
public sealed class StructuralGoldenTests
{
    private static Goldens Ops => Goldens.Open("golden/ops.safetensors");

    [Fact]
    public void Reshape() => OperatorGolden.Check("reshape", ["x"], v => v[0].Permute(0, 2, 3, 1).Reshape(new Shape(2, 20, 3)));

    [Fact]
    public void Permute() => OperatorGolden.Check("permute", ["x"], v => v[0].Permute(2, 0, 3, 1));

    [Fact]
    public void Slice() => OperatorGolden.Check("slice", ["x"], v => v[0].Slice(AxisRange.All, AxisRange.From(1), new AxisRange(0, int.MaxValue, 2), new AxisRange(1, 3)));

    [Fact]
    public void Concat() => OperatorGolden.Check("concat", ["a", "b", "c"], v => ConcatOperator.Concat(1, v));

    [Fact]
    public void Roll() => OperatorGolden.Check("roll", ["x"], v => v[0].Roll(2, -2, 3));

    [Theory]
    [InlineData("gather.rows", 0)]
    [InlineData("gather.channel_perm", 1)]
    public void IndexSelect(string name, int axis) => OperatorGolden.Check(name, ["x"], v => v[0].IndexSelect(axis, Index(name)));

    [Fact]
    public void Gather() => OperatorGolden.Check("gather.dim1", ["x"], v => v[0].Gather(1, Index("gather.dim1"), 8));

    [Theory]
    [InlineData("pad.constant", PadMode.Constant)]
    [InlineData("pad.crop", PadMode.Constant)]
    [InlineData("pad.reflect", PadMode.Reflect)]
    [InlineData("pad.replicate", PadMode.Replicate)]
    public void Pad(string name, PadMode mode)
    {
        JsonElement attributes = Ops.Case(name);
        int[] widths = [.. attributes.GetProperty("pad").EnumerateArray().Select(w => w.GetInt32())];
        float value = attributes.TryGetProperty("value", out JsonElement given) ? given.GetSingle() : 0f;
        OperatorGolden.Check(name, ["x"], v => mode == PadMode.Constant ? v[0].Pad(value, widths) : v[0].Pad(mode, widths));
    }

    [Theory]
    [InlineData("linear.a")]
    [InlineData("linear.b")]
    [InlineData("linear.nobias")]
    [InlineData("linear.one")]
    public void Linear(string name) =>
        OperatorGolden.Check(
            name,
            Ops.Contains(name + "/bias") ? ["x", "weight", "bias"] : ["x", "weight"],
            v => v[0].Linear(v[1], v.Length > 2 ? v[2] : default));

    [Theory]
    [InlineData("matmul.2d")]
    [InlineData("matmul.batched")]
    [InlineData("matmul.broadcast")]
    [InlineData("matmul.vec")]
    public void MatMul(string name) => OperatorGolden.Check(name, ["a", "b"], v => v[0].MatMul(v[1]));

    private static int[] Index(string name) => Array.ConvertAll(Ops.Integers(name + "/index"), i => checked((int)i));
}

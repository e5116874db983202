using System.Globalization;
using GoNoGo.Tensors;
using GoNoGo.Testing;

namespace GoNoGo.Learning.Tests.Testing;

public sealed class FormulaParametersTests
{
    [Fact]
    public void Check_values()
    {
        Assert.Equal(0xcbf29ce484222325, FormulaParameters.Hash(""));
        Assert.Equal(0x1ebbae8f5810b65bUL, FormulaParameters.Hash("input"));
        Assert.Equal(0xb8eed840ed199670, FormulaParameters.Hash("blocks.0.attn.qkv.weight"));
        Assert.Equal([-0.8043633699417114f, 0.3930482864379883f, -0.14753389358520508f, -0.3008183240890503f], FormulaParameters.Input("input", 4));
        Assert.Equal([0.9989063739776611f, -0.2660280466079712f, -0.8644974231719971f, -0.23275792598724365f], FormulaParameters.Input("input", 4, seed: 7));
        Assert.Equal([0.46731603145599365f, 0.30170738697052f, -0.19415640830993652f, -0.4095529317855835f], FormulaParameters.Input("blocks.0.attn.qkv.weight", 4));
    }

    [Theory]
    [InlineData("tiny_vit")]
    [InlineData("tiny_swin")]
    [InlineData("tiny_resnet")]
    [InlineData("tiny_efficientformer")]
    [InlineData("vtadl_vt_ae")]
    public void Whole_networks(string model)
    {
        string[] lines = File.ReadAllLines(SharedFolder.RequireFile($"golden/params_{model}.csv"));
        int checkedTensors = 0;
        foreach (string[] cells in lines.Skip(1).Select(line => line.Split(',')))
        {
            FormulaKind kind = FormulaParameters.KindOf(cells[4]);
            if (kind == FormulaKind.Ignored)
            {
                continue;
            }

            int[] dimensions = cells[2] == "scalar" ? [] : Array.ConvertAll(cells[2].Split('x'), d => int.Parse(d, CultureInfo.InvariantCulture));
            if (kind is not FormulaKind.TransposedConvolutionWeight && !(kind == FormulaKind.NormWeight && dimensions.Length > 1))
            {
                Assert.Equal(kind, FormulaParameters.KindOf(cells[0], dimensions.Length));
            }

            float[] values = FormulaParameters.Values(cells[0], new Shape(dimensions), kind);
            Assert.Equal(Number(cells[6]), (double)values[0]);
            Assert.Equal(Number(cells[7]), (double)values[^1]);
            double sum = values.Sum(value => (double)value);
            Assert.Equal(Number(cells[8]), sum, 1e-9 * Math.Max(1, Math.Abs(sum)));
            checkedTensors++;
        }

        Assert.True(checkedTensors > 20);
    }

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);
}

using GoNoGo.Detection.Backbones;
using GoNoGo.Detection.Backbones.Vit;
using GoNoGo.Learning.Autograd;
using GoNoGo.Learning.Graphs.Execution;
using GoNoGo.Learning.Graphs.Inference;
using GoNoGo.Learning.Layers;
using GoNoGo.Tensors;
using GoNoGo.Tensors.Memory;
using GoNoGo.Testing;
using Xunit;

namespace GoNoGo.Detection.Tests.Backbones.Vit;

/// <summary>Input sizes and levels of the vision transformers.</summary>
public sealed class VitTests
{
    private static readonly VitSettings Tiny = new("tiny", 24, 3, 3) { Patch = 8, TrainedSize = 32, IsDistilled = true, Classes = 5 };

    [Fact]
    public void AnInputOfAnotherSizeResamplesThePositions()
    {
        Backbone backbone = VitFamily.Create(Tiny, new BackboneOptions { InputSize = 56 });
        using var scope = new TensorScope();
        using var tape = new Tape(records: false);
        Tensor input = BackboneGolden.Input(new Shape(1, 3, 56, 56), scope);
        using InferencePlan plan = backbone.Compile(["pos_drop", "@prefix"], BackboneGolden.Formula(scope));
        Tensor[] inferred = plan.Run(input, scope);
        var executor = new TapeExecutor(backbone.Graph, ["pos_drop"], BackboneGolden.Formula(scope));
        TensorAssert.Close(executor.Run(tape.Constant(input))[0].Value.ToArray(), inferred[0].ToArray(), 1e-6);

        // 2 + 4 x 4 rows become 2 + 7 x 7: the first two as they are, the others by bicubic resampling at pixel centres with a = -0.75.
        float[] table = FormulaParameters.Values("pos_embed", new Shape(1, 18, 24));
        double[] added = [.. inferred[0].ToArray().Zip(inferred[1].ToArray(), (sum, token) => (double)sum - token)];
        for (int i = 0; i < added.Length; i++)
        {
            (int row, int d) = (i / 24, i % 24);
            double expected = row < 2 ? table[(row * 24) + d] : Bicubic((y, x) => table[((2 + (y * 4) + x) * 24) + d], (row - 2) / 7, (row - 2) % 7, 4, 7);
            Assert.True(Math.Abs(expected - added[i]) < 1e-6, $"row {row}, feature {d}: {expected} expected, got {added[i]}");
        }
    }

    [Fact]
    public void RefusesSizesThatDoNotFit()
    {
        BackboneException exception = Assert.Throws<BackboneException>(() => BackboneCatalog.Create("deit-base", new BackboneOptions { InputSize = 225 }));
        Assert.Contains("multiples of 16", exception.Message, StringComparison.Ordinal);
        using var scope = new TensorScope();
        using InferencePlan plan = VitFamily.Create(Tiny).Compile(["last"], WeightSource.Fresh(scope, 1));
        ArgumentException mismatch = Assert.Throws<ArgumentException>(() => plan.Run(scope.New(new Shape(1, 3, 40, 40)), scope));
        Assert.Contains("[B, 3, 32, 32]", mismatch.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ALevelNeedsNoWeightsBeyondIt()
    {
        Backbone backbone = VitFamily.Create(Tiny);
        Assert.DoesNotContain(backbone.RequiredParameters("block1"), parameter => parameter.Name.StartsWith("blocks.2", StringComparison.Ordinal) || parameter.Name.StartsWith("head", StringComparison.Ordinal));
        Assert.Contains(backbone.RequiredParameters("block1"), parameter => parameter.Name == "norm.weight");
    }

    private static double Bicubic(Func<int, int, double> value, int row, int column, int from, int to)
    {
        double sum = 0;
        double y = ((row + 0.5) * from / to) - 0.5;
        double x = ((column + 0.5) * from / to) - 0.5;
        for (int i = -1; i <= 2; i++)
        {
            for (int j = -1; j <= 2; j++)
            {
                (int top, int left) = ((int)Math.Floor(y), (int)Math.Floor(x));
                double weight = Cubic(y - (top + i)) * Cubic(x - (left + j));
                sum += weight * value(Math.Clamp(top + i, 0, from - 1), Math.Clamp(left + j, 0, from - 1));
            }
        }

        return sum;
    }

    private static double Cubic(double t)
    {
        const double a = -0.75;
        t = Math.Abs(t);
        return t <= 1 ? ((((a + 2) * t) - (a + 3)) * t * t) + 1 : t < 2 ? a * ((((t - 5) * t) + 8) * t - 4) : 0;
    }
}

using GoNoGo.Tensors.Kernels.Distances;
using GoNoGo.Tensors.Memory;
using GoNoGo.Tensors.Random;
using GoNoGo.Testing;
using GoNoGo.Testing.Reference;
using Xunit;

namespace GoNoGo.Tensors.Tests.Kernels;

[Collection("vector width")]
public sealed class FarthestFirstTests
{
    [Theory]
    [InlineData(1, 1, 3)]
    [InlineData(50, 50, 4)]
    [InlineData(300, 299, 130)]
    [InlineData(5000, 1400, 20)]
    public void TheChoiceIsThatOfComparingAllAndOfEqualsTheFirst(int count, int wanted, int width)
    {
        // Whole numbers: all distances are exact, and many are equal.
        using var scope = new TensorScope();
        Tensor rows = scope.New(new Shape(count, width));
        new RandomStream(3, "rows").FillNormal(0, 1.5, rows);
        foreach (ref float value in rows.Span)
        {
            value = MathF.Round(value);
        }

        int[] expected = ComparingAll(rows, count / 2, wanted);
        ProcessSettings.ForEachWidth(_ =>
        {
            foreach (int threads in (int[])[1, 3])
            {
                using IDisposable setting = ProcessSettings.Threads(threads);
                Assert.Equal(expected, FarthestFirst.Choose(rows, count / 2, wanted));
            }
        });
    }

    [Fact]
    public void TheChoiceEndsWhereNothingIsLeft()
    {
        using var scope = new TensorScope();
        Tensor rows = scope.Zeros(new Shape(10, 3));
        rows[7].Span.Fill(2);
        Assert.Equal([3, 7], FarthestFirst.Choose(rows, 3, 10));
        Assert.Equal([0], FarthestFirst.Choose(scope.Zeros(new Shape(3000, 2)), 0, 3000));
    }

    [Fact]
    public void VectorsThatHoldNaNOrInfinityEndTheChoiceToo()
    {
        using var scope = new TensorScope();
        Tensor rows = scope.Zeros(new Shape(2000, 5));
        new RandomStream(3, "rows").FillNormal(0, 1, rows);
        rows[1200].Span[3] = float.NaN;
        rows[1300].Span[3] = float.PositiveInfinity;
        Assert.Equal(600, FarthestFirst.Choose(rows, 0, 600).Length);
    }

    [Theory]
    [InlineData(1e-22f)] // squares below the normal floats
    [InlineData(1f)]
    [InlineData(1e18f)]
    public void AFewFarVectorsAndAnyScaleLeaveTheChoiceAsItIs(float scale)
    {
        using var scope = new TensorScope();
        Tensor rows = scope.Zeros(new Shape(4000, 3));
        Tensor picked = rows.Slice(0, 3000);
        new RandomStream(3, "rows").FillNormal(0, 1.5, picked);
        foreach (ref float value in rows.Span)
        {
            value = MathF.Round(value);
        }

        // Nearly all distances are then below a thousandth of the largest.
        rows[3999].Span.Fill(1000);
        int[] expected = ComparingAll(rows, 5, 300);
        foreach (ref float value in rows.Span)
        {
            value *= scale;
        }

        int[] chosen = FarthestFirst.Choose(rows, 5, 300);
        if (scale == 1)
        {
            Assert.Equal(expected, chosen);
        }
        else
        {
            // Scaled numbers are rounded: equally far ones may change places.
            Assert.Equal(3999, chosen[1]);
            Assert.Equal(expected.Length, chosen.Distinct().Count());
        }
    }

    private static int[] ComparingAll(Tensor rows, int first, int wanted)
    {
        var nearest = new double[rows.Shape[0]];
        Array.Fill(nearest, double.PositiveInfinity);
        var chosen = new List<int> { first };
        while (chosen.Count < wanted)
        {
            ReadOnlySpan<float> centre = rows[chosen[^1]].Span;
            int best = 0;
            for (int i = 0; i < nearest.Length; i++)
            {
                nearest[i] = Math.Min(nearest[i], ReferenceDistance.Squared(rows[i].Span, centre));
                best = nearest[i] > nearest[best] ? i : best;
            }

            if (nearest[best] == 0)
            {
                break;
            }

            chosen.Add(best);
        }

        return [.. chosen];
    }
}

using GoNoGo.Detection.Detectors.Flow;
using GoNoGo.Tensors;
using GoNoGo.Tensors.Memory;
using Xunit;

namespace GoNoGo.Detection.Tests.Detectors;

public sealed class PositionScaleTests
{
    /// <summary>Against sums in two passes; batches of different sizes, numbers that lie far from zero and close together.</summary>
    [Fact]
    public void MeansAndDeviationsAreThoseOfTwoPasses()
    {
        using var scope = new TensorScope();
        Tensor scores = scope.New(new Shape(5, 1, 2));
        float[] values = [-9000.5f, 3, -9000.25f, 3.5f, -9001, 2, -9000.75f, 3, -9000, 4];
        values.CopyTo(scores.Span);
        PositionScale scale = Made(scope, scores.Slice(0, 2), scores.Slice(2, 3));
        double[] means = [-9000.5, 3.1];
        double[] spreads = new double[2];
        for (int i = 0; i < values.Length; i++)
        {
            spreads[i % 2] += Math.Pow(values[i] - means[i % 2], 2);
        }

        double common = spreads.Average() / 4;
        for (int p = 0; p < 2; p++)
        {
            double deviation = Math.Sqrt((spreads[p] + (PositionScale.Prior * common)) / (4 + PositionScale.Prior));
            Assert.Equal(2.0, scale.Of(p, (float)(means[p] + (2 * deviation))), 1e-3);
            Assert.Equal(0.0, scale.Of(p, (float)means[p]), 1e-3);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void PicturesThatDoNotDifferLeaveTheUnit(int count)
    {
        using var scope = new TensorScope();
        Tensor scores = scope.New(new Shape(count, 1, 2));
        scores.Span.Fill(7);
        Assert.Equal(2, Made(scope, scores).Of(1, 9));
    }

    private static PositionScale Made(TensorScope scope, params Tensor[] batches)
    {
        var scale = new PositionScale(scope.New(new Shape(1, 2)), scope.New(new Shape(1, 2)));
        foreach (Tensor batch in batches)
        {
            scale.Add(batch);
        }

        scale.End();
        return scale;
    }
}

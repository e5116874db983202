using GoNoGo.Detection.Backbones;
using GoNoGo.Detection.Features;
using GoNoGo.Tensors;
using GoNoGo.Tensors.Memory;
using Xunit;

namespace GoNoGo.Detection.Tests.Features;

public sealed class PatchStackTests
{
    /// <summary>The published PatchCore averages over the padded map; leaving the outside out costs image AUROC where borders differ.</summary>
    [Fact]
    public void What_is_outside_of_the_map_counts_as_zeros()
    {
        using var scope = new TensorScope();
        FeatureLevel level = new("level", 1, 16, 3, 4, FeatureLayout.Maps);
        Tensor maps = scope.New(new Shape(1, 1, 3, 4));
        maps.Span.Fill(9);
        Tensor rows = scope.New(new Shape(12, 1));
        new PatchStack([level], 3).Run([maps], scope, rows);
        float[] expected = [4, 6, 6, 4, 6, 9, 9, 6, 4, 6, 6, 4];
        Assert.Equal(expected, rows.ToArray(), (a, b) => Math.Abs(a - b) < 1e-5f);
    }
}

using GoNoGo.Detection.Detectors;
using GoNoGo.Detection.Models;
using GoNoGo.Tensors;
using GoNoGo.Tensors.Memory;
using Xunit;

namespace GoNoGo.Detection.Tests.Detectors;

/// <summary>What every detector that fits in one pass over features does.</summary>
public sealed class FeatureFitTests
{
    [Theory]
    [InlineData("padim")]
    [InlineData("gmm-em")]
    [InlineData("patchcore")]
    public void FeaturesThatAreNoNumbersAreRefused(string id)
    {
        using var scope = new TensorScope();
        using IDetector detector = TinyDetector.Create(id);
        Tensor pictures = scope.New(new Shape(2, 3, 64, 64));
        pictures.Span.Fill(float.NaN);
        ModelException exception = Assert.Throws<ModelException>(() => detector.Fit(pictures));
        Assert.Contains("no numbers", exception.Message, StringComparison.Ordinal);
    }
}

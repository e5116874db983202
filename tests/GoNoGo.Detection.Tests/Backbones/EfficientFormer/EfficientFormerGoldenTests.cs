using GoNoGo.Detection.Backbones;
using GoNoGo.Detection.Backbones.EfficientFormer;
using GoNoGo.Testing;
using Xunit;

namespace GoNoGo.Detection.Tests.Backbones.EfficientFormer;

/// <summary>The EfficientFormers against the reference: tiny with every activation and gradient, and full size.</summary>
[Collection("vector width")]
public sealed class EfficientFormerGoldenTests
{
    private static readonly EfficientFormerSettings Tiny = new("tiny", [4, 6, 8, 24], [1, 1, 2, 2], 1) { Classes = 5 };

    [Fact]
    public void TinyActivationsAtEveryWidth() => ProcessSettings.ForEachWidth(_ =>
        BackboneGolden.CheckActivations(EfficientFormerFamily.Create(Tiny).Graph, "efficientformer", 1, without: path => false));

    [Fact]
    public void FullSize()
    {
        Goldens goldens = Goldens.Open("golden/backbones.safetensors");
        string[] outputs = ["stem", "stage0", "stage1", "stage2", "stages", "last", "pooled", "logits"];
        string[] names = ["stem", "stage0", "stage1", "stage2", "tokens_before_norm", "tokens", "pooled", "logits"];
        BackboneGolden.RunBoth(BackboneCatalog.Create("efficientformer-l3").Graph, outputs, (_, results) =>
        {
            for (int i = 0; i < names.Length; i++)
            {
                TensorAssert.Close(goldens["efficientformer_l3/" + names[i]], results[i], BackboneGolden.Limit);
            }
        });
    }

    [Fact]
    public void ParameterCounts() => BackboneGolden.CheckParameters("efficientformer-l3", "efficientformer_l3", "params_efficientformer_l3.csv");

    [Fact]
    public void RefusesOtherSizes()
    {
        BackboneException exception = Assert.Throws<BackboneException>(() => BackboneCatalog.Create("efficientformer-l1", new BackboneOptions { InputSize = 256 }));
        Assert.Contains("224 x 224 only", exception.Message, StringComparison.Ordinal);
    }
}

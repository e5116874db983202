using GoNoGo.Detection.Backbones;
using GoNoGo.Detection.Backbones.Swin;
using GoNoGo.Testing;
using Xunit;

namespace GoNoGo.Detection.Tests.Backbones.Swin;

/// <summary>The shifted-window transformers against the reference: tiny with every activation and gradient, padded windows, full size.</summary>
[Collection("vector width")]
public sealed class SwinGoldenTests
{
    private static readonly SwinSettings Tiny = new("tiny", 12, [2, 2], [2, 4], 7) { TrainedSize = 56, MlpRatio = 2 };
    private static readonly SwinSettings Padded = new("padded", 8, [2], [2], 4) { TrainedSize = 40, MlpRatio = 2 };

    [Fact]
    public void TinyActivationsAtEveryWidth() => ProcessSettings.ForEachWidth(_ =>
        BackboneGolden.CheckActivations(SwinFamily.Create(Tiny).Graph, "swin", 1, IsAttentionMatrix));

    [Fact]
    public void TinyGradientsAtEveryWidth() => ProcessSettings.ForEachWidth(_ =>
        BackboneGolden.CheckGradients(SwinFamily.Create(Tiny).Graph, "swin", "norm", 1));

    [Fact]
    public void PaddedActivationsAtEveryWidth() => ProcessSettings.ForEachWidth(_ =>
        BackboneGolden.CheckActivations(SwinFamily.Create(Padded).Graph, "swin_padded", 1, IsAttentionMatrix));

    [Fact]
    public void PaddedGradientsAtEveryWidth() => ProcessSettings.ForEachWidth(_ =>
        BackboneGolden.CheckGradients(SwinFamily.Create(Padded).Graph, "swin_padded", "norm", 1));

    [Fact]
    public void FullSize()
    {
        Goldens goldens = Goldens.Open("golden/backbones.safetensors");
        string[] outputs = ["patch_embed", "layers.0.blocks.0", "layers.0.blocks.1", "layers.0", "layers.1", "layers.2", "layers.3", "last", "pooled"];
        string[] names = ["patch_embed", "layer0_block0", "layer0_block1_shifted", "layer0", "layer1", "layer2", "layer3", "tokens", "pooled"];
        BackboneGolden.RunBoth(BackboneCatalog.Create("esvit-tiny").Graph, outputs, (_, results) =>
        {
            for (int i = 0; i < names.Length; i++)
            {
                TensorAssert.Close(goldens["esvit/" + names[i]], results[i], BackboneGolden.Limit);
            }
        });
    }

    [Fact]
    public void FullSizeWithTheEpsilonOfPaperA()
    {
        Goldens goldens = Goldens.Open("golden/backbones.safetensors");
        Backbone backbone = BackboneCatalog.Create("esvit-tiny", new BackboneOptions { NormEpsilon = 1e-5f });
        BackboneGolden.RunBoth(backbone.Graph, ["last", "pooled"], (_, results) =>
        {
            TensorAssert.Close(goldens["esvit_vitad_eps1e-5/tokens"], results[0], BackboneGolden.Limit);
            TensorAssert.Close(goldens["esvit_vitad_eps1e-5/pooled"], results[1], BackboneGolden.Limit);
        });
    }

    [Fact]
    public void ParameterCounts()
    {
        BackboneGolden.CheckParameters("esvit-tiny", null, "params_esvit_swin_tiny_w14.csv");
        Assert.Equal(27_569_754, BackboneGolden.Count(BackboneCatalog.Create("esvit-tiny"), Backbone.LastLevel));
        Assert.Equal(27_519_354, BackboneGolden.Count(BackboneCatalog.Create("esvit-tiny-w7"), Backbone.LastLevel));
    }

    [Fact]
    public void RefusesSizesWhoseWindowsWereNotTrained()
    {
        BackboneException exception = Assert.Throws<BackboneException>(() => BackboneCatalog.Create("esvit-tiny", new BackboneOptions { InputSize = 448 }));
        Assert.Contains("224", exception.Message, StringComparison.Ordinal);
        Assert.Equal(448, BackboneCatalog.Create("esvit-tiny-w7", new BackboneOptions { InputSize = 448 }).InputSize);
    }

    /// <summary>Fused attention never forms the matrix that the reference returns beside its result.</summary>
    private static bool IsAttentionMatrix(string path) => path.EndsWith("#1", StringComparison.Ordinal) || path.EndsWith(".softmax", StringComparison.Ordinal);
}

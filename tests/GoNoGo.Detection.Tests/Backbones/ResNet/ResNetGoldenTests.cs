using GoNoGo.Detection.Backbones;
using GoNoGo.Detection.Backbones.ResNet;
using GoNoGo.Learning.Graphs.Inference;
using GoNoGo.Learning.Layers;
using GoNoGo.Tensors;
using GoNoGo.Tensors.Formats.Safetensors;
using GoNoGo.Tensors.Memory;
using GoNoGo.Testing;
using Xunit;

namespace GoNoGo.Detection.Tests.Backbones.ResNet;

/// <summary>The residual networks against the reference: tiny with every activation and gradient, full size, and with real weights.</summary>
[Collection("vector width")]
public sealed class ResNetGoldenTests
{
    private static readonly ResNetSettings Tiny = new("tiny", [1, 1, 1, 1], true) { TrainedSize = 24, Classes = 5 };

    [Fact]
    public void TinyActivationsAtEveryWidth() => ProcessSettings.ForEachWidth(_ =>
        BackboneGolden.CheckActivations(ResNetFamily.Create(Tiny).Graph, "resnet", 1, without: path => false, overwritten: InPlace));

    [Fact]
    public void FullSize()
    {
        Goldens goldens = Goldens.Open("golden/backbones.safetensors");
        string[] outputs = ["maxpool", "layer1", "layer2", "layer3", "layer4", "global_pool", "logits"];
        string[] names = ["stem", "layer1", "layer2", "layer3", "layer4", "pooled", "logits"];
        BackboneGolden.RunBoth(BackboneCatalog.Create("resnet50").Graph, outputs, (_, results) =>
        {
            for (int i = 0; i < names.Length; i++)
            {
                TensorAssert.Close(goldens["resnet50/" + names[i]], results[i], BackboneGolden.Limit);
            }
        });
    }

    [Fact]
    public void RealWeightsOnRealPictures()
    {
        Goldens goldens = Goldens.Open("golden/real_features.safetensors");
        using var reader = SafetensorsReader.Open(SharedFolder.RequireFile("weights/resnet18-layer1-3.safetensors"), memoryMapped: true);
        Backbone backbone = BackboneCatalog.Create("resnet18");
        using var scope = new TensorScope();
        WeightSource source = WeightSource.FromFile(scope, reader);
        using InferencePlan plan = backbone.Compile(["layer1", "layer2", "layer3"], source);
        source.CheckAllUsed(backbone.IsIgnorable);
        foreach (string picture in (string[])["p0", "p1"])
        {
            Tensor[] features = plan.Run(goldens.Tensor($"{picture}/preprocessed", scope), scope);
            for (int layer = 1; layer <= 3; layer++)
            {
                GoldenTensor expected = goldens[$"{picture}/resnet18_layer{layer}"];
                TensorAssert.Close(expected.Values, expected.Sample(features[layer - 1].Span), BackboneGolden.Limit, expected.Name);
            }
        }
    }

    [Fact]
    public void ParameterCounts() => BackboneGolden.CheckParameters("resnet50", "resnet50", "params_resnet50.csv");

    [Theory]
    [InlineData("resnet18", 11_689_512)]
    [InlineData("resnet34", 21_797_672)]
    [InlineData("wide-resnet50-2", 68_883_240)]
    public void OtherVariantsHaveTheirPublishedCounts(string id, long count) =>
        Assert.Equal(count, BackboneGolden.Count(BackboneCatalog.Create(id), Backbone.LastLevel, Backbone.Logits));

    /// <summary>The reference's ReLU writes over the result of the batch norm before it: <c>bn2</c> was stored as <c>act2</c>.</summary>
    private static string InPlace(string path)
    {
        int at = path.LastIndexOf("bn", StringComparison.Ordinal);
        return at < 0 ? path : path[..at] + "act" + path[(at + 2)..];
    }
}

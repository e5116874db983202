using GoNoGo.Detection.Backbones;
using GoNoGo.Detection.Backbones.EfficientFormer;
using GoNoGo.Detection.Backbones.ResNet;
using GoNoGo.Detection.Backbones.Swin;
using GoNoGo.Detection.Backbones.Vit;
using GoNoGo.Learning.Graphs.Inference;
using GoNoGo.Learning.Graphs.Onnx;
using GoNoGo.Learning.Graphs.Onnx.Evaluation;
using GoNoGo.Tensors;
using GoNoGo.Tensors.Memory;
using GoNoGo.Testing;
using Xunit;

namespace GoNoGo.Detection.Tests.Backbones.Onnx;

/// <summary>Exported networks in ONNX Runtime give what our plan gives.</summary>
public sealed class OnnxExportTests
{
    /// <summary>The limit of the parity check.</summary>
    private const double Limit = 1e-5;

    private static readonly Dictionary<string, Func<Backbone>> Small = new(StringComparer.Ordinal)
    {
        ["vit"] = () => VitFamily.Create(new VitSettings("tiny", 24, 2, 3) { Patch = 8, TrainedSize = 32, IsDistilled = true, Classes = 5 }),
        ["vit-resampled"] = () => VitFamily.Create(new VitSettings("tiny", 24, 2, 3) { Patch = 8, TrainedSize = 32, Classes = 5 }, new BackboneOptions { InputSize = 56, BlockNorm = BlockNorm.EveryBlock }),
        ["swin"] = () => SwinFamily.Create(new SwinSettings("tiny", 12, [2, 2], [2, 4], 7) { TrainedSize = 56, MlpRatio = 2 }),
        ["swin-padded"] = () => SwinFamily.Create(new SwinSettings("padded", 8, [2, 1], [2, 2], 4) { TrainedSize = 36, MlpRatio = 2 }),
        ["efficientformer"] = () => EfficientFormerFamily.Create(new EfficientFormerSettings("tiny", [4, 6, 8, 24], [1, 1, 2, 2], 1) { Classes = 5 }),
        ["resnet-basic"] = () => ResNetFamily.Create(new ResNetSettings("tiny", [1, 1, 1, 1], false) { Width = 8, TrainedSize = 40, Classes = 5 }),
        ["resnet-bottleneck"] = () => ResNetFamily.Create(new ResNetSettings("tiny", [1, 2, 1, 1], true) { Width = 8, TrainedSize = 32, Classes = 5 }),
    };

    /// <summary>The names of <see cref="Small"/>.</summary>
    public static TheoryData<string> Names => [.. Small.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void SmallNetworksGiveTheSameWithTwoImages(string name) => Compare(Small[name](), 2);

    /// <summary>The check that needs no other runtime: the file read back and computed by plain code.</summary>
    [Theory]
    [MemberData(nameof(Names))]
    public void SmallNetworksReadBackGiveTheSameWithTwoImages(string name) => Compare(Small[name](), 2, Evaluate);

    [Theory]
    [InlineData("deit-tiny")]
    [InlineData("esvit-tiny")]
    [InlineData("efficientformer-l3")]
    [InlineData("resnet50")]
    public void FullSizeNetworksGiveTheSame(string id) => Compare(BackboneCatalog.Create(id), 1);

    /// <summary>The others of the catalog: minutes, so only where <c>GONOGO_ALL_BACKBONES</c> is 1.</summary>
    [Fact]
    public void AllFullSizeNetworksGiveTheSame()
    {
        Assert.SkipUnless(Environment.GetEnvironmentVariable("GONOGO_ALL_BACKBONES") == "1", "takes minutes: set GONOGO_ALL_BACKBONES=1");
        foreach (BackboneEntry entry in BackboneCatalog.Entries)
        {
            Compare(BackboneCatalog.Create(entry.Id), 1);
        }
    }

    [Fact]
    public void TheSameNetworkIsTheSameFile()
    {
        byte[] first = Export(Small["swin"](), ["last"]);
        byte[] second = Export(Small["swin"](), ["last"]);
        Assert.Equal(first, second);
        Assert.True(first.Length > 1000);
    }

    private static float[][] Evaluate(string file, Tensor input, string[] outputs)
    {
        using var evaluator = OnnxEvaluator.Open(file);
        Assert.Equal(outputs, evaluator.Outputs);
        Assert.Equal("test", evaluator.Metadata["about"]);
        return evaluator.Run(input.ToArray(), input.Shape.ToArray());
    }

    private static void Compare(Backbone backbone, int images) =>
        Compare(backbone, images, (file, input, outputs) => OnnxRuntimePeer.Run(file, input.Span, input.Shape.ToArray(), outputs));

    private static void Compare(Backbone backbone, int images, Func<string, Tensor, string[], float[][]> run)
    {
        string[] outputs = [.. backbone.Levels.Select(level => level.Name), .. backbone.Graph.Outputs.ContainsKey(Backbone.Logits) ? (string[])[Backbone.Logits] : []];
        using var scope = new TensorScope();
        Tensor input = BackboneGolden.Input(backbone.Graph.InputShape.For(images), scope);
        using InferencePlan plan = backbone.Compile(outputs, BackboneGolden.Formula(scope));
        Tensor[] expected = plan.Run(input, scope);
        string file = Path.GetTempFileName();
        try
        {
            File.WriteAllBytes(file, Export(backbone, outputs));
            float[][] actual = run(file, input, outputs);
            for (int i = 0; i < outputs.Length; i++)
            {
                TensorAssert.Close(expected[i].ToArray(), actual[i], Limit, $"{backbone.Id} {outputs[i]}");
            }
        }
        finally
        {
            File.Delete(file);
        }
    }

    private static byte[] Export(Backbone backbone, IReadOnlyList<string> outputs)
    {
        using var scope = new TensorScope();
        using var stream = new MemoryStream();
        OnnxExporter.Write(backbone.Graph, outputs, BackboneGolden.Formula(scope), new Dictionary<string, string> { ["about"] = "test" }, stream);
        return stream.ToArray();
    }
}

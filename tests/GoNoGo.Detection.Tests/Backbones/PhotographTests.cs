using System.Text.Json;
using GoNoGo.Detection.Backbones;
using GoNoGo.Detection.Features;
using GoNoGo.Learning.Graphs.Inference;
using GoNoGo.Learning.Graphs.Onnx;
using GoNoGo.Learning.Graphs.Onnx.Evaluation;
using GoNoGo.Learning.Layers;
using GoNoGo.Tensors;
using GoNoGo.Tensors.Formats.Safetensors;
using GoNoGo.Tensors.Memory;
using GoNoGo.Testing;
using GoNoGo.Vision.Imaging;
using Xunit;

namespace GoNoGo.Detection.Tests.Backbones;

/// <summary>Real weights on files as they come from a camera: decoded, resized, normalised and judged by our code alone.</summary>
public sealed class PhotographTests
{
    private const string Weights = "weights/deit-tiny-patch16-224.safetensors";

    /// <summary>The limit of the reference data for pictures that come from JPEG files.</summary>
    private const double JpegLimit = 2e-2;

    [Theory]
    [InlineData("n01687978_10071.JPEG", "agama")]
    [InlineData("n02125311_10473.JPEG", "cougar")]
    [InlineData("n02127052_10040.JPEG", "lynx")]
    [InlineData("n02412080_10216.JPEG", "ram")]
    [InlineData("n03032252_101298.JPEG", "cinema")]
    [InlineData("n03764736_10075.JPEG", "milk can")]
    public void PhotographsAreWhatTheyShow(string file, string name)
    {
        using var reader = SafetensorsReader.Open(SharedFolder.RequireFile(Weights), memoryMapped: true);
        Backbone backbone = BackboneCatalog.Create("deit-tiny");
        using var scope = new TensorScope();
        using InferencePlan plan = backbone.Compile([Backbone.Logits], WeightSource.FromFile(scope, reader));
        using Image image = ImageDecoder.Load(SharedFolder.RequireFile("data/photos/" + file));
        Tensor input = scope.New(new Shape(1, 3, 224, 224));
        backbone.ClassificationPreprocessing.Run(image, input.Span);
        float[] logits = plan.Run(input, scope)[0].ToArray();

        double sum = logits.Sum(logit => Math.Exp(logit - logits.Max()));
        int best = Array.IndexOf(logits, logits.Max());
        string[] classes = File.ReadAllLines(SharedFolder.RequireFile("data/photos/Labels.txt"));
        Assert.Contains(name, classes[best], StringComparison.OrdinalIgnoreCase);

        using JsonDocument top = JsonDocument.Parse(Goldens.Open("golden/real_features.safetensors").Metadata["deit_tiny_top3"]);
        JsonElement first = top.RootElement.GetProperty(file)[0];
        Assert.Equal(first[0].GetInt32(), best);
        Assert.True(Math.Abs(first[1].GetDouble() - (1 / sum)) <= 0.01, $"{file}: probability {1 / sum}, expected {first[1].GetDouble()}");
    }

    [Theory]
    [InlineData("p0", "data/mvtec-384/bottle/test/good/000.png", 4.1e-5)]
    [InlineData("p1", "data/mvtec-384/bottle/test/broken_large/000.png", 4.1e-5)]
    [InlineData("p2", "data/photos/n02127052_10040.JPEG", JpegLimit)]
    [InlineData("p3", "data/magnetic-tile/test/crack/exp1_num_249594.jpg", JpegLimit)]
    public void FilesGiveTheFeaturesOfTheReference(string picture, string file, double limit)
    {
        Goldens goldens = Goldens.Open("golden/real_features.safetensors");
        using Image image = ImageDecoder.Load(SharedFolder.RequireFile(file));
        using var scope = new TensorScope();
        using (FeatureExtractor deit = FeatureExtractor.Open(BackboneCatalog.Create("deit-tiny"), ["block7", "last"], SharedFolder.RequireFile(Weights)))
        {
            Tensor[] maps = deit.Extract(Input(deit, image, scope), scope);
            Compare(goldens[$"{picture}/deit_tiny_block7_norm_once"], Tokens(maps[0]), limit);
            Compare(goldens[$"{picture}/deit_tiny_last"], Tokens(maps[1]), limit);
        }

        using FeatureExtractor resnet = FeatureExtractor.Open(
            BackboneCatalog.Create("resnet18"), ["layer1", "layer2", "layer3"], SharedFolder.RequireFile("weights/resnet18-layer1-3.safetensors"));
        Tensor[] layers = resnet.Extract(Input(resnet, image, scope), scope);
        for (int layer = 1; layer <= 3; layer++)
        {
            Compare(goldens[$"{picture}/resnet18_layer{layer}"], layers[layer - 1].ToArray(), limit == JpegLimit ? limit : BackboneGolden.Limit);
        }
    }

    /// <summary>
    /// The same network in double precision meets the limit of the reference data: what single precision loses beyond it
    /// on smooth pictures (see VitGoldenTests) is rounding.
    /// </summary>
    [Theory]
    [InlineData("p0")]
    [InlineData("p1")]
    public void DoublePrecisionMeetsTheReferenceOnRealWeights(string picture)
    {
        Goldens goldens = Goldens.Open("golden/real_features.safetensors");
        using var reader = SafetensorsReader.Open(SharedFolder.RequireFile(Weights), memoryMapped: true);
        using var scope = new TensorScope();
        string file = Path.GetTempFileName();
        try
        {
            using (FileStream stream = File.Create(file))
            {
                OnnxExporter.Write(
                    BackboneCatalog.Create("deit-tiny").Graph, ["block7", "last"], WeightSource.FromFile(scope, reader), new Dictionary<string, string>(), stream);
            }

            using OnnxEvaluator evaluator = OnnxEvaluator.Open(file);
            float[][] features = evaluator.Run(goldens.Floats($"{picture}/preprocessed"), 1, 3, 224, 224);
            Assert.Equal(["block7", "last"], evaluator.Outputs);
            Compare(goldens[$"{picture}/deit_tiny_block7_norm_once"], features[0], BackboneGolden.Limit);
            Compare(goldens[$"{picture}/deit_tiny_last"], features[1], BackboneGolden.Limit);
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public void APartialFileServesItsLevelsAndNamesWhatOthersLack()
    {
        string file = SharedFolder.RequireFile("weights/resnet18-layer1-3.safetensors");
        BackboneException exception = Assert.Throws<BackboneException>(() => FeatureExtractor.Open(BackboneCatalog.Create("resnet18"), ["layer2", "layer4"], file));
        Assert.Contains("layer4", exception.Message, StringComparison.Ordinal);
        Assert.Contains("layer4.0.conv1.weight", exception.Message, StringComparison.Ordinal);
        BackboneException other = Assert.Throws<BackboneException>(() => FeatureExtractor.Open(BackboneCatalog.Create("deit-tiny"), ["last"], file));
        Assert.Contains("looks like torchvision resnet18", other.Message, StringComparison.Ordinal);
    }

    private static Tensor Input(FeatureExtractor extractor, Image image, TensorScope scope)
    {
        Preprocessing preprocessing = extractor.Backbone.InputPreprocessing;
        Tensor input = scope.New(new Shape(1, 3, preprocessing.Height, preprocessing.Width));
        preprocessing.Run(image, input.Span);
        return input;
    }

    /// <summary>Maps <c>[1, D, h, w]</c> as tokens <c>[h w, D]</c>.</summary>
    private static float[] Tokens(Tensor maps)
    {
        (int width, int tokens) = (maps.Shape[1], maps.Shape[2] * maps.Shape[3]);
        float[] values = maps.ToArray();
        return [.. Enumerable.Range(0, tokens * width).Select(i => values[(i % width * tokens) + (i / width)])];
    }

    private static void Compare(GoldenTensor expected, float[] actual, double limit) =>
        TensorAssert.Close(expected.Values, expected.Sample(actual), limit, expected.Name);
}

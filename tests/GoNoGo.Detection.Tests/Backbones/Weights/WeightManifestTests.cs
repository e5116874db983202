using System.Globalization;
using GoNoGo.Detection.Backbones.Weights;
using GoNoGo.Learning.Checkpoints;
using GoNoGo.Tensors;
using GoNoGo.Tensors.Formats;
using GoNoGo.Tensors.Formats.Safetensors;
using GoNoGo.Testing;

namespace GoNoGo.Detection.Tests.Backbones.Weights;

/// <summary>Declared names and shapes against those of the published checkpoints; what a wrong file is told.</summary>
public sealed class WeightManifestTests
{
    [Theory]
    [InlineData("deit-base", "deit_base_distilled_patch16_224")]
    [InlineData("esvit-tiny", "esvit_swin_tiny_window14")]
    [InlineData("efficientformer-l3", "efficientformer_l3")]
    [InlineData("resnet50", "resnet50")]
    public void Manifests_hold_exactly_the_published_names_and_shapes(string id, string listing)
    {
        WeightManifest manifest = WeightManifests.Of(id);
        Dictionary<string, KeyRule> rules = manifest.Keys.ToDictionary(key => key.Name, StringComparer.Ordinal);
        int listed = 0;
        foreach (string line in File.ReadLines(SharedFolder.RequireFile($"spec/statedicts/{listing}.csv")).Skip(1))
        {
            string[] fields = line.Split(',');
            if (manifest.IsIgnorable(fields[0]))
            {
                Assert.False(rules.ContainsKey(fields[0]), fields[0]);
                continue;
            }

            int[] shape = [.. fields[1].Split('x', StringSplitOptions.RemoveEmptyEntries).Select(d => int.Parse(d, CultureInfo.InvariantCulture))];
            Assert.True(rules.ContainsKey(fields[0]), $"{fields[0]} is not declared");
            Assert.Equal(new Shape(shape), rules[fields[0]].Shape);
            listed++;
        }

        Assert.Equal(rules.Count, listed);
    }

    /// <summary>Published counts without heads and statistics; those of the full-size goldens where a file lists them.</summary>
    [Theory]
    [InlineData("deit-base", 85_800_192)]
    [InlineData("deit-base-undistilled", 85_798_656)]
    [InlineData("deit-small", 21_665_664)]
    [InlineData("deit-tiny", 5_524_416)]
    [InlineData("esvit-tiny", 27_569_754)]
    [InlineData("esvit-tiny-w7", 27_519_354)]
    [InlineData("efficientformer-l3", 30_380_000)]
    [InlineData("resnet18", 11_176_512)]
    [InlineData("resnet34", 21_284_672)]
    [InlineData("resnet50", 23_508_032)]
    [InlineData("wide-resnet50-2", 66_834_240)]
    public void Parameter_counts_are_the_published_ones(string id, long count)
    {
        IEnumerable<KeyRule> parameters = WeightManifests.Of(id).Keys.Where(key => !key.Name.Contains(".running_", StringComparison.Ordinal));
        Assert.Equal(count, parameters.Sum(key => key.Shape.ElementCount));
    }

    [Fact]
    public void Every_level_needs_tensors_and_the_last_needs_all()
    {
        foreach (WeightManifest manifest in WeightManifests.All)
        {
            Assert.Equal("last", manifest.Levels[^1]);
            Assert.Equal(manifest.Keys.Count, manifest.KeysOf(["last"]).Count());
            int before = 0;
            foreach (string level in manifest.Levels)
            {
                int count = manifest.KeysOf([level]).Count();
                Assert.True(count >= before && count > 0, $"{manifest.Architecture} {level}");
                before = count;
            }

            Assert.Throws<ArgumentException>(() => manifest.KeysOf(["layer9"]));
        }
    }

    [Fact]
    public void Real_weights_fit()
    {
        using CheckpointFile deit = CheckpointFile.Open(SharedFolder.RequireFile("weights/deit-tiny-patch16-224.safetensors"));
        WeightFit fit = WeightCheck.Require(deit, WeightManifests.Of("deit-tiny"));
        Assert.Equal(13, fit.Levels.Count);
        Assert.Equal(["head.bias", "head.weight"], fit.Ignored.Order(StringComparer.Ordinal));
        string wrong = Assert.Throws<TensorFileException>(() => WeightCheck.Require(deit, WeightManifests.Of("deit-base"), ["block7"], WeightManifests.All)).Message;
        Assert.EndsWith("it looks like timm deit_tiny_patch16_224.", wrong, StringComparison.Ordinal);
        Assert.Contains("1 missing (dist_token [1, 1, 768])", wrong, StringComparison.Ordinal);
        Assert.Contains("instead of [1, 1, 768]", wrong, StringComparison.Ordinal);
        Assert.InRange(wrong.Length, 100, 1500);
    }

    [Fact]
    public void A_partial_file_serves_the_levels_that_it_has()
    {
        using CheckpointFile file = CheckpointFile.Open(SharedFolder.RequireFile("weights/resnet18-layer1-3.safetensors"));
        WeightManifest manifest = WeightManifests.Of("resnet18");
        Assert.Equal(["layer1", "layer2", "layer3"], WeightCheck.Require(file, manifest).Levels);
        Assert.Equal(["layer1", "layer2", "layer3"], WeightCheck.Require(file, manifest, ["layer2", "layer3"]).Levels);
        string message = Assert.Throws<TensorFileException>(() => WeightCheck.Require(file, manifest, ["layer3", "layer4"], WeightManifests.All)).Message;
        Assert.Contains("has the levels layer1, layer2, layer3 of torchvision resnet18, not layer4: it lacks layer4.0.conv1.weight [512, 256, 3, 3], ", message, StringComparison.Ordinal);
        Assert.Contains("more; ask for a level that is there", message, StringComparison.Ordinal);
        string wrong = Assert.Throws<TensorFileException>(() => WeightCheck.Require(file, WeightManifests.Of("resnet50"), ["layer3"], WeightManifests.All)).Message;
        Assert.EndsWith("it looks like torchvision resnet18.", wrong, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_kind_of_misfit_is_named()
    {
        var manifest = new WeightManifest("toy", ["a", "b"], [new("x.weight", new Shape(2, 3), ["a", "b"]), new("x.bias", new Shape(2), ["a", "b"]), new("y", new Shape(1), ["b"])], name => name.EndsWith(".steps", StringComparison.Ordinal));
        Assert.Equal(["a"], Check(manifest, new() { ["x.weight"] = [2, 3], ["x.bias"] = [2], ["x.steps"] = [] }).Levels);
        Assert.Equal(["a", "b"], Check(manifest, new() { ["x.weight"] = [2, 3], ["x.bias"] = [2], ["y"] = [1] }).Levels);
        Refused(manifest, new() { ["x.weight"] = [2, 3] }, "'toy.safetensors' does not fit toy: 1 missing (x.bias [2]).");
        Refused(manifest, new() { ["x.weight"] = [3, 2], ["x.bias"] = [2] }, "'toy.safetensors' does not fit toy: 1 of another shape (x.weight [3, 2] instead of [2, 3]).");
        Refused(manifest, new() { ["x.weight"] = [2, 3], ["x.bias"] = [2], ["z"] = [1] }, "'toy.safetensors' does not fit toy: 1 without a place (z).");
        Refused(manifest, new() { ["z"] = [1] }, "'toy.safetensors' does not fit toy: 3 missing (x.weight [2, 3], x.bias [2], y [1]); 1 without a place (z).");
    }

    private static void Refused(WeightManifest manifest, Dictionary<string, long[]> tensors, string message) =>
        Assert.Equal(message, Assert.Throws<TensorFileException>(() => Check(manifest, tensors)).Message);

    private static WeightFit Check(WeightManifest manifest, Dictionary<string, long[]> tensors)
    {
        var writer = new SafetensorsWriter();
        foreach ((string name, long[] shape) in tensors)
        {
            writer.Add(name, new float[shape.Aggregate(1L, (a, b) => a * b)], shape);
        }

        var stream = new MemoryStream();
        writer.Write(stream);
        using CheckpointFile file = CheckpointFile.Open(stream, "toy.safetensors");
        return WeightCheck.Require(file, manifest);
    }
}

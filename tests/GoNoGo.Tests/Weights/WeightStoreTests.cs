using GoNoGo.Detection.Backbones;
using GoNoGo.Detection.Options;
using GoNoGo.Learning.Checkpoints;
using GoNoGo.Testing;
using GoNoGo.Testing.SyntheticData;
using GoNoGo.Weights;

namespace GoNoGo.Tests.Weights;

public sealed class WeightStoreTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly WeightStore _store;

    public WeightStoreTests() => _store = new WeightStore(_folder["store"]);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_registry_has_a_row_for_every_backbone_and_no_invented_facts()
    {
        Assert.Equal(BackboneCatalog.Entries.Select(entry => entry.Id).Order(StringComparer.Ordinal), WeightRegistry.All.Select(variant => variant.Id).Order(StringComparer.Ordinal));
        foreach (WeightVariant variant in WeightRegistry.All)
        {
            Assert.NotEmpty(variant.License);
            Assert.NotEmpty(variant.Project);
            Assert.Equal(3, variant.Mean.Count);
            foreach (PublishedFile file in variant.Files)
            {
                Assert.Contains(file.Sha256.Length, (int[])[0, 8, 64]);
                Assert.Matches("^[0-9a-f]*$", file.Sha256);
                // What can be pulled can be checked.
                Assert.True(file.Address.Length == 0 || (file.Sha256.Length == 64 && file.Bytes > 0 && file.Address.StartsWith("https://", StringComparison.Ordinal)));
                Assert.True(file.Sha256.Length == 0 || file.Origin.Length > 0);
            }
        }

        Assert.Contains("did you mean 'resnet18'", Assert.Throws<OptionException>(() => WeightRegistry.Find("resnet19")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Missing_weights_come_with_the_way_to_get_them()
    {
        string known = Assert.Throws<WeightsException>(() => _store.Require("resnet50")).Message;
        Assert.Contains("'gonogo weights pull resnet50'", known, StringComparison.Ordinal);
        Assert.Contains("https://download.pytorch.org/models/resnet50-11ad3fa6.pth elsewhere and run 'gonogo weights import resnet50 FILE'", known, StringComparison.Ordinal);
        string unknown = Assert.Throws<WeightsException>(() => _store.Pull(new PullRequest("esvit-tiny"))).Message;
        Assert.Contains("fetch the checkpoint 'checkpoint_best.pth' of EsViT", unknown, StringComparison.Ordinal);
        Assert.Contains("'gonogo weights import esvit-tiny FILE'", unknown, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_store.Folder));
    }

    [Fact]
    public void Import_makes_one_plain_file_of_any_checkpoint()
    {
        string source = _folder.File("odd.safetensors", SmallWeights.Safetensors(prefix: "module.backbone."));
        ImportedWeights weights = _store.Import(SmallWeights.Id, source);
        Assert.Equal(["layer1"], weights.Levels);
        Assert.Empty(weights.Warnings);
        using (CheckpointFile file = CheckpointFile.Open(_store.Require(SmallWeights.Id)))
        {
            Assert.Equal("conv1.weight", file["conv1.weight"].StoredName);
            Assert.Equal(0.5f, file.ReadFloats("layer1.0.bn1.running_var")[0]);
        }

        byte[] first = File.ReadAllBytes(weights.Path);
        Assert.Contains("add --force", Assert.Throws<WeightsException>(() => _store.Import(SmallWeights.Id, source)).Message, StringComparison.Ordinal);
        _store.Import(SmallWeights.Id, source, mayOverwrite: true);
        Assert.Equal(first, File.ReadAllBytes(weights.Path));
        Assert.Equal("odd.safetensors", _store.List().Single(row => row.IsPresent).Source);
    }

    [Fact]
    public void Import_refuses_the_wrong_architecture_and_leaves_nothing()
    {
        string source = _folder.File("x.safetensors", SmallWeights.Safetensors());
        string message = Assert.Throws<WeightsException>(() => _store.Import("deit-base", source)).Message;
        Assert.StartsWith("these are not the weights of 'deit-base'", message, StringComparison.Ordinal);
        Assert.Contains("it looks like torchvision resnet", message, StringComparison.Ordinal);
        Assert.False(_store.Has("deit-base"));
        Assert.Contains("there is no file", Assert.Throws<WeightsException>(() => _store.Import("deit-base", _folder["absent.pth"])).Message, StringComparison.Ordinal);
        string named = _folder.File("resnet50-11ad3fa6.pth", SmallWeights.Safetensors());
        Assert.Contains("is called like the published file, but its SHA-256", Assert.Throws<WeightsException>(() => _store.Import("resnet50", named)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Import_executes_nothing()
    {
        byte[] pickle = new PickleWriter().Op('}').Text("x").Global("posix", "system").Op('(').Text("touch gonogo_was_here").Op('t').Op('R').Op('s').End();
        string source = _folder.File("bad.pth", TorchZip.Checkpoint(pickle));
        Assert.Contains("it calls 'posix.system'", Assert.Throws<WeightsException>(() => _store.Import("resnet50", source)).Message, StringComparison.Ordinal);
        Assert.False(File.Exists("gonogo_was_here"));
    }

    [Fact]
    public void Numbers_that_are_none_are_warned_of()
    {
        ImportedWeights weights = _store.Import(SmallWeights.Id, _folder.File("x.safetensors", SmallWeights.Safetensors(float.NaN)));
        Assert.Contains("NaN or infinite", weights.Warnings[0], StringComparison.Ordinal);
    }

    [Fact]
    public void Verify_finds_a_changed_byte()
    {
        Assert.Empty(_store.Verify());
        string path = _store.Import(SmallWeights.Id, _folder.File("x.safetensors", SmallWeights.Safetensors())).Path;
        Assert.Equal(WeightCondition.Good, Assert.Single(_store.Verify()).Condition);
        byte[] bytes = File.ReadAllBytes(path);
        bytes[^1] ^= 1;
        File.WriteAllBytes(path, bytes);
        VerifiedWeights damaged = Assert.Single(_store.Verify(SmallWeights.Id));
        Assert.Equal(WeightCondition.Damaged, damaged.Condition);
        Assert.Contains("pull or import it again with --force", damaged.Detail, StringComparison.Ordinal);

        File.Delete(Path.ChangeExtension(path, ".json"));
        Assert.Equal(WeightCondition.Unknown, Assert.Single(_store.Verify()).Condition);
        File.WriteAllBytes(path, bytes[..1000]);
        Assert.Equal(WeightCondition.Damaged, Assert.Single(_store.Verify()).Condition);
        Assert.Throws<WeightsException>(() => _store.Verify("resnet34"));
    }

    [Fact]
    public void A_folder_can_be_a_mirror()
    {
        byte[] content = SmallWeights.Safetensors();
        Directory.CreateDirectory(_folder["mirror"]);
        var request = new PullRequest(SmallWeights.Id) { From = _folder["mirror"] };
        Assert.Contains("has none of 'resnet18.safetensors'", Assert.Throws<WeightsException>(() => _store.Pull(request)).Message, StringComparison.Ordinal);
        _folder.File("mirror/resnet18.safetensors", content);
        Assert.Contains("no hash is known", Assert.Single(_store.Pull(request).Warnings), StringComparison.Ordinal);
        Assert.Equal(content, File.ReadAllBytes(_store.PathOf(SmallWeights.Id)));

        // A store is a mirror whose receipts tell the hashes.
        var second = new WeightStore(_folder["second"]);
        Assert.Empty(second.Pull(new PullRequest(SmallWeights.Id) { From = _store.Folder }).Warnings);
        byte[] damaged = [.. content];
        damaged[^1] ^= 1;
        File.WriteAllBytes(_store.PathOf(SmallWeights.Id), damaged);
        Assert.Contains("expected", Assert.Throws<WeightsException>(() => second.Pull(new PullRequest(SmallWeights.Id) { From = _store.Folder, MayOverwrite = true })).Message, StringComparison.Ordinal);
        Assert.Equal(content, File.ReadAllBytes(second.PathOf(SmallWeights.Id)));
        Assert.Throws<WeightsException>(() => second.Pull(new PullRequest("resnet34") { From = _folder["nowhere"] }));
    }

    [Fact]
    public void Weights_that_are_here_stay()
    {
        _store.Import(SmallWeights.Id, _folder.File("x.safetensors", SmallWeights.Safetensors()));
        string? note = null;
        ImportedWeights weights = _store.Pull(new PullRequest(SmallWeights.Id) { From = "/nowhere", Note = text => note = text });
        Assert.Equal(_store.PathOf(SmallWeights.Id), weights.Path);
        Assert.Contains("is there already", note, StringComparison.Ordinal);
    }

    [Fact]
    public void Real_weights_can_be_imported()
    {
        string source = SharedFolder.RequireFile("weights/deit-tiny-patch16-224.safetensors");
        ImportedWeights weights = _store.Import("deit-tiny", source);
        Assert.Equal(13, weights.Levels.Count);
        using CheckpointFile before = CheckpointFile.Open(source);
        using CheckpointFile after = CheckpointFile.Open(weights.Path);
        Assert.Equal(before.Entries.Count, after.Entries.Count);
        Assert.Equal(before.ReadFloats("blocks.7.attn.qkv.weight"), after.ReadFloats("blocks.7.attn.qkv.weight"));
    }
}

using System.Text;
using GoNoGo.Learning.Checkpoints;
using GoNoGo.Tensors;
using GoNoGo.Tensors.Formats;
using GoNoGo.Tensors.Formats.Safetensors;
using GoNoGo.Testing;
using GoNoGo.Testing.SyntheticData;

namespace GoNoGo.Learning.Tests.Checkpoints;

/// <summary>Small checkpoints that torch wrote, and others that it would not write.</summary>
public sealed class CheckpointFileTests
{
    private static readonly byte[] SixFloats = [.. Enumerable.Range(0, 6).SelectMany(i => BitConverter.GetBytes((float)i))];

    [Theory]
    [InlineData("zip.pth", "", 16)]
    [InlineData("zip_protocol4.pth", "model", 16)]
    [InlineData("legacy_training.pth", "student", 17)]
    public void Tensors_of_every_type_and_layout_are_read(string name, string branch, int count)
    {
        using CheckpointFile file = CheckpointFile.Open(SharedFolder.Small($"checkpoints/{name}"));
        Assert.Equal(branch, file.Branch);
        Assert.Equal(count, file.Entries.Count);
        foreach (CheckpointEntry entry in file.Entries)
        {
            // Each value is its row-major index times 0.25, in the tensor's own type.
            float[] expected = [.. Enumerable.Range(0, (int)entry.ElementCount).Select(i => entry.Type switch
            {
                ElementType.Bool => i == 0 ? 0 : 1,
                _ when entry.Name == "expanded" => 0,
                _ when !entry.Type.IsFloat() => i / 4,
                _ => i * 0.25f,
            })];
            Assert.Equal(expected, file.ReadFloats(entry.Name));
        }

        Assert.Equal([4L, 6], file["transposed"].Dimensions.ToArray());
        Assert.Equal(Shape.Scalar, file["scalar"].Shape);
    }

    [Fact]
    public void Prefixes_of_wrappers_are_taken_off()
    {
        string path = SharedFolder.Small("checkpoints/legacy_training.pth");
        using CheckpointFile file = CheckpointFile.Open(path);
        Assert.Equal("module.backbone.conv.weight", file["conv.weight"].StoredName);
        Assert.Equal("module.head.weight", file["head.weight"].StoredName);
        using CheckpointFile plain = CheckpointFile.Open(path, new CheckpointOptions { StripPrefixes = false });
        Assert.True(plain.Contains("module.backbone.conv.weight"));

        // A name that is there with and without 'backbone.' keeps it; 'module.' goes only where all have it.
        Assert.Equal(["backbone.a", "a"], Names("module.backbone.a", "module.a"));
        Assert.Equal(["module.a", "b"], Names("module.a", "b"));
        Assert.Equal(["a", "b"], Names("_orig_mod.module.a", "_orig_mod.module.b"));
        Assert.Equal(["a", "head.b"], Names("model.backbone.a", "model.head.b"));
    }

    [Fact]
    public void Safetensors_are_recognised()
    {
        var stream = new MemoryStream();
        new SafetensorsWriter().SetMetadata(CheckpointFile.BranchKey, "student").Add("module.a", [1.5, 2], 2).Add("module.b", [3L], 1).Write(stream);
        using CheckpointFile file = CheckpointFile.Open(stream);
        Assert.Equal(CheckpointFormat.Safetensors, file.Format);
        Assert.Equal([1.5f, 2], file.ReadFloats("a"));
        Assert.Equal([3L], file.ReadIntegers("b"));
        Assert.Throws<TensorFileException>(() => file.ReadIntegers("a"));
        string message = Assert.Throws<TensorFileException>(() => CheckpointFile.Open(stream, "x", new CheckpointOptions { Branch = "teacher" })).Message;
        Assert.Contains("'x' was made from 'student', 'teacher' is asked for", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Zip_archives_of_both_sizes_are_read(bool wide)
    {
        byte[] pickle = PickleWriter.OneTensor("FloatStorage", 6, 1, [2, 2], [1, 3]);
        byte[] file = new TorchZip { Wide = wide }.Add("a/data.pkl", pickle).Add("a/data/0", SixFloats).Add("a/byteorder", "little"u8.ToArray()).End();
        using CheckpointFile checkpoint = Open(file);
        Assert.Equal([1f, 4, 2, 5], checkpoint.ReadFloats("w"));
    }

    [Fact]
    public void Unknown_classes_are_inert()
    {
        byte[] pickle = new PickleWriter().Op('}').Op('(')
            .Text("args").Global("argparse", "Namespace").Op(')').Raw(0x81).Op('}').Op('b')
            .Text("calls").Global("some.module", "function").Op('(').Text("argument").Op('t').Op('R')
            .Text("w").Tensor("FloatStorage", "0", 6, 0, [6], [1]).Op('u').End();
        using CheckpointFile checkpoint = Open(TorchZip.Checkpoint(pickle, SixFloats));
        Assert.Equal("w", Assert.Single(checkpoint.Entries).Name);
    }

    [Fact]
    public void Views_of_64_times_their_storage_are_read_and_larger_ones_refused()
    {
        using (CheckpointFile checkpoint = Open(TorchZip.Checkpoint(PickleWriter.OneTensor("FloatStorage", 6, 0, [64, 6], [0, 1]), SixFloats)))
        {
            Assert.Equal(384, checkpoint.ReadFloats("w").Length);
        }

        Refused(TorchZip.Checkpoint(PickleWriter.OneTensor("FloatStorage", 6, 0, [65, 6], [0, 1]), SixFloats), "would be more than 64 times its storage of 24 bytes");
        Refused(TorchZip.Checkpoint(PickleWriter.OneTensor("FloatStorage", 6, 0, [1L << 62, 6], [0, 1]), SixFloats), "would be more than 64 times");
    }

    [Theory]
    [InlineData(6, 1, 6, 1, "reaches element 6 of a storage of 6")]
    [InlineData(6, 0, 2, long.MaxValue, "reaches element 9223372036854775807 of")]
    [InlineData(6, long.MaxValue, 2, long.MaxValue, "reaches element 18446744073709551614 of")]
    [InlineData(7, 0, 1, 1, "should have 7 elements of 4 bytes, 24 bytes are there")]
    [InlineData(6, -1, 1, 1, "a tensor without storage, offset, size and strides")]
    [InlineData(6, 0, -1, 1, "a size or stride that is no whole number from 0")]
    [InlineData(6, 5, 2, -1, "a size or stride that is no whole number from 0")]
    public void Views_beyond_their_storage_are_refused(long count, long offset, long size, long stride, string reason) =>
        Refused(TorchZip.Checkpoint(PickleWriter.OneTensor("FloatStorage", count, offset, [size], [stride]), SixFloats), reason);

    [Theory]
    [InlineData("os", "system")]
    [InlineData("nt", "system")]
    [InlineData("subprocess", "Popen")]
    [InlineData("builtins", "eval")]
    [InlineData("__builtin__", "exec")]
    [InlineData("runpy", "_run_code")]
    public void Calls_that_run_commands_are_refused(string module, string name)
    {
        byte[] start = new PickleWriter(4).Op('}').Text("w").Tensor("FloatStorage", "0", 6, 0, [6], [1]).Op('s').End()[..^1];
        PickleWriter Begin() => new PickleWriter(4).Raw(start.AsSpan(2)).Text("x");
        string reason = $"it calls '{module}.{name}'";
        Refused(TorchZip.Checkpoint(Begin().Global(module, name).Op('(').Text("touch x").Op('t').Op('R').Op('s').End(), SixFloats), reason);
        Refused(TorchZip.Checkpoint(Begin().Text(module).Text(name).Raw(0x93).Text("touch x").Raw(0x85).Op('R').Op('s').End(), SixFloats), reason);
        Refused(TorchZip.Checkpoint(Begin().Global(module, name).Op(')').Raw(0x81).Op('s').End(), SixFloats), reason);
        Refused(TorchZip.Checkpoint(Begin().Op('(').Global(module, name).Text("touch x").Op('o').Op('s').End(), SixFloats), reason);
    }

    [Fact]
    public void Other_machines_and_programs_are_named()
    {
        byte[] pickle = PickleWriter.OneTensor("FloatStorage", 6, 0, [6], [1]);
        Refused(new TorchZip().Add("a/data.pkl", pickle).Add("a/data/0", SixFloats).Add("a/byteorder", "big"u8.ToArray()).End(), "big-endian");
        Refused(new TorchZip().Add("a/data.pkl", pickle).Add("a/constants.pkl", pickle).End(), "TorchScript");
        Refused(new TorchZip().Add("a/data.pkl", pickle).Add("b/data.pkl", pickle).End(), "several data.pkl");
        Refused(new TorchZip().Add("word/document.xml", pickle).End(), "holds no data.pkl");
        Refused(new TorchZip().Add("a/data.pkl", pickle).End(), "has no record 'a/data/0'");
        Refused(new TorchZip().Add("a/data.pkl", pickle).Add("a/data/0", SixFloats).Add("a/data/0", SixFloats).End(), "record 'a/data/0' occurs twice");
        Refused(new TorchZip { Method = 8 }.Add("a/data.pkl", pickle).End(), "compressed or encrypted");
        Refused(Legacy("little_endian", 0x89), "big-endian");
        Refused(TorchZip.Checkpoint(new PickleWriter().Op(']').End()), "holds a list, not a dictionary of tensors");
        Refused(TorchZip.Checkpoint(new PickleWriter().Global("models", "Net").Op(')').Op('R').End()), "an object of class 'models.Net' and no dictionary of tensors");
        Refused("version https://git-lfs.github.com/spec/v1\n"u8.ToArray(), "Git LFS pointer");
        Refused("<!DOCTYPE html><html>"u8.ToArray(), "looks like a web page");
        Refused([], "it is empty");
        Refused(new PickleWriter(4).Op('}').End(), "a pickle that torch.save did not write");
        Refused([0, 0, 0, 0, 0, 0, 0, 0x10, (byte)'{', (byte)'}'], "header length 1152921504606846976");
    }

    /// <summary>Few bytes that would become much memory, deep nests, lengths beyond the file: refused within the bound.</summary>
    [Fact]
    public void Bombs_are_refused_in_little_memory()
    {
        byte[][] bombs =
        [
            new PickleWriter().Raw(Repeat("}", 4_000_000)).End(),
            new PickleWriter().Raw(Repeat("]", 4_000_000)).End(),
            new PickleWriter().Raw(Repeat("(", 4_000_000)).End(),
            new PickleWriter().Raw(Repeat("N", 4_000_000)).End(),
            new PickleWriter().Raw(Repeat("K\x01", 4_000_000)).End(),
            new PickleWriter(4).Raw(Repeat("N\x94", 4_000_000)).End(),
            new PickleWriter(4).Op('N').Raw(Repeat("\x85", 4_000_000)).End(),
            new PickleWriter().Raw(Repeat("ca\nb\n", 2_000_000)).End(),
            new PickleWriter(4).Raw(Repeat("\x8c\x00", 4_000_000)).End(),
            new PickleWriter().Op('N').Raw(Repeat("2", 8_000_000)).End(),
            new PickleWriter().Global("torch", "Size").Raw(Repeat("c\n\n)R", 2_000_000)).End(),
            new PickleWriter().Op('X').Raw(0xFF, 0xFF, 0xFF, 0x7F).End(),
            new PickleWriter(4).Raw(0x8D).Raw(Repeat("\xFF", 8)).End(),
            new PickleWriter().Raw(0x8B, 0xFF, 0xFF, 0xFF, 0x7F).End(),
            new PickleWriter(4).Raw(0x95).Raw(Repeat("\xFF", 8)).End(),
        ];
        foreach (byte[] pickle in bombs)
        {
            byte[] file = TorchZip.Checkpoint(pickle);
            var stream = new MemoryStream(file);
            long before = GC.GetAllocatedBytesForCurrentThread();
            Assert.Throws<TensorFileException>(() => CheckpointFile.Open(stream));
            Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, (4L * file.Length) + (16 << 20));
        }
    }

    [Fact]
    public void A_dictionary_inside_itself_ends()
    {
        byte[] pickle = new PickleWriter().Op('}').Raw((byte)'q', 0).Text("model").Raw((byte)'h', 0).Op('s').End();
        Refused(TorchZip.Checkpoint(pickle), "no dictionary of tensors");
    }

    private static byte[] Legacy(string key, byte value)
    {
        byte[] magic = [0x80, 2, 0x8A, 10, 0x6C, 0xFC, 0x9C, 0x46, 0xF9, 0x20, 0x6A, 0xA8, 0x50, 0x19, (byte)'.'];
        return [.. magic, .. new PickleWriter().Number(1001).End(), .. new PickleWriter().Op('}').Text(key).Raw(value).Op('s').End()];
    }

    private static byte[] Repeat(string text, int count)
    {
        byte[] one = Encoding.Latin1.GetBytes(text);
        var all = new byte[one.Length * count];
        for (int i = 0; i < all.Length; i++)
        {
            all[i] = one[i % one.Length];
        }

        return all;
    }

    private static string[] Names(params string[] names)
    {
        PickleWriter pickle = new PickleWriter().Op('}').Op('(');
        foreach (string name in names)
        {
            pickle.Text(name).Tensor("FloatStorage", "0", 6, 0, [6], [1]);
        }

        using CheckpointFile file = Open(TorchZip.Checkpoint(pickle.Op('u').End(), SixFloats));
        return [.. file.Entries.Select(entry => entry.Name)];
    }

    private static CheckpointFile Open(byte[] file) => CheckpointFile.Open(new MemoryStream(file), "test.pth");

    private static void Refused(byte[] file, string reason)
    {
        string message = Assert.Throws<TensorFileException>(() => Open(file)).Message;
        Assert.Contains("test.pth", message, StringComparison.Ordinal);
        Assert.Contains(reason, message, StringComparison.Ordinal);
        Assert.EndsWith(".", message, StringComparison.Ordinal);
    }
}

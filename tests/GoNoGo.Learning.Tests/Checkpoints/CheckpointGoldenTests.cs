using System.Text.Json;
using GoNoGo.Learning.Checkpoints;
using GoNoGo.Tensors;
using GoNoGo.Tensors.Formats;
using GoNoGo.Tensors.Memory;
using GoNoGo.Testing;

namespace GoNoGo.Learning.Tests.Checkpoints;

/// <summary>Files that torch.save wrote, against the values that torch says they hold.</summary>
public sealed class CheckpointGoldenTests
{
    [Theory]
    [InlineData("legacy_state_dict", CheckpointFormat.TorchLegacy, "")]
    [InlineData("legacy_training_checkpoint", CheckpointFormat.TorchLegacy, "student")]
    [InlineData("zip_nested_model", CheckpointFormat.TorchZip, "model")]
    [InlineData("zip_protocol3", CheckpointFormat.TorchZip, null)]
    [InlineData("zip_protocol4", CheckpointFormat.TorchZip, null)]
    [InlineData("zip_state_dict", CheckpointFormat.TorchZip, "")]
    [InlineData("zip_training_checkpoint", CheckpointFormat.TorchZip, "student")]
    public void Every_tensor_is_read(string name, CheckpointFormat format, string? branch)
    {
        string path = SharedFolder.RequireFile($"golden/checkpoints/{name}.pth");
        using CheckpointFile file = CheckpointFile.Open(path);
        Assert.Equal(format, file.Format);
        if (branch is not null)
        {
            Assert.Equal(branch, file.Branch);
        }

        CompareAll(file);
    }

    [Theory]
    [InlineData("zip_training_checkpoint", true)]
    [InlineData("legacy_training_checkpoint", false)]
    public void A_branch_can_be_asked_for(string name, bool memoryMapped)
    {
        string path = SharedFolder.RequireFile($"golden/checkpoints/{name}.pth");
        using CheckpointFile file = CheckpointFile.Open(path, new CheckpointOptions { Branch = "teacher", MemoryMapped = memoryMapped });
        Assert.Equal("teacher", file.Branch);
        Assert.Contains("student", file.Branches);
        Assert.NotEmpty(file.Entries);
        foreach (CheckpointEntry entry in file.Entries)
        {
            Assert.Equal(entry.ElementCount, file.ReadFloats(entry.Name).Length);
        }

        string message = Assert.Throws<TensorFileException>(() => CheckpointFile.Open(path, new CheckpointOptions { Branch = "ema" })).Message;
        Assert.Contains("has no 'ema'; it holds 'student', 'teacher'", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("bad_executes_code", "'posix.system'")]
    [InlineData("bad_legacy_truncated", "cut off")]
    [InlineData("bad_not_a_checkpoint", "neither a safetensors file nor a PyTorch checkpoint")]
    [InlineData("bad_short_storage", "cut off")]
    [InlineData("bad_truncated", "cut off")]
    public void Bad_files_are_refused_and_nothing_happens(string name, string reason)
    {
        string path = SharedFolder.RequireFile($"golden/checkpoints/{name}.pth");
        string trace = Path.Combine(Environment.CurrentDirectory, "gonogo_was_here");
        Assert.False(File.Exists(trace));
        string message = Assert.Throws<TensorFileException>(() => CheckpointFile.Open(path)).Message;
        Assert.Contains(path, message, StringComparison.Ordinal);
        Assert.Contains(reason, message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', message);
        Assert.False(File.Exists(trace));
    }

    private static void CompareAll(CheckpointFile file)
    {
        using JsonDocument expected = JsonDocument.Parse(File.ReadAllText(SharedFolder.RequireFile("golden/checkpoints/expected.json")));
        using var scope = new TensorScope();
        int compared = 0;
        foreach (JsonProperty property in expected.RootElement.EnumerateObject())
        {
            CheckpointEntry entry = file[property.Name];
            long[] dimensions = [.. property.Value.GetProperty("shape").EnumerateArray().Select(d => d.GetInt64())];
            Assert.Equal(dimensions, entry.Dimensions.ToArray());
            Assert.Equal(property.Value.GetProperty("dtype").GetString(), NameOf(entry.Type));
            float[] values = [.. property.Value.GetProperty("values").EnumerateArray().Select(ToFloat)];
            TensorAssert.SameBits(values, file.ReadFloats(property.Name));
            Tensor tensor = file.ReadTensor(property.Name, scope);
            Assert.Equal(values, tensor.ToArray());
            if (!entry.Type.IsFloat())
            {
                Assert.Equal(Array.ConvertAll(values, value => (long)value), file.ReadIntegers(property.Name));
            }

            compared++;
        }

        Assert.Equal(compared, file.Entries.Count);
    }

    private static float ToFloat(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.True => 1,
        JsonValueKind.False => 0,
        _ => (float)value.GetDouble(),
    };

    private static string NameOf(ElementType type) => type switch
    {
        ElementType.F16 => "float16",
        ElementType.BF16 => "bfloat16",
        ElementType.F32 => "float32",
        ElementType.F64 => "float64",
        ElementType.I64 => "int64",
        ElementType.U8 => "uint8",
        ElementType.Bool => "bool",
        _ => type.ToString(),
    };
}

using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using GoNoGo.Learning.Graphs.Onnx;
using GoNoGo.Learning.Graphs.Onnx.Evaluation;
using GoNoGo.Tensors;
using GoNoGo.Tensors.Formats;
using GoNoGo.Tensors.Memory;
using GoNoGo.Testing;
using GoNoGo.Testing.SyntheticData;

namespace GoNoGo.Learning.Tests.Graphs;

/// <summary>Large tensors of an ONNX model in a second file.</summary>
public sealed partial class OnnxExternalDataTests : IDisposable
{
    private const string DataName = "model.onnx.data";

    private readonly TemporaryFolder _folder = new();

    private string Model => _folder["model.onnx"];

    private string Data => _folder[DataName];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Both_forms_compute_the_same()
    {
        Save(_folder["whole.onnx"], null);
        Save(Model, Data, keptUpTo: 0);
        Assert.True(new FileInfo(Model).Length < 4000, "only small tensors stay");
        Assert.Equal(Run(_folder["whole.onnx"]), Run(Model));
        Assert.Equal(OnnxRuntimePeer.Run(_folder["whole.onnx"], Input(), [2, 8], "y")[0], OnnxRuntimePeer.Run(Model, Input(), [2, 8], "y")[0]);
    }

    [Fact]
    public void The_second_file_is_written_where_one_is_too_small()
    {
        Save(_folder["whole.onnx"], null);
        long bytes = new FileInfo(_folder["whole.onnx"]).Length;
        Save(Model, Data, keptUpTo: bytes);
        Assert.False(File.Exists(Data));
        Assert.Equal(File.ReadAllBytes(_folder["whole.onnx"]), File.ReadAllBytes(Model));
        Save(Model, Data, keptUpTo: bytes - 1);
        Assert.True(File.Exists(Data));
    }

    /// <summary>What the ONNX standard recommends so that the file can be mapped: pages of 4 KiB, 64 KiB for what is large.</summary>
    [Fact]
    public void Tensors_start_where_they_can_be_mapped()
    {
        Save(Model, Data, keptUpTo: 0);
        string text = Encoding.Latin1.GetString(File.ReadAllBytes(Model));
        long[] offsets = [.. Entry("offset").Matches(text).Select(Number)];
        long[] lengths = [.. Entry("length").Matches(text).Select(Number)];
        Assert.Equal(4, offsets.Length);
        Assert.Equal([8 * 300 * 4, 300 * 500 * 4, 500 * 4, 500 * 40 * 4], lengths);
        long end = 0;
        foreach ((long offset, long length) in offsets.Zip(lengths))
        {
            Assert.InRange(offset, end, end + 65535);
            Assert.Equal(0, offset % (length < 65536 ? 4096 : 65536));
            end = offset + length;
        }

        Assert.Equal(end, new FileInfo(Data).Length);
    }

    [Theory]
    [InlineData("../a/b/model.on")]
    [InlineData("/tmp/model.data")]
    [InlineData("C:model.onx.dat")]
    [InlineData("a\\model.onx.dat")]
    [InlineData("model.none.data")]
    public void Nothing_but_a_file_beside_the_model_is_opened(string location)
    {
        Save(Model, Data, keptUpTo: 0);
        Replace(DataName, location);
        TensorFileException exception = Assert.Throws<TensorFileException>(() => OnnxEvaluator.Open(Model));
        Assert.Contains(location == "model.none.data" ? "Cannot open" : "no name of a file in the model's folder", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_link_is_not_followed()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "links need a privilege");
        Save(Model, Data, keptUpTo: 0);
        File.Move(Data, _folder["elsewhere"]);
        File.CreateSymbolicLink(Data, _folder["elsewhere"]);
        Assert.Contains("is a link", Assert.Throws<TensorFileException>(() => OnnxEvaluator.Open(Model)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("offset", "9")]
    [InlineData("offset", "-")]
    [InlineData("length", "9")]
    [InlineData("length", "x")]
    public void Places_outside_of_the_file_are_refused(string key, string digit)
    {
        Save(Model, Data, keptUpTo: 0);
        string text = Encoding.Latin1.GetString(File.ReadAllBytes(Model));
        Match last = Entry(key).Matches(text)[^1];
        Replace(last.Value, last.Value[..^last.Groups[1].Length] + digit + last.Groups[1].Value[1..]);
        Assert.Throws<TensorFileException>(() => OnnxEvaluator.Open(Model));
    }

    [Fact]
    public void A_second_file_that_is_cut_off_is_refused()
    {
        Save(Model, Data, keptUpTo: 0);
        using (FileStream data = File.OpenWrite(Data))
        {
            data.SetLength(data.Length - 1);
        }

        Assert.Contains("cut off", Assert.Throws<TensorFileException>(() => OnnxEvaluator.Open(Model)).Message, StringComparison.Ordinal);
        File.Delete(Data);
        Assert.Throws<TensorFileException>(() => OnnxEvaluator.Open(Model));
    }

    /// <summary>Any byte may be wrong: an answer or one exception.</summary>
    [Fact]
    public void A_damaged_model_is_refused_or_read()
    {
        Save(Model, Data, keptUpTo: 0);
        byte[] bytes = File.ReadAllBytes(Model);
        var random = new Random(1);
        int refused = 0;
        for (int i = 0; i < 500; i++)
        {
            byte[] damaged = [.. bytes];
            damaged[random.Next(damaged.Length)] = (byte)random.Next(256);
            File.WriteAllBytes(Model, damaged);
            try
            {
                using var evaluator = OnnxEvaluator.Open(Model);
            }
            catch (TensorFileException)
            {
                refused++;
            }
        }

        Assert.InRange(refused, 50, 450);
    }

    [Fact]
    public void A_location_is_a_name() =>
        Assert.Throws<ArgumentException>(() => new OnnxExternalData("a/b", () => Stream.Null));

    [GeneratedRegex("offset\\x12[\\x00-\\x14]([0-9]+)")]
    private static partial Regex OffsetEntry();

    [GeneratedRegex("length\\x12[\\x00-\\x14]([0-9]+)")]
    private static partial Regex LengthEntry();

    private static Regex Entry(string key) => key == "offset" ? OffsetEntry() : LengthEntry();

    private static long Number(Match match) => long.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture);

    private static float[] Input() => FormulaParameters.Input("x", 16);

    private static float[] Run(string model)
    {
        using OnnxEvaluator evaluator = OnnxEvaluator.Open(model);
        return evaluator.Run(Input(), 2, 8)[0];
    }

    /// <summary>Three maps, one of them stored as it is and two transposed, with biases below and above what goes outside.</summary>
    private static void Save(string path, string? data, long keptUpTo = 0)
    {
        using var scope = new TensorScope();
        Tensor Values(string name, Shape shape) => scope.From(FormulaParameters.Values(name, shape), shape);
        var onnx = new OnnxBuilder();
        OnnxResult x = onnx.Input("x", new Shape(8));
        x = onnx.Tanh(onnx.MatMul(x, onnx.Constant("first", Values("first", new Shape(8, 300)))));
        x = onnx.Add(onnx.MatMul(x, onnx.Transposed("second", Values("second", new Shape(500, 300)))), onnx.Constant("bias", Values("bias", new Shape(500))));
        x = onnx.Add(onnx.MatMul(x, onnx.Transposed("third", Values("third", new Shape(40, 500)))), onnx.Constant("small", Values("small", new Shape(40))));
        onnx.Output("y", x, new Shape(40));
        using FileStream stream = File.Create(path);
        FileStream? opened = null;
        try
        {
            onnx.Save(stream, data is null ? null : new OnnxExternalData(Path.GetFileName(data), () => opened = File.Create(data)) { KeptUpTo = keptUpTo });
        }
        finally
        {
            opened?.Dispose();
        }
    }

    /// <summary>Replaces text of the model by other text of the same length.</summary>
    private void Replace(string old, string other)
    {
        Assert.Equal(old.Length, other.Length);
        string text = Encoding.Latin1.GetString(File.ReadAllBytes(Model));
        Assert.Contains(old, text, StringComparison.Ordinal);
        File.WriteAllBytes(Model, Encoding.Latin1.GetBytes(text.Replace(old, other, StringComparison.Ordinal)));
    }
}

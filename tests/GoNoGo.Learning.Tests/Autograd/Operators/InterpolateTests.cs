using System.Text.Json;
using GoNoGo.Learning.Autograd;
using GoNoGo.Learning.Autograd.Operators;
using GoNoGo.Tensors;
using GoNoGo.Tensors.Kernels;
using GoNoGo.Testing;

namespace GoNoGo.Learning.Tests.Autograd.Operators;

[Collection("vector width")]
public sealed class InterpolateTests
{
    public static TheoryData<string, InterpolationMode, bool> Cases()
    {
        var cases = new TheoryData<string, InterpolationMode, bool>();
        foreach (string size in (string[])["down", "from1", "patchmap", "same", "to1", "up"])
        {
            cases.Add($"interp.{size}.nearest", InterpolationMode.Nearest, false);
            cases.Add($"interp.{size}.bilinear_ac", InterpolationMode.Bilinear, true);
            cases.Add($"interp.{size}.bilinear_noac", InterpolationMode.Bilinear, false);
            cases.Add($"interp.{size}.bicubic_ac", InterpolationMode.Bicubic, true);
            cases.Add($"interp.{size}.bicubic_noac", InterpolationMode.Bicubic, false);
        }

        return cases;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Reference_cases(string name, InterpolationMode mode, bool alignCorners)
    {
        JsonElement size = Goldens.Open("golden/ops.safetensors").Case(name).GetProperty("size");
        OperatorGolden.Check(name, ["x"], v => v[0].Interpolate(size[0].GetInt32(), size[1].GetInt32(), mode, alignCorners));
    }

    [Fact]
    public void Published_bilinear_maps()
    {
        using JsonDocument file = JsonDocument.Parse(File.ReadAllText(SharedFolder.RequireFile("spec/golden/upsample_bilinear.json")));
        foreach (JsonElement example in file.RootElement.GetProperty("cases").EnumerateArray())
        {
            int side = example.GetProperty("in").GetInt32();
            int size = example.GetProperty("out").GetInt32();
            using var tape = new Tape(records: false);
            Variable x = tape.Constant(tape.Scope.From(Array.ConvertAll(Numbers(example.GetProperty("input")), v => (float)v), new Shape(side, side)));
            foreach (bool alignCorners in (bool[])[false, true])
            {
                double[] expected = Numbers(example.GetProperty(alignCorners ? "align_corners_true" : "align_corners_false"));
                TensorAssert.Close(expected, x.Interpolate(size, size, InterpolationMode.Bilinear, alignCorners).Value.ToArray(), 5e-6, $"{side} to {size}");
            }
        }
    }

    [Theory]
    [InlineData(InterpolationMode.Nearest, false, 150, 3)]
    [InlineData(InterpolationMode.Bilinear, false, 3, 9)]
    [InlineData(InterpolationMode.Bilinear, true, 70, 9)]
    [InlineData(InterpolationMode.Bicubic, false, 5, 3)]
    [InlineData(InterpolationMode.Bicubic, true, 4, 21)]
    public void Gradients(InterpolationMode mode, bool alignCorners, int height, int width) => GradientCheck.Run(
        v => v[0].Interpolate(height, width, mode, alignCorners),
        v => Resampled(v[0], 2, 6, 5, height, width, mode, alignCorners),
        [GradientInput.Random("x", new Shape(2, 6, 5))]);

    [Fact]
    public void A_score_map_of_one_plane_is_split_between_threads_without_a_trace()
    {
        float[] values = FormulaParameters.Input("map", 14 * 14);
        float[][] maps = [.. new[] { 1, 3 }.Select(threads =>
        {
            using IDisposable setting = ProcessSettings.Threads(threads);
            using var tape = new Tape(records: false);
            return tape.Constant(tape.Scope.From(values, new Shape(14, 14))).Interpolate(224, 224, InterpolationMode.Bilinear).Value.ToArray();
        })];
        TensorAssert.SameBits(maps[0], maps[1]);
        TensorAssert.Close(Resampled(TensorAssert.Widen(values), 1, 14, 14, 224, 224, InterpolationMode.Bilinear, false), maps[0], 5e-6);
    }

    [Fact]
    public void Wrong_shapes_are_named()
    {
        using var tape = new Tape();
        Variable x = tape.Constant(tape.Scope.Zeros(new Shape(2, 0, 3)));
        Assert.Contains("[2, 0, 3]", Assert.Throws<ArgumentException>(() => x.Interpolate(2, 2, InterpolationMode.Nearest)).Message, StringComparison.Ordinal);
    }

    private static double[] Numbers(JsonElement nested) =>
        nested.ValueKind == JsonValueKind.Array ? [.. nested.EnumerateArray().SelectMany(Numbers)] : [nested.GetDouble()];

    private static double[] Resampled(double[] x, int planes, int height, int width, int h, int w, InterpolationMode mode, bool alignCorners)
    {
        var y = new double[planes * h * w];
        for (int i = 0; i < y.Length; i++)
        {
            foreach ((int row, double rowWeight) in Taps(i / w % h, height, h, mode, alignCorners))
            {
                foreach ((int column, double weight) in Taps(i % w, width, w, mode, alignCorners))
                {
                    y[i] += rowWeight * weight * x[(((i / w / h * height) + row) * width) + column];
                }
            }
        }

        return y;
    }

    private static IEnumerable<(int Position, double Weight)> Taps(int i, int inputs, int outputs, InterpolationMode mode, bool alignCorners)
    {
        if (mode == InterpolationMode.Nearest)
        {
            return [((int)Math.Floor((double)i * inputs / outputs), 1)];
        }

        double at = alignCorners ? outputs == 1 ? 0 : i * (inputs - 1.0) / (outputs - 1) : ((i + 0.5) * inputs / outputs) - 0.5;
        at = mode == InterpolationMode.Bilinear ? Math.Max(at, 0) : at;
        int left = (int)Math.Floor(at);
        IEnumerable<int> around = mode == InterpolationMode.Bilinear ? [left, left + 1] : [left - 1, left, left + 1, left + 2];
        return around.Select(p => (Math.Clamp(p, 0, inputs - 1), mode == InterpolationMode.Bilinear ? 1 - Math.Abs(at - p) : Keys(Math.Abs(at - p))));
    }

    private static double Keys(double x) => x < 1
        ? (1.25 * x * x * x) - (2.25 * x * x) + 1
        : (-0.75 * x * x * x) + (3.75 * x * x) - (6 * x) + 3;
}

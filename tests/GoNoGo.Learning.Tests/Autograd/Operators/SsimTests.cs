using System.Text.Json;
using GoNoGo.Learning.Autograd;
using GoNoGo.Learning.Autograd.Operators;
using GoNoGo.Tensors;
using GoNoGo.Tensors.Memory;
using GoNoGo.Testing;

namespace GoNoGo.Learning.Tests.Autograd.Operators;

[Collection("vector width")]
public sealed class SsimTests
{
    [Theory]
    [InlineData("ssim.gray")]
    [InlineData("ssim.rgb")]
    [InlineData("ssim.small")]
    public void Reference_cases(string name)
    {
        OperatorGolden.Check(name, ["a", "b"], v => v[0].Ssim(v[1]));
        Goldens ops = Goldens.Open("golden/ops.safetensors");
        ProcessSettings.ForEachWidth(width =>
        {
            using var tape = new Tape(records: false);
            Variable a = tape.Constant(ops.Tensor(name + "/a", tape.Scope));
            Variable b = tape.Constant(ops.Tensor(name + "/b", tape.Scope));
            TensorAssert.Close(ops.Floats(name + "/per_image"), a.SsimPerImage(b).Value.ToArray(), OperatorGolden.Limit, $"{name} per image, {width}");
        });
    }

    [Fact]
    public void The_product_of_two_vectors_is_the_window()
    {
        float[] window = Goldens.Open("golden/ops.safetensors").Floats("ssim/window");
        double[] line = Line();
        double[] product = [.. Enumerable.Range(0, 121).Select(i => line[i / 11] * line[i % 11])];
        TensorAssert.Close(product, window, 1.2e-7);
    }

    [Fact]
    public void The_published_mean()
    {
        using JsonDocument file = JsonDocument.Parse(File.ReadAllText(SharedFolder.RequireFile("spec/golden/vtadl_parts.json")));
        JsonElement example = file.RootElement.GetProperty("ssim");
        using var tape = new Tape(records: false);
        Variable Read(string name) => tape.Constant(tape.Scope.From(Array.ConvertAll(Numbers(example.GetProperty(name)), v => (float)v), new Shape(1, 2, 16, 16)));
        double expected = example.GetProperty("mean_ssim").GetDouble();
        Assert.Equal(expected, Read("a").Ssim(Read("b")).Value.ToScalar(), 1e-6);
    }

    [Theory]
    [InlineData(1, 1, 1, 1)]
    [InlineData(2, 1, 7, 19)]
    [InlineData(1, 2, 12, 3)]
    public void Gradients(int batch, int channels, int height, int width)
    {
        var shape = new Shape(batch, channels, height, width);
        GradientInput[] inputs = [GradientInput.Random("a", shape, 0.5f, 0.5f), GradientInput.Random("b", shape, 0.5f, 0.5f)];
        GradientCheck.Run(v => v[0].SsimMap(v[1]), v => Map(v[0], v[1], shape), inputs);
        GradientCheck.Run(v => v[0].Ssim(v[1]), v => [Map(v[0], v[1], shape).Average()], inputs);
        GradientCheck.Run(v => v[0].SsimPerImage(v[1]), v => [.. Map(v[0], v[1], shape).Chunk(channels * height * width).Select(c => c.Average())], inputs);
    }

    [Fact]
    public void Pictures_of_several_strips_agree_with_the_textbook_at_any_number_of_threads()
    {
        // 150 rows: more than one strip of the forward and of the backward pass; 37 columns: no whole number of vectors.
        var shape = new Shape(1, 2, 150, 37);
        float[] a = Array.ConvertAll(FormulaParameters.Input("a", shape.ElementCount), u => 0.5f + (0.5f * u));
        float[] b = [.. a.Zip(FormulaParameters.Input("b", shape.ElementCount), (x, u) => x + (0.1f * u))];
        double[] expected = Map(TensorAssert.Widen(a), TensorAssert.Widen(b), shape);
        ProcessSettings.ForEachWidth(width =>
        {
            float[]? gradient = null;
            foreach (int threads in (int[])[1, 2, 3])
            {
                using IDisposable setting = ProcessSettings.Threads(threads);
                using var tape = new Tape();
                Variable x = tape.Input(tape.Scope.From(a, shape));
                Variable y = tape.Input(tape.Scope.From(b, shape));
                TensorAssert.Close(expected, x.SsimMap(y).Value.ToArray(), 5e-6, $"map, {width}");
                Variable mean = x.Ssim(y);
                Assert.Equal(expected.Average(), mean.Value.ToScalar(), 1e-6);
                tape.Backward(mean);
                gradient ??= x.Gradient.ToArray();
                TensorAssert.SameBits(gradient, x.Gradient.Span, $"{threads} threads");
            }
        });
    }

    /// <summary>Where a picture is bright and flat, rounding of E[x^2] - E[x]^2 would be as large as the constant C2 is small.</summary>
    [Theory]
    [InlineData(0.01f)]
    [InlineData(0.0003f)]
    public void Bright_flat_pictures_are_as_exact_as_others(float contrast)
    {
        var shape = new Shape(1, 1, 70, 45);
        float[] a = Array.ConvertAll(FormulaParameters.Input("a", shape.ElementCount), u => 0.95f + (contrast * u));
        // An edge in one corner: no shift of the whole picture makes all of it small.
        for (int i = 0; i < 20 * 45; i++)
        {
            a[i] = i % 45 < 20 ? 0.02f : a[i];
        }

        float[] b = [.. a.Zip(FormulaParameters.Input("b", shape.ElementCount), (x, u) => x + (contrast * u))];
        double[] expected = Map(TensorAssert.Widen(a), TensorAssert.Widen(b), shape);
        ProcessSettings.ForEachWidth(width =>
        {
            using var tape = new Tape(records: false);
            float[] map = tape.Constant(tape.Scope.From(a, shape)).SsimMap(tape.Constant(tape.Scope.From(b, shape))).Value.ToArray();
            double worst = expected.Zip(map, (x, y) => Math.Abs(x - y)).Max();
            Assert.True(worst <= 1.5e-6, $"{width}: {worst}");
        });
    }

    [Fact]
    public void The_gradient_of_one_picture_does_not_need_the_other()
    {
        using var tape = new Tape();
        var shape = new Shape(1, 1, 20, 20);
        Variable a = tape.Input(tape.Scope.From(FormulaParameters.Input("a", 400), shape));
        Variable fixedB = tape.Constant(tape.Scope.From(FormulaParameters.Input("b", 400), shape));
        Variable b = tape.Input(fixedB.Value);
        tape.Backward(a.Ssim(fixedB));
        float[] alone = a.Gradient.ToArray();
        Variable again = tape.Input(a.Value);
        tape.Backward(again.Ssim(b));
        TensorAssert.SameBits(alone, again.Gradient.Span);
        Assert.False(b.Gradient.IsEmpty);
    }

    [Fact]
    public void Equal_pictures_have_similarity_1_and_a_steady_loop_allocates_nothing()
    {
        using var scope = new TensorScope();
        Tensor picture = scope.From(FormulaParameters.Input("a", 2 * 3 * 40 * 40), new Shape(2, 3, 40, 40));
        using var tape = new Tape();
        float mean = 0;
        void Step()
        {
            Variable x = tape.Input(picture);
            Variable y = x.Ssim(tape.Constant(picture));
            mean = y.Value.ToScalar();
            tape.Backward(y);
            tape.Reset();
        }

        Assert.Equal(0, SteadyAllocation.Of(warmUp: 40, calls: 1, Step));
        Assert.Equal(1f, mean, 1e-6f);
    }

    [Fact]
    public void Wrong_shapes_are_named()
    {
        using var tape = new Tape();
        Variable a = tape.Constant(tape.Scope.Zeros(new Shape(1, 3, 8, 8)));
        Variable b = tape.Constant(tape.Scope.Zeros(new Shape(1, 3, 8, 9)));
        Assert.Contains("[1, 3, 8, 9]", Assert.Throws<ArgumentException>(() => a.Ssim(b)).Message, StringComparison.Ordinal);
    }

    private static double[] Numbers(JsonElement nested) =>
        nested.ValueKind == JsonValueKind.Array ? [.. nested.EnumerateArray().SelectMany(Numbers)] : [nested.GetDouble()];

    private static double[] Line()
    {
        double[] line = [.. Enumerable.Range(-5, 11).Select(t => Math.Exp(-t * t / 4.5))];
        double sum = line.Sum();
        return Array.ConvertAll(line, x => x / sum);
    }

    /// <summary>The similarity of every pixel as defined, with the whole 11 x 11 window.</summary>
    private static double[] Map(double[] a, double[] b, Shape shape)
    {
        double[] line = Line();
        var result = new double[a.Length];
        (int height, int width) = (shape[2], shape[3]);
        for (int i = 0; i < a.Length; i++)
        {
            (int plane, int row, int column) = (i / (height * width) * height * width, i / width % height, i % width);
            double meanA = 0, meanB = 0, squareA = 0, squareB = 0, product = 0;
            for (int y = Math.Max(row - 5, 0); y <= Math.Min(row + 5, height - 1); y++)
            {
                for (int x = Math.Max(column - 5, 0); x <= Math.Min(column + 5, width - 1); x++)
                {
                    double weight = line[y - row + 5] * line[x - column + 5];
                    double p = a[plane + (y * width) + x];
                    double q = b[plane + (y * width) + x];
                    meanA += weight * p;
                    meanB += weight * q;
                    squareA += weight * p * p;
                    squareB += weight * q * q;
                    product += weight * p * q;
                }
            }

            double varianceA = squareA - (meanA * meanA);
            double varianceB = squareB - (meanB * meanB);
            result[i] = ((2 * meanA * meanB) + 1e-4) * ((2 * (product - (meanA * meanB))) + 9e-4)
                / (((meanA * meanA) + (meanB * meanB) + 1e-4) * (varianceA + varianceB + 9e-4));
        }

        return result;
    }
}

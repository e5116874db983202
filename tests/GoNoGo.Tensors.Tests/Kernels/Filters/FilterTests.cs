using System.Text.Json;
using GoNoGo.Tensors.Kernels;
using GoNoGo.Tensors.Memory;
using GoNoGo.Testing;

namespace GoNoGo.Tensors.Tests.Kernels.Filters;

[Collection("vector width")]
public sealed class FilterTests
{
    [Theory]
    [InlineData("x", "gaussian_sigma2", 2)]
    [InlineData("x", "gaussian_sigma4", 4)]
    [InlineData("x_tiny", "gaussian_sigma4_tiny", 4)]
    public void Gaussian_reference_cases(string input, string output, double sigma) =>
        Check(input, output, (source, destination) => GaussianFilter.Run(source, sigma, destination));

    [Fact]
    public void Median_reference_case() => Check("x", "median3", MedianFilter.Run);

    [Fact]
    public void The_published_gaussian_filter()
    {
        using JsonDocument file = JsonDocument.Parse(File.ReadAllText(SharedFolder.RequireFile("spec/golden/vtadl_parts.json")));
        JsonElement example = file.RootElement.GetProperty("gaussian_filter_sigma4");
        using var scope = new TensorScope();
        Tensor source = scope.From(Array.ConvertAll(Numbers(example.GetProperty("input")), v => (float)v), new Shape(24, 24));
        Tensor smooth = scope.New(source.Shape);
        GaussianFilter.Run(source, 4, smooth);
        TensorAssert.Close(Numbers(example.GetProperty("output")), smooth.ToArray(), 5e-6);
    }

    [Fact]
    public void Every_size_agrees_with_the_textbook_at_every_width()
    {
        ProcessSettings.ForEachWidth(_ =>
        {
            using var scope = new TensorScope();
            foreach ((int height, int width) in (ReadOnlySpan<(int, int)>)[(1, 1), (1, 5), (7, 1), (3, 16), (40, 17), (65, 33)])
            {
                var shape = new Shape(2, height, width);
                Tensor source = scope.From(FormulaParameters.Input("x", shape.ElementCount), shape);
                Tensor result = scope.New(shape);
                double[] x = TensorAssert.Widen(source.Span);
                MedianFilter.Run(source, result);
                TensorAssert.Close(Windowed(x, shape, 1, window => window.Order().ElementAt(4)), result.ToArray(), 0, $"median {shape}");
                GaussianFilter.Run(source, 0.8, result);
                double[] weights = [.. Enumerable.Range(0, 49).Select(i => Math.Exp(-(Math.Pow((i / 7) - 3, 2) + Math.Pow((i % 7) - 3, 2)) / 1.28))];
                double sum = weights.Sum();
                TensorAssert.Close(Windowed(x, shape, 3, window => window.Select((v, i) => v * weights[i]).Sum() / sum), result.ToArray(), 1e-6, $"gaussian {shape}");
            }
        });
    }

    [Fact]
    public void The_number_of_threads_changes_no_bit_and_nothing_is_allocated()
    {
        using var scope = new TensorScope();
        Tensor source = scope.From(FormulaParameters.Input("x", 100 * 90), new Shape(100, 90));
        Tensor[] results = [scope.New(source.Shape), scope.New(source.Shape)];
        for (int i = 0; i < 2; i++)
        {
            using IDisposable setting = ProcessSettings.Threads(i == 0 ? 1 : 3);
            Tensor result = results[i];
            Assert.Equal(0, SteadyAllocation.Of(warmUp: 30, calls: 1, () => GaussianFilter.Run(source, 4, result)));
        }

        TensorAssert.SameBits(results[0].Span, results[1].Span);
    }

    [Fact]
    public void Wrong_arguments_are_named()
    {
        using var scope = new TensorScope();
        Tensor map = scope.Zeros(new Shape(4, 4));
        Assert.Contains("sigma -1", Assert.Throws<ArgumentException>(() => GaussianFilter.Run(map, -1, scope.New(map.Shape))).Message, StringComparison.Ordinal);
        Assert.Contains("[4, 4]", Assert.Throws<ArgumentException>(() => GaussianFilter.Run(map, 1, scope.New(new Shape(4, 5)))).Message, StringComparison.Ordinal);
        Assert.Contains("[4, 4]", Assert.Throws<ArgumentException>(() => MedianFilter.Run(map, scope.New(new Shape(4, 5)))).Message, StringComparison.Ordinal);
    }

    private static void Check(string input, string output, Action<Tensor, Tensor> filter)
    {
        Goldens metrics = Goldens.Open("golden/metrics.safetensors");
        ProcessSettings.ForEachWidth(width =>
        {
            using var scope = new TensorScope();
            Tensor source = metrics.Tensor("filters/" + input, scope);
            Tensor result = scope.New(source.Shape);
            filter(source, result);
            TensorAssert.Close(metrics.Floats("filters/" + output), result.ToArray(), 2e-6, $"{output}, {width}");
        });
    }

    private static double[] Numbers(JsonElement nested) =>
        nested.ValueKind == JsonValueKind.Array ? [.. nested.EnumerateArray().SelectMany(Numbers)] : [nested.GetDouble()];

    /// <summary>A function of the (2 radius + 1)^2 values around every pixel, mirrored at the edges by walking back and forth.</summary>
    private static double[] Windowed(double[] x, Shape shape, int radius, Func<double[], double> function)
    {
        static int Walk(int position, int length)
        {
            while (position < 0 || position >= length)
            {
                position = position < 0 ? -1 - position : (2 * length) - 1 - position;
            }

            return position;
        }

        (int height, int width) = (shape[1], shape[2]);
        int side = (2 * radius) + 1;
        return [.. Enumerable.Range(0, x.Length).Select(i =>
        {
            int plane = i / (height * width) * height;
            return function([.. Enumerable.Range(0, side * side).Select(w =>
                x[((plane + Walk((i / width % height) + (w / side) - radius, height)) * width) + Walk((i % width) + (w % side) - radius, width)])]);
        })];
    }
}

using GoNoGo.Learning.Autograd;
using GoNoGo.Learning.Autograd.Operators;
using GoNoGo.Tensors;
using GoNoGo.Tensors.Kernels.Pooling;
using GoNoGo.Testing;
using GoNoGo.Testing.Reference;
using Xunit;

namespace GoNoGo.Learning.Tests.Operators;

public sealed class PoolingOperatorTests
{
    [Theory]
    [InlineData("max_pool.even")]
    [InlineData("max_pool.odd")]
    [InlineData("avg_pool_inc")]
    [InlineData("avg_pool_noinc.a")]
    [InlineData("avg_pool_noinc.one")]
    [InlineData("adaptive_avg.1")]
    [InlineData("adaptive_avg.uneven")]
    [InlineData("adaptive_avg.up")]
    public void Pooling_matches_the_reference_data(string name)
    {
        Goldens goldens = Goldens.Open("golden/ops.safetensors");
        System.Text.Json.JsonElement attributes = goldens.Case(name);
        int Number(string key) => attributes.GetProperty(key).GetInt32();
        using var tape = new Tape();
        Variable x = tape.Input(goldens.Tensor($"{name}/x", tape.Scope));
        Variable y = attributes.GetProperty("op").GetString() switch
        {
            "max_pool2d" => x.MaxPool2d(Number("kernel"), Number("stride"), Number("padding")),
            "avg_pool2d" => x.AvgPool2d(Number("kernel"), Number("stride"), Number("padding"), attributes.GetProperty("count_include_pad").GetBoolean()),
            _ => x.AdaptiveAvgPool2d(attributes.GetProperty("output")[0].GetInt32(), attributes.GetProperty("output")[1].GetInt32()),
        };
        TensorAssert.Close(goldens[$"{name}/y"], y.Value, 5e-6);
        tape.Backward(y, goldens.Tensor($"{name}/dy", tape.Scope));
        TensorAssert.Close(goldens[$"{name}/dx"], x.Gradient, 5e-6);
    }

    [Fact]
    public void Gradients_are_those_of_differences()
    {
        Shape shape = new(2, 3, 7, 10);
        GradientInput[] inputs = [GradientInput.Random("x", shape)];
        PoolWindow[] windows =
        [
            new PoolWindow(3, 2, 1),
            new PoolWindow(2),
            new PoolWindow(3) { KernelWidth = 4, StrideHeight = 1, PaddingWidth = 2 },
        ];
        foreach (PoolWindow window in windows)
        {
            GradientCheck.Run(v => v[0].MaxPool2d(window), v => ReferencePooling.Max(v[0], shape, window), inputs);
            GradientCheck.Run(v => v[0].AvgPool2d(window, true), v => ReferencePooling.Average(v[0], shape, window, true), inputs);
            GradientCheck.Run(v => v[0].AvgPool2d(window, false), v => ReferencePooling.Average(v[0], shape, window, false), inputs);
        }

        GradientCheck.Run(v => v[0].AdaptiveAvgPool2d(3, 4), v => ReferencePooling.AdaptiveAverage(v[0], shape, 3, 4), inputs);
        GradientCheck.Run(v => v[0].AdaptiveAvgPool2d(9, 11), v => ReferencePooling.AdaptiveAverage(v[0], shape, 9, 11), inputs);
    }

    [Fact]
    public void The_gradient_of_equal_pixels_goes_to_the_first()
    {
        using var tape = new Tape();
        Variable x = tape.Input(tape.Scope.From([1, 2, 2, 2], new Shape(1, 1, 2, 2)));
        Variable y = x.MaxPool2d(2);
        tape.Backward(y);
        Assert.Equal([0f, 1f, 0f, 0f], x.Gradient.ToArray());
    }

    [Fact]
    public void Not_a_number_wins_the_maximum()
    {
        using var tape = new Tape(records: false);
        Variable x = tape.Constant(tape.Scope.From([1, float.NaN, 3, 2], new Shape(1, 1, 2, 2)));
        Assert.True(float.IsNaN(x.MaxPool2d(2).Value.ToScalar()));
    }

    [Fact]
    public void Windows_that_do_not_fit_are_refused()
    {
        using var tape = new Tape(records: false);
        Variable x = tape.Constant(tape.Scope.Zeros(new Shape(1, 1, 2, 2)));
        Assert.Throws<ArgumentException>(() => x.MaxPool2d(3));
        Assert.Throws<ArgumentException>(() => x.AvgPool2d(2, padding: 2));
        Assert.Throws<ArgumentException>(() => x.AdaptiveAvgPool2d(0, 1));
    }
}

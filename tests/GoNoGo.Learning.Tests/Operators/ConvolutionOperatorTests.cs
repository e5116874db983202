using System.Text.Json;
using GoNoGo.Learning.Autograd;
using GoNoGo.Learning.Autograd.Operators;
using GoNoGo.Tensors;
using GoNoGo.Tensors.Kernels.Convolution;
using GoNoGo.Testing;
using GoNoGo.Testing.Reference;
using Xunit;

namespace GoNoGo.Learning.Tests.Operators;

public sealed class ConvolutionOperatorTests
{
    private const double Limit = 5e-6;

    [Fact]
    public void Conv2d_matches_the_reference_data() => CheckGoldens("conv2d.", 16, (x, w, b, window) => x.Conv2d(w, b, window));

    [Fact]
    public void ConvTranspose2d_matches_the_reference_data() => CheckGoldens("convt.", 8, (x, w, b, window) => x.ConvTranspose2d(w, b, window));

    [Fact]
    public void Conv2d_gradients_are_those_of_differences()
    {
        ConvolutionWindow[] windows =
        [
            new ConvolutionWindow(padding: 1),
            new ConvolutionWindow(stride: 2, padding: 1, dilation: 2),
            new ConvolutionWindow(groups: 2) { StrideWidth = 3, PaddingLeft = 2, PaddingBottom = 1 },
        ];
        foreach (ConvolutionWindow window in windows)
        {
            Shape x = new(2, 4, 7, 9), w = new(6, 4 / window.Groups, 3, 2);
            ConvolutionGeometry g = ConvolutionGeometry.ForConv2d(x, w, window);
            GradientCheck.Run(
                v => v[0].Conv2d(v[1], v[2], window),
                v => ReferenceConvolution.Forward(v[0], v[1], v[2], g, 2),
                [GradientInput.Random("x", x), GradientInput.Random("w", w), GradientInput.Random("b", new Shape(6))]);
            GradientCheck.Run(
                v => v[0].Conv2d(v[1], v[2], window, relu: true),
                v => [.. ReferenceConvolution.Forward(v[0], v[1], v[2], g, 2).Select(y => Math.Max(y, 0))],
                [GradientInput.Random("x", x), GradientInput.Random("w", w), GradientInput.Random("b", new Shape(6))]);
        }
    }

    [Fact]
    public void ConvTranspose2d_gradients_are_those_of_differences()
    {
        ConvolutionWindow[] windows =
        [
            new ConvolutionWindow(stride: 2, padding: 1, outputPadding: 1),
            new ConvolutionWindow(stride: 1, dilation: 2),
            new ConvolutionWindow(stride: 5, padding: 1, groups: 2) { PaddingRight = 0 },
        ];
        foreach (ConvolutionWindow window in windows)
        {
            Shape x = new(2, 4, 4, 5), w = new(4, 6 / window.Groups, 3, 4);
            ConvolutionGeometry g = ConvolutionGeometry.ForConvTranspose2d(x, w, window);
            GradientCheck.Run(
                v => v[0].ConvTranspose2d(v[1], v[2], window),
                v => ReferenceConvolution.Adjoint(v[0], v[1], v[2], g, 2),
                [GradientInput.Random("x", x), GradientInput.Random("w", w), GradientInput.Random("b", new Shape(6))]);
        }
    }

    private static void CheckGoldens(string prefix, int expectedCases, Func<Variable, Variable, Variable, ConvolutionWindow, Variable> op)
    {
        Goldens goldens = Goldens.Open("golden/ops.safetensors");
        int cases = 0;
        foreach (string name in goldens.CaseNames.Where(name => name.StartsWith(prefix, StringComparison.Ordinal)))
        {
            using var tape = new Tape();
            Variable x = tape.Input(goldens.Tensor($"{name}/x", tape.Scope));
            Variable weight = tape.Input(goldens.Tensor($"{name}/weight", tape.Scope));
            Variable bias = goldens.Contains($"{name}/bias") ? tape.Input(goldens.Tensor($"{name}/bias", tape.Scope)) : default;
            Variable y = op(x, weight, bias, Window(goldens.Case(name), weight.Shape));
            TensorAssert.Close(goldens[$"{name}/y"], y.Value, Limit);
            tape.Backward(y, goldens.Tensor($"{name}/dy", tape.Scope));
            TensorAssert.Close(goldens[$"{name}/dx"], x.Gradient, Limit);
            TensorAssert.Close(goldens[$"{name}/dweight"], weight.Gradient, Limit);
            if (!bias.IsEmpty)
            {
                TensorAssert.Close(goldens[$"{name}/dbias"], bias.Gradient, Limit);
            }

            cases++;
        }

        Assert.Equal(expectedCases, cases);
    }

    private static ConvolutionWindow Window(JsonElement attributes, Shape weight)
    {
        (int Height, int Width) Pair(string name, int otherwise) => !attributes.TryGetProperty(name, out JsonElement value)
            ? (otherwise, otherwise)
            : value.ValueKind == JsonValueKind.Array ? (value[0].GetInt32(), value[1].GetInt32()) : (value.GetInt32(), value.GetInt32());
        (int Height, int Width) stride = Pair("stride", 1), dilation = Pair("dilation", 1), outputPadding = Pair("output_padding", 0);
        int groups = Pair("groups", 1).Height;
        if (attributes.TryGetProperty("padding", out JsonElement same) && same.ValueKind == JsonValueKind.String)
        {
            Assert.Equal("same", same.GetString());
            return ConvolutionWindow.Same(weight[2], weight[3], dilation.Height, groups);
        }

        (int Height, int Width) padding = Pair("padding", 0);
        return new ConvolutionWindow(groups: groups)
        {
            StrideHeight = stride.Height,
            StrideWidth = stride.Width,
            DilationHeight = dilation.Height,
            DilationWidth = dilation.Width,
            PaddingTop = padding.Height,
            PaddingBottom = padding.Height,
            PaddingLeft = padding.Width,
            PaddingRight = padding.Width,
            OutputPaddingHeight = outputPadding.Height,
            OutputPaddingWidth = outputPadding.Width,
        };
    }
}

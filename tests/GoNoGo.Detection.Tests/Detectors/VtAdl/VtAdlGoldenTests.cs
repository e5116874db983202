using GoNoGo.Detection.Detectors.VtAdl;
using GoNoGo.Detection.Training;
using GoNoGo.Learning.Autograd;
using GoNoGo.Learning.Autograd.Operators;
using GoNoGo.Learning.Layers;
using GoNoGo.Tensors;
using GoNoGo.Tensors.Kernels;
using GoNoGo.Tensors.Memory;
using GoNoGo.Testing;
using Xunit;

namespace GoNoGo.Detection.Tests.Detectors.VtAdl;

/// <summary>VT-ADL part by part, and whole, against golden/vtadl.safetensors: E at most 1e-5.</summary>
public sealed class VtAdlGoldenTests
{
    private const double Limit = 1e-5;

    [Theory]
    [InlineData("encoder_tiny", false)]
    [InlineData("encoder_tiny_masked", true)]
    public void Encoder(string name, bool masked)
    {
        Goldens goldens = Goldens.Open("golden/vtadl.safetensors");
        VtAdlSettings settings = Settings("size=40", "patch=8", "width=16", "depth=2", "heads=4", "mlp-width=32", "capsule-width=8", "decoder-layers=3", "code=200");
        using var scope = new TensorScope();
        using var tape = new Tape();
        WeightSource source = WeightSource.Fresh(scope, 1);
        var encoder = new VtAdlEncoder(settings, source);
        FormulaParameters.Fill(source.Parameters);
        Assert.Equal(7872, source.Parameters.Sum(parameter => parameter.Shape.ElementCount));

        var shape = new Shape(2, 3, 40, 40);
        Variable input = tape.Input(scope.From(FormulaParameters.Input("input", shape.ElementCount), shape));
        Tensor mask = default;
        if (masked)
        {
            float[] one = [.. goldens.Bytes($"{name}/mask").Select(value => (float)value)];
            mask = scope.From([.. one, .. one], new Shape(2, 25));
        }

        Variable y = encoder.Forward(input, mask);
        TensorAssert.Close(goldens[$"{name}/y"], y.Value, Limit);
        CheckGradients(goldens, name, tape, y, input, source.Parameters, scope);
    }

    [Fact]
    public void OneCapsuleIsALinearMapAndASquash()
    {
        Goldens goldens = Goldens.Open("golden/vtadl.safetensors");
        using var scope = new TensorScope();
        using var tape = new Tape();
        float[] published = FormulaParameters.Values("W", new Shape(1, 10, 12, 4));
        var weight = new Parameter("W", scope.From(AsLinear(published, 10, 12, 4), new Shape(12, 40)), scope);
        Variable input = CapsuleInput(tape, scope, 10);
        Variable v = input.Scale(3).Reshape(new Shape(2, 40)).Linear(tape.Use(weight)).Squash(-1, 0);
        TensorAssert.Close(goldens["caps_one/outputs/y"].Values, v.Value.ToArray(), Limit);
        TensorAssert.Close(goldens["caps_one/selected/y"].Values, v.Value.ToArray(), Limit);
        Backward(tape, v, new Shape(2, 1, 12), scope);
        TensorAssert.Close(goldens["caps_one/outputs/grad/@input"], input.Gradient, Limit);
        TensorAssert.Close(AsLinear(goldens["caps_one/outputs/grad/W"].Values, 10, 12, 4), weight.Gradient.ToArray(), Limit);
    }

    [Fact]
    public void SeveralCapsulesAreRouted()
    {
        Goldens goldens = Goldens.Open("golden/vtadl.safetensors");
        using var scope = new TensorScope();
        using var tape = new Tape();
        var shape = new Shape(3, 7, 6, 4);
        var weight = new Parameter("W", scope.From(FormulaParameters.Values("W", shape), shape), scope);
        Variable input = CapsuleInput(tape, scope, 7);
        Variable outputs = CapsuleRouting.Route(input.Scale(3), tape.Use(weight), iterations: 3, epsilon: 0);
        TensorAssert.Close(goldens["caps_routing/outputs/y"], outputs.Value, Limit);
        TensorAssert.Close(goldens["caps_routing/selected/y"].Values, CapsuleRouting.Longest(outputs).Value.ToArray(), Limit);
        Backward(tape, outputs, outputs.Shape, scope);
        TensorAssert.Close(goldens["caps_routing/outputs/grad/@input"], input.Gradient, Limit);
        TensorAssert.Close(goldens["caps_routing/outputs/grad/W"], weight.Gradient, Limit);
    }

    [Theory]
    [InlineData("decoder_small_train", true)]
    [InlineData("decoder_small_eval", false)]
    public void Decoder(string name, bool training)
    {
        Goldens goldens = Goldens.Open("golden/vtadl.safetensors");
        using var scope = new TensorScope();
        using var tape = new Tape();
        WeightSource source = WeightSource.Fresh(scope, 1);
        var decoder = new VtAdlDecoder(Settings(), source.Child("decoder2"));
        FillDecoder(source);
        var shape = new Shape(2, 8, 2, 2);
        Variable input = tape.Input(scope.From(FormulaParameters.Input("input", shape.ElementCount), shape));
        Variable y = decoder.Forward(input, training);
        TensorAssert.Close(goldens[$"{name}/y"], y.Value, Limit);
        // With batch statistics the biases before a norm have no effect: their gradients are zero but for rounding.
        CheckGradients(goldens, name, tape, y, input, source.Parameters, scope, parameter =>
            training && parameter.Name.EndsWith(".bias", StringComparison.Ordinal) && parameter.Name is
                "decoder2.0.bias" or "decoder2.3.bias" or "decoder2.6.bias" or "decoder2.9.bias" or "decoder2.12.bias");
        if (training)
        {
            string[] moved = [.. goldens.Names.Where(golden => golden.StartsWith($"{name}/new/", StringComparison.Ordinal))];
            Assert.Equal(10, moved.Length);
            foreach (string golden in moved)
            {
                TensorAssert.Close(goldens[golden], source.Buffers.Single(buffer => golden == $"{name}/new/{buffer.Key}").Value, Limit);
            }
        }
    }

    [Fact]
    public void Whole()
    {
        Goldens goldens = Goldens.Open("golden/vtadl.safetensors");
        VtAdlSettings settings = Settings();
        using var scope = new TensorScope();
        using var tape = new Tape(records: false);
        WeightSource source = WeightSource.Fresh(scope, 1);
        var network = new VtAdlNetwork(settings, source);
        FillWhole(source);
        var shape = new Shape(1, 3, 512, 512);
        float[] pixels = Array.ConvertAll(FormulaParameters.Input("input", shape.ElementCount), u => (float)((u + 1.0) / 2));
        Variable images = tape.Constant(scope.From(pixels, shape));

        Variable encoded = network.Encode(images);
        TensorAssert.Close(goldens["full/encoded"], encoded.Value, Limit);
        Variable code = network.Project(encoded);
        TensorAssert.Close(goldens["full/caps"].Values, code.Value.ToArray(), Limit);
        Variable judged = network.Decode(code, training: false);
        TensorAssert.Close(goldens["full/recon_sub"].Values, EveryNth(judged.Value, 8), Limit);
        double sum = judged.Value.ToArray().Sum(value => (double)value);
        Close(goldens.Scalar("full/recon_full_sum"), sum, Limit);
        Close(goldens.Scalar("full/mse"), judged.MseLoss(images).Value.ToScalar(), Limit);
        Assert.Equal(goldens.Scalar("full/ssim"), judged.Ssim(images).Value.ToScalar(), 1e-6);

        Variable energies = network.PatchEnergies(encoded);
        TensorAssert.Close(goldens["full/mdn_per_patch_as_coded"].Values, energies.Value.ToArray(), Limit);
        Close(goldens.Scalar("full/mdn_loss_as_coded"), energies.Value.ToArray().Sum(value => (double)value), Limit);
        Tensor map = scope.New(new Shape(1, 1, 512, 512));
        Interpolate.Forward(energies.Value.Reshape(new Shape(1, 1, 8, 8)), InterpolationMode.Bilinear, alignCorners: true, map);
        TensorAssert.Close(goldens["full/score_map_upsampled_sub"].Values, EveryNth(map, 16), Limit);
        Tensor smooth = scope.New(new Shape(1, 512, 512));
        GaussianFilter.Run(map.Reshape(smooth.Shape), 4, smooth);
        TensorAssert.Close(goldens["full/score_map_filtered_sub"].Values, EveryNth(smooth.Reshape(map.Shape), 16), Limit);

        TensorAssert.Close(goldens["full/recon_train_bn_sub"].Values, EveryNth(network.Decode(code, training: true).Value, 8), Limit);
    }

    [Fact]
    public void TheTrainingLossIsThePublishedOne()
    {
        Goldens goldens = Goldens.Open("golden/vtadl.safetensors");
        using var scope = new TensorScope();
        using var tape = new Tape(records: false);
        WeightSource source = WeightSource.Fresh(scope, 1);
        var network = new VtAdlNetwork(Settings(), source);
        FillWhole(source);
        var shape = new Shape(1, 3, 512, 512);
        float[] pixels = Array.ConvertAll(FormulaParameters.Input("input", shape.ElementCount), u => (float)((u + 1.0) / 2));
        Span<double> parts = stackalloc double[4];
        Variable loss = network.Loss(tape.Constant(scope.From(pixels, shape)), StepContext.Judging, parts);
        Close(goldens.Scalar("full/total_train_loss"), loss.Value.ToScalar(), Limit);
    }

    private static VtAdlSettings Settings(params string[] settings) => VtAdlSettings.From(VtAdlOptions.Table.Create("paper-code", settings));

    private static void FillWhole(WeightSource source)
    {
        FillDecoder(source);
        foreach (Parameter parameter in source.Parameters)
        {
            if (parameter.Name == "Digcap.W")
            {
                AsLinear(FormulaParameters.Values("Digcap.W", new Shape(1, 4096, 512, 8)), 4096, 512, 8).CopyTo(parameter.Value.Span);
            }
            else if (parameter.Name.StartsWith("mdn.", StringComparison.Ordinal))
            {
                FormulaParameters.Fill(parameter.Name["mdn.".Length..], parameter.Shape, parameter.Value.Span);
            }
        }
    }

    private static void FillDecoder(WeightSource source)
    {
        FormulaParameters.Fill(source.Parameters, parameter => parameter.Shape.Rank == 4 ? FormulaKind.TransposedConvolutionWeight : null);
        foreach ((string name, Tensor value) in source.Buffers)
        {
            FormulaParameters.Fill(name, value.Shape, value.Span);
        }
    }

    private static Variable CapsuleInput(Tape tape, TensorScope scope, int capsules)
    {
        var shape = new Shape(2, capsules, 4);
        return tape.Input(scope.From(FormulaParameters.Input("input", shape.ElementCount), shape));
    }

    /// <summary>[1, I, O, i] to [O, I * i].</summary>
    private static float[] AsLinear(float[] published, int inputs, int outputs, int width)
    {
        var linear = new float[published.Length];
        for (int i = 0; i < inputs; i++)
        {
            for (int o = 0; o < outputs; o++)
            {
                published.AsSpan(((i * outputs) + o) * width, width).CopyTo(linear.AsSpan((o * inputs * width) + (i * width)));
            }
        }

        return linear;
    }

    private static void Backward(Tape tape, Variable y, Shape goldenShape, TensorScope scope) =>
        tape.Backward(y, scope.From(FormulaParameters.Input("dy", goldenShape.ElementCount), y.Shape));

    private static void CheckGradients(
        Goldens goldens, string name, Tape tape, Variable y, Variable input, IReadOnlyList<Parameter> parameters, TensorScope scope, Func<Parameter, bool>? isZero = null)
    {
        Backward(tape, y, y.Shape, scope);
        TensorAssert.Close(goldens[$"{name}/grad/@input"], input.Gradient, Limit);
        foreach (Parameter parameter in parameters)
        {
            if (isZero?.Invoke(parameter) == true)
            {
                Assert.All(parameter.Gradient.ToArray(), value => Assert.True(Math.Abs(value) <= 1e-3, $"{parameter.Name}: {value}"));
            }
            else
            {
                TensorAssert.Close(goldens[$"{name}/grad/{parameter.Name}"], parameter.Gradient, Limit);
            }
        }
    }

    private static float[] EveryNth(Tensor maps, int step)
    {
        int channels = maps.Shape[1];
        int side = maps.Shape[2];
        float[] values = maps.ToArray();
        var picked = new List<float>();
        for (int c = 0; c < channels; c++)
        {
            for (int row = 0; row < side; row += step)
            {
                for (int column = 0; column < side; column += step)
                {
                    picked.Add(values[(((c * side) + row) * side) + column]);
                }
            }
        }

        return [.. picked];
    }

    private static void Close(double expected, double actual, double relative) =>
        Assert.True(Math.Abs(expected - actual) <= relative * Math.Abs(expected), $"expected {expected}, got {actual}");
}

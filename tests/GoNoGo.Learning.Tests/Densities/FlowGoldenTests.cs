using System.Globalization;
using System.Text.Json;
using GoNoGo.Learning.Autograd;
using GoNoGo.Learning.Autograd.Operators;
using GoNoGo.Learning.Densities.Flows;
using GoNoGo.Learning.Layers;
using GoNoGo.Learning.Optimizers;
using GoNoGo.Tensors;
using GoNoGo.Tensors.Kernels;
using GoNoGo.Tensors.Memory;
using GoNoGo.Testing;
using Xunit;

namespace GoNoGo.Learning.Tests.Densities;

/// <summary>
/// The published flow against golden/flow.safetensors (clamp tanh(a / alpha)) and spec/golden/flow_blocks.json (both forms): outputs and
/// gradients 1e-5, losses relative 1e-5, log-determinants absolute 1e-5 + 3e-7 C H W, trained parameters absolute 3e-4.
/// </summary>
public sealed class FlowGoldenTests
{
    private static readonly string[] Names = ["c16", "c16_wide", "c5_odd", "c512", "c768"];

    public static TheoryData<string> Cases() => [.. Names];

    [Theory]
    [MemberData(nameof(Cases))]
    public void OutputsLogDeterminantsAndMaps(string name)
    {
        using var golden = new Case(name);
        // A flow of the first steps ends where the longer one goes on.
        double[] before = new double[golden.Input.Shape[0]];
        for (int step = 0; step < golden.Options.Steps; step++)
        {
            using var tape = new Tape(records: false);
            FlowOutput part = golden.Flow(step + 1).Transform(tape.Constant(golden.Input));
            if (golden.File.Contains($"{name}/after_step{step}"))
            {
                TensorAssert.Close(golden.File[$"{name}/after_step{step}"], part.Z.Value, 1e-5);
            }

            double[] total = TensorAssert.Widen(part.LogDeterminant.Value.Span);
            TensorAssert.Within(
                golden.File.Doubles($"{name}/log_det_step{step}"), [.. total.Zip(before, (after, earlier) => after - earlier)],
                golden.LogDeterminantLimit, what: $"{name}/log_det_step{step}");
            before = total;
        }

        using var whole = new Tape(records: false);
        FlowOutput output = golden.Flow().Transform(whole.Constant(golden.Input));
        TensorAssert.Close(golden.File[$"{name}/z"], output.Z.Value, 1e-5);
        TensorAssert.Within(
            golden.File.Doubles($"{name}/log_det"), TensorAssert.Widen(output.LogDeterminant.Value.Span), golden.LogDeterminantLimit, what: $"{name}/log_det");
        double[] positions = TensorAssert.Widen(output.LogDeterminantMap.Span);
        int pixels = output.LogDeterminantMap.Shape[1] * output.LogDeterminantMap.Shape[2];
        TensorAssert.Within(
            TensorAssert.Widen(output.LogDeterminant.Value.Span), [.. positions.Chunk(pixels).Select(picture => picture.Sum())], golden.LogDeterminantLimit);

        Tensor scores = whole.New(output.LogDeterminantMap.Shape);
        FlowScores.Compute(FlowScore.Probability, output, scores);
        TensorAssert.Close(golden.File.Floats($"{name}/prob"), Array.ConvertAll(scores.ToArray(), score => 1 - score), 1e-5, $"{name}/prob");
        Variable map = whole.Constant(scores.Reshape(new Shape(scores.Shape[0], 1, scores.Shape[1], scores.Shape[2])));
        int size = golden.Attributes.GetProperty("img_size").GetInt32();
        TensorAssert.Close(golden.File[$"{name}/anomaly_map"], map.Interpolate(size, size, InterpolationMode.Bilinear).Value, 1e-5);
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void LossAndGradients(string name)
    {
        using var golden = new Case(name);
        FastFlow flow = golden.Flow();
        using var tape = new Tape();
        Variable x = tape.Input(golden.Input);
        Variable loss = flow.Loss(x);
        TensorAssert.Within(golden.File.Doubles($"{name}/loss"), TensorAssert.Widen(loss.Value.Span), 0, 1e-5, $"{name}/loss");
        tape.Backward(loss);
        TensorAssert.Close(golden.File[$"{name}/dinput"], x.Gradient, 1e-5);
        foreach (Parameter parameter in golden.Parameters)
        {
            TensorAssert.Close(golden.File[$"{name}/grad/{parameter.Name}"], parameter.Gradient.Span, 1e-5);
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void TenStepsOfAdam(string name)
    {
        using var golden = new Case(name);
        FastFlow flow = golden.Flow();
        Assert.Equal(golden.Attributes.GetProperty("trainable_flow_params").GetInt64(), golden.Parameters.Sum(parameter => parameter.Shape.ElementCount));
        Assert.Equal(golden.Options.TrainableCount, golden.Parameters.Sum(parameter => parameter.Shape.ElementCount));
        using var optimizer = new Adam(golden.Parameters, new AdamOptions { LearningRate = 1e-3, WeightDecay = 1e-5 });
        using var tape = new Tape();
        double[] expected = golden.File.Doubles($"{name}/train_losses");
        for (int step = 0; step < expected.Length; step++)
        {
            tape.Reset();
            optimizer.ResetGradients();
            Variable loss = flow.Loss(tape.Constant(golden.Input));
            TensorAssert.Within([expected[step]], TensorAssert.Widen(loss.Value.Span), 0, 1e-5, $"{name}/train_losses[{step}]");
            if (step < expected.Length - 1)
            {
                tape.Backward(loss);
                optimizer.Step();
            }
        }

        foreach (Parameter parameter in golden.Parameters)
        {
            GoldenTensor trained = golden.File[$"{name}/trained/{parameter.Name}"];
            TensorAssert.Within(trained.Values, trained.Sample(parameter.Value.Span), 3e-4, what: trained.Name);
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Inverse(string name)
    {
        using var golden = new Case(name);
        Tensor z = golden.Scope.From(FormulaParameters.Input("z", golden.Input.Shape.ElementCount), golden.Input.Shape);
        Tensor x = golden.Scope.New(z.Shape);
        var logDeterminants = new double[z.Shape[0]];
        golden.Flow().Inverse(z, x, logDeterminants);
        TensorAssert.Close(golden.File[$"{name}/x_from_z"], x, 1e-5);
        TensorAssert.Within(golden.File.Doubles($"{name}/log_det_from_z"), logDeterminants, golden.LogDeterminantLimit, what: "log_det_from_z");
    }

    [Fact]
    public void TheLogDeterminantIsThatOfTheJacobian()
    {
        using var golden = new Case("jacobian");
        using var tape = new Tape();
        FlowOutput output = golden.Flow().Transform(tape.Constant(golden.Input));
        TensorAssert.Close(golden.File["jacobian/z"], output.Z.Value, 1e-5);
        double limit = golden.LogDeterminantLimit;
        Assert.Equal(golden.File.Scalar("jacobian/slogdet_of_full_jacobian"), output.LogDeterminant.Value.Span[0], limit);
        float[] jacobian = golden.File.Floats("jacobian/jacobian");
        int count = (int)golden.Input.ElementCount;
        for (int row = 0; row < count; row++)
        {
            tape.Reset();
            Variable x = tape.Input(golden.Input);
            Variable z = golden.Flow().Transform(x).Z;
            Tensor seed = tape.Scope.Zeros(z.Shape);
            seed.Span[row] = 1;
            tape.Backward(z, seed);
            TensorAssert.Within(jacobian.AsSpan(row * count, count), x.Gradient.Span, 2e-6, what: $"row {row} of the Jacobian");
        }
    }

    [Fact]
    public void TheStartValueOfTheScalesIsOne()
    {
        double golden = Goldens.Open("golden/flow.safetensors").Scalar("init/global_scale_default");
        using var scope = new TensorScope();
        WeightSource source = WeightSource.Fresh(scope, 5);
        _ = new FastFlow(new FastFlowOptions(8) { Steps = 2, HiddenRatio = 0.5 }, source);
        Parameter scale = source.Parameters.First(parameter => parameter.Name == "fast_flow_decoder.module_list.1.global_scale");
        Assert.All(scale.Value.ToArray(), value => Assert.Equal(golden, value));
    }

    [Theory]
    [InlineData("tanh_a", ClampForm.TanhOfA)]
    [InlineData("tanh_a_over_clamp", ClampForm.TanhOfAOverAlpha)]
    public void TheTwoBlocksInBothClampForms(string form, ClampForm clampForm)
    {
        using JsonDocument file = JsonDocument.Parse(File.ReadAllText(SharedFolder.RequireFile("spec/golden/flow_blocks.json")));
        JsonElement blocks = file.RootElement.GetProperty("blocks");
        JsonElement expected = file.RootElement.GetProperty("results").GetProperty(form);
        using var scope = new TensorScope();
        using var tape = new Tape(records: false);
        Tensor input = scope.From(Numbers(file.RootElement.GetProperty("input")), new Shape(2, 5, 3, 3));
        WeightSource source = WeightSource.FromReader(scope, (name, tensor) =>
        {
            string[] parts = name.Split('.');
            JsonElement block = blocks[int.Parse(parts[2], CultureInfo.InvariantCulture)];
            string key = string.Join('.', parts[3..]) switch
            {
                "global_scale" => "g",
                "global_offset" => "o",
                "subnet.0.weight" => "w0",
                "subnet.0.bias" => "b0",
                "subnet.2.weight" => "w2",
                "subnet.2.bias" => "b2",
                _ => "perm",
            };
            Numbers(block.GetProperty(key)).CopyTo(tensor.Span);
        });
        int hidden = blocks[0].GetProperty("b0").GetArrayLength();
        FlowOutput output = new FastFlow(new FastFlowOptions(5) { Steps = 2, HiddenRatio = hidden / 3.0, ClampForm = clampForm }, source)
            .Transform(tape.Constant(input));
        TensorAssert.Close(Numbers(expected.GetProperty("z")), output.Z.Value.ToArray(), 1e-5, "z");
        TensorAssert.Within(Numbers(expected.GetProperty("log_det")), output.LogDeterminant.Value.Span, 1e-5 + (3e-7 * 45), what: "log_det");
        double loss = expected.GetProperty("loss").GetDouble();
        Assert.Equal(loss, FlowLoss.Compute(output.Z, output.LogDeterminant).Value.Span[0], 1e-5 * loss);
        Tensor scores = tape.New(new Shape(2, 3, 3));
        FlowScores.Compute(FlowScore.Energy, output, scores);
        TensorAssert.Close(Numbers(expected.GetProperty("energy_map")), scores.ToArray(), 1e-5, "energy_map");
        FlowScores.Compute(FlowScore.Probability, output, scores);
        Variable map = tape.Constant(scores.Reshape(new Shape(2, 1, 3, 3))).Interpolate(8, 8, InterpolationMode.Bilinear);
        TensorAssert.Close(Numbers(expected.GetProperty("coded_score_map_8x8")), map.Value.ToArray(), 1e-5, "coded_score_map_8x8");
    }

    private static float[] Numbers(JsonElement nested) =>
        nested.ValueKind == JsonValueKind.Array ? [.. nested.EnumerateArray().SelectMany(Numbers)] : [(float)nested.GetDouble()];

    /// <summary>One case of the file: its flow with formula parameters and stored permutations, and its input.</summary>
    private sealed class Case : IDisposable
    {
        private readonly string _name;
        private readonly Dictionary<int, (FastFlow Flow, WeightSource Source)> _flows = [];

        public Case(string name)
        {
            _name = name;
            File = Goldens.Open("golden/flow.safetensors");
            Attributes = File.Case(name);
            int Size(string key) => Attributes.GetProperty(key).GetInt32();
            Options = new FastFlowOptions(Size("C"))
            {
                Steps = Size("steps"),
                HiddenRatio = Attributes.GetProperty("hidden_ratio").GetDouble(),
                Clamp = Attributes.GetProperty("clamp").GetSingle(),
                ClampForm = ClampForm.TanhOfAOverAlpha,
            };
            var shape = new Shape(Size("batch"), Size("C"), Size("H"), Size("W"));
            double scale = Attributes.TryGetProperty("input_scale", out JsonElement factor) ? factor.GetDouble() : 1;
            Input = Scope.From(Array.ConvertAll(FormulaParameters.Input("input", shape.ElementCount), u => (float)(scale * u)), shape);
            LogDeterminantLimit = 1e-5 + (3e-7 * shape.Product(1, 4));
        }

        public Goldens File { get; }

        public JsonElement Attributes { get; }

        public FastFlowOptions Options { get; }

        public TensorScope Scope { get; } = new();

        public Tensor Input { get; }

        public double LogDeterminantLimit { get; }

        public IReadOnlyList<Parameter> Parameters => _flows[Options.Steps].Source.Parameters;

        public FastFlow Flow(int? steps = null)
        {
            int count = steps ?? Options.Steps;
            if (!_flows.TryGetValue(count, out (FastFlow Flow, WeightSource Source) made))
            {
                WeightSource source = WeightSource.FromReader(Scope, Fill);
                _flows[count] = made = (new FastFlow(Options with { Steps = count }, source), source);
            }

            return made.Flow;
        }

        public void Dispose() => Scope.Dispose();

        private void Fill(string name, Tensor tensor)
        {
            if (name.EndsWith(".perm", StringComparison.Ordinal))
            {
                Array.ConvertAll(File.Integers($"{_name}/perm{name.Split('.')[2]}"), index => (float)index).CopyTo(tensor.Span);
            }
            else
            {
                FormulaParameters.Fill(name, tensor.Shape, tensor.Span);
            }
        }
    }
}

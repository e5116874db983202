using System.Text.Json;
using GoNoGo.Learning.Autograd;
using GoNoGo.Learning.Optimizers;
using GoNoGo.Tensors;
using GoNoGo.Tensors.Formats;
using GoNoGo.Tensors.Formats.Safetensors;
using GoNoGo.Tensors.Memory;
using GoNoGo.Testing;

namespace GoNoGo.Learning.Tests.Optimizers;

[Collection("vector width")]
public sealed class OptimizerTests
{
    [Fact]
    public void Trajectories_are_those_of_the_reference()
    {
        Goldens goldens = Goldens.Open("golden/optim.safetensors");
        int cases = 0;
        foreach (string name in goldens.CaseNames)
        {
            ProcessSettings.ForEachWidth(_ => CheckTrajectory(goldens, name));
            cases++;
        }

        Assert.Equal(11, cases);
    }

    [Fact]
    public void Adam_with_l2_decay_on_a_quadratic()
    {
        using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(SharedFolder.Small("adam_l2.json")));
        using var scope = new TensorScope();
        Parameter parameter = Make(scope, "w", [1, -2, 0.5f]);
        using var adam = new Adam([parameter], new AdamOptions { LearningRate = 1e-3, WeightDecay = 1e-2 });
        float[] target = [0, 1, 2];
        float[] curvature = [1, 2, 3];
        foreach (JsonElement row in document.RootElement.GetProperty("after_each_step").EnumerateArray())
        {
            float[] w = parameter.Value.ToArray();
            SetGradient(parameter, [.. w.Select((x, i) => 2 * curvature[i] * (x - target[i]))]);
            adam.Step();
            TensorAssert.Within([.. row.EnumerateArray().Select(x => x.GetDouble())], TensorAssert.Widen(parameter.Value.Span), 3e-7);
        }
    }

    [Theory]
    [InlineData(new long[0])]
    [InlineData(new long[] { -1 })]
    [InlineData(new long[] { 1, 2 })]
    public void A_count_of_steps_that_is_none_is_refused(long[] steps)
    {
        using var scope = new TensorScope();
        using var adam = new Adam([Make(scope, "w", [1, -2, 0.5f])], new AdamOptions());
        using var stream = new MemoryStream();
        new SafetensorsWriter().Add("optimizer/w/step", steps, steps.Length).Write(stream);
        stream.Position = 0;
        using var reader = SafetensorsReader.Open(stream, "damaged");
        string message = Assert.Throws<TensorFileException>(() => adam.Restore(reader)).Message;
        Assert.Contains("'damaged'", message, StringComparison.Ordinal);
        Assert.Contains("optimizer/w/step", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("adam")]
    [InlineData("amsgrad")]
    [InlineData("sgd")]
    [InlineData("plain")]
    public void A_resumed_run_ends_with_the_same_bits(string method)
    {
        using var scope = new TensorScope();
        Parameter[] straight = Pair(scope);
        Parameter[] resumed = Pair(scope);
        using Optimizer one = Make(method, straight);
        using Optimizer two = Make(method, resumed);
        Run(one, straight, 0, 3);
        Run(two, resumed, 0, 3);
        var writer = new SafetensorsWriter();
        two.Save(writer);
        var stream = new MemoryStream();
        writer.Write(stream);

        using Optimizer three = Make(method, resumed);
        using SafetensorsReader reader = SafetensorsReader.Open(stream, "checkpoint");
        three.Restore(reader);
        Run(one, straight, 3, 6);
        Run(three, resumed, 3, 6);
        for (int i = 0; i < straight.Length; i++)
        {
            TensorAssert.SameBits(straight[i].Value.Span, resumed[i].Value.Span);
        }

        if (method == "adam")
        {
            using Optimizer other = Make(method, [straight[0]]);
            Assert.Throws<TensorFileException>(() => other.Restore(reader));
            using Optimizer amsgrad = Make("amsgrad", straight);
            Assert.Throws<TensorFileException>(() => amsgrad.Restore(reader));
        }
    }

    [Fact]
    public void A_parameter_without_gradient_is_left_alone()
    {
        using var scope = new TensorScope();
        Parameter idle = Make(scope, "idle", [1, 2]);
        Parameter frozen = Make(scope, "frozen", [1, 2]);
        Parameter free = Make(scope, "free", [1, 2]);
        using var adam = new Adam([idle, frozen, free], new AdamOptions { WeightDecay = 0.1 });
        SetGradient(frozen, [1, 1]);
        SetGradient(free, [1, 1]);
        frozen.IsFrozen = true;
        adam.Step();
        Assert.Equal([1f, 2], idle.Value.ToArray());
        Assert.Equal([1f, 2], frozen.Value.ToArray());
        Assert.NotEqual([1f, 2], free.Value.ToArray());
        adam.ResetGradients();
        Assert.False(free.HasGradient);
    }

    [Fact]
    public void Neither_threads_nor_chunks_change_a_bit_and_a_step_allocates_nothing()
    {
        const int Count = 200_003;
        using var scope = new TensorScope();
        float[] start = FormulaParameters.Input("p", Count);
        float[] gradient = FormulaParameters.Input("g", Count);
        float[]? first = null;
        foreach (int threads in new[] { 1, 2, 3 })
        {
            using IDisposable settings = ProcessSettings.Threads(threads);
            Parameter parameter = Make(scope, "p", start);
            using var adam = new Adam([parameter], new AdamOptions { WeightDecay = 1e-2 });
            SetGradient(parameter, gradient);
            adam.Step();
            adam.Step();
            adam.Step();
            first ??= parameter.Value.ToArray();
            TensorAssert.SameBits(first, parameter.Value.Span);
            Assert.Equal(0, SteadyAllocation.Of(warmUp: 0, calls: 1, adam.Step));
        }

        // The last elements pass through the partial vector; they must obey the same arithmetic as whole vectors.
        Parameter tail = Make(scope, "p", start[^16..]);
        using var small = new Adam([tail], new AdamOptions { WeightDecay = 1e-2 });
        SetGradient(tail, gradient.AsSpan()[^16..]);
        small.Step();
        small.Step();
        small.Step();
        TensorAssert.SameBits(first!.AsSpan()[^16..], tail.Value.Span);
    }

    [Fact]
    public void Bad_settings_are_refused()
    {
        using var scope = new TensorScope();
        Parameter[] pair = Pair(scope);
        Assert.Throws<ArgumentException>(() => new Adam(pair, new AdamOptions { Beta1 = 1 }));
        Assert.Throws<ArgumentException>(() => new Adam(pair, new AdamOptions { WeightDecay = double.NaN }));
        Assert.Throws<ArgumentException>(() => new Sgd(pair, new SgdOptions { Nesterov = true }));
        Assert.Throws<ArgumentException>(() => new Adam([pair[0], pair[0]], new AdamOptions()));
        Assert.ThrowsAny<ArgumentException>(() => new Sgd(pair, new SgdOptions { LearningRate = -1 }));
    }

    /// <summary>The element with gradients of 1e4.</summary>
    private const int Huge = 2;

    private static void CheckTrajectory(Goldens goldens, string name)
    {
        JsonElement arguments = goldens.Case(name).GetProperty("args");
        float[] gradients = goldens.Floats(name + "/grads");
        float[] expected = goldens.Floats(name + "/params");
        using var scope = new TensorScope();
        Parameter parameter = Make(scope, "p", goldens.Floats(name + "/p0"));
        int count = (int)parameter.Shape.ElementCount;
        using Optimizer optimizer = Make(goldens.Case(name).GetProperty("optimizer").GetString()!, arguments, parameter);
        double largest = 0;
        for (int step = 0; step < gradients.Length / count; step++)
        {
            SetGradient(parameter, gradients.AsSpan(step * count, count));
            optimizer.Step();
            Span<float> actual = parameter.Value.Span;
            ReadOnlySpan<float> row = expected.AsSpan(step * count, count);
            TensorAssert.Within(row[..Huge], actual[..Huge], 3e-6, 3e-6, $"{name} step {step}");
            TensorAssert.Within(row[(Huge + 1)..], actual[(Huge + 1)..], 3e-6, 3e-6, $"{name} step {step} after element {Huge}");
            // This element's gradients are of 1e4. Under SGD it goes from -1715 by way of -94 to 18: what float32 storage rounded
            // away at 1715 is more than 3e-6 of 18 (computing in double between the stored values fails as well), so its
            // relative limit refers to the largest value on the way.
            largest = Math.Max(largest, Math.Abs(row[Huge]));
            double reference = name.StartsWith("sgd.", StringComparison.Ordinal) ? largest : Math.Abs(row[Huge]);
            Assert.Equal(row[Huge], (double)actual[Huge], 3e-6 + (3e-6 * reference));
        }

        var writer = new SafetensorsWriter();
        optimizer.Save(writer, "");
        var stream = new MemoryStream();
        writer.Write(stream);
        using SafetensorsReader state = SafetensorsReader.Open(stream);
        foreach (string final in goldens.Names.Where(n => n.StartsWith(name + "/final_", StringComparison.Ordinal)))
        {
            TensorAssert.Close(goldens.Floats(final), state.ReadFloats("p/" + final[(name.Length + 7)..]), 3e-6, final);
        }
    }

    private static Optimizer Make(string kind, JsonElement arguments, Parameter parameter)
    {
        double Number(string key) => arguments.GetProperty(key).GetDouble();
        if (kind == "SGD")
        {
            return new Sgd([parameter], new SgdOptions
            {
                LearningRate = Number("lr"),
                Momentum = Number("momentum"),
                Nesterov = arguments.GetProperty("nesterov").GetBoolean(),
                WeightDecay = Number("weight_decay"),
            });
        }

        return new Adam([parameter], new AdamOptions
        {
            LearningRate = Number("lr"),
            Beta1 = arguments.GetProperty("betas")[0].GetDouble(),
            Beta2 = arguments.GetProperty("betas")[1].GetDouble(),
            Epsilon = Number("eps"),
            WeightDecay = Number("weight_decay"),
            DecouplesWeightDecay = kind == "AdamW",
            AmsGrad = arguments.GetProperty("amsgrad").GetBoolean(),
        });
    }

    private static Optimizer Make(string method, Parameter[] parameters) => method switch
    {
        "adam" => new Adam(parameters, new AdamOptions { WeightDecay = 1e-3 }),
        "amsgrad" => new Adam(parameters, new AdamOptions { AmsGrad = true, DecouplesWeightDecay = true, WeightDecay = 1e-3 }),
        "sgd" => new Sgd(parameters, new SgdOptions { Momentum = 0.9 }),
        _ => new Sgd(parameters, new SgdOptions()),
    };

    private static void Run(Optimizer optimizer, Parameter[] parameters, int from, int to)
    {
        for (int step = from; step < to; step++)
        {
            foreach (Parameter parameter in parameters)
            {
                // The second parameter has no gradient in the first steps: step counts differ.
                if (parameter.Name == "a" || step >= 2)
                {
                    SetGradient(parameter, FormulaParameters.Input(parameter.Name, parameter.Shape.ElementCount, (ulong)step));
                }
            }

            optimizer.Step();
        }
    }

    private static Parameter[] Pair(TensorScope scope) =>
        [Make(scope, "a", FormulaParameters.Input("start a", 21)), Make(scope, "b", FormulaParameters.Input("start b", 5))];

    private static Parameter Make(TensorScope scope, string name, float[] values) => new(name, scope.From(values, new Shape(values.Length)), scope);

    private static void SetGradient(Parameter parameter, ReadOnlySpan<float> gradient)
    {
        parameter.ResetGradient();
        using var tape = new Tape();
        tape.Backward(tape.Use(parameter), tape.Scope.From(gradient, parameter.Shape));
    }
}

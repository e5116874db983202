using System.Text.Json;
using GoNoGo.Learning.Autograd;
using GoNoGo.Learning.Autograd.Operators;
using GoNoGo.Learning.Densities.Mixtures;
using GoNoGo.Learning.Optimizers;
using GoNoGo.Tensors;
using GoNoGo.Tensors.Memory;
using GoNoGo.Testing;
using Xunit;

namespace GoNoGo.Learning.Tests.Densities;

/// <summary>
/// The published head without its outputs, against golden/mdn.safetensors (values 1e-5, gradients 2e-5, losses of ten steps relative 1e-5,
/// what they trained 3e-4) and the small vectors of spec/golden/mdn.json.
/// </summary>
public sealed class FusedMixtureGoldenTests
{
    private static readonly string[] Names = ["pi.weight", "pi.bias", "mu.weight", "mu.bias", "sigma.weight", "sigma.bias"];

    [Theory]
    [InlineData("d16k5", 16, 5)]
    [InlineData("d64k10", 64, 10)]
    public void LossAndGradients(string size, int features, int components)
    {
        Goldens goldens = Goldens.Open("golden/mdn.safetensors");
        foreach (string form in new[] { "softmax", "gumbel", "joint" })
        {
            using var head = new Head(goldens, $"vitad.{size}", features, components);
            using var tape = new Tape();
            Variable x = tape.Input(head.X);
            Variable noise = form == "gumbel" ? tape.Constant(goldens.Tensor($"vitad.{size}/gumbel_noise", head.Scope)) : default;
            Tensor likelihoods = tape.New(new Shape(x.Shape[0]));
            Variable loss = head.Loss(x, noise, Options(form == "joint"), likelihoods);
            double expected = goldens.Scalar($"vitad.{size}/{form}/loss");
            Assert.Equal(expected, loss.Value.ToScalar(), 1e-5 * Math.Abs(expected));
            double perPatch = form == "joint" ? 1 : features;
            TensorAssert.Close(
                goldens[$"vitad.{size}/{form}/{(form == "joint" ? "ll_per_patch" : "ll_per_patch_mean")}"].Values,
                Array.ConvertAll(likelihoods.ToArray(), value => (float)(value / perPatch)), 1e-5, form);
            tape.Backward(loss);
            TensorAssert.Close(goldens[$"vitad.{size}/{form}/dx"], x.Gradient.Span, 2e-5);
            foreach (Parameter parameter in head.Parameters)
            {
                TensorAssert.Close(goldens[$"vitad.{size}/{form}/grad/{parameter.Name}"], parameter.Gradient, 2e-5);
            }
        }
    }

    [Theory]
    [InlineData("d16k5", 16, 5)]
    [InlineData("d64k10", 64, 10)]
    public void TenStepsOfAdam(string size, int features, int components)
    {
        Goldens goldens = Goldens.Open("golden/mdn.safetensors");
        using var head = new Head(goldens, $"vitad.{size}", features, components);
        using var optimizer = new Adam(head.Parameters, new AdamOptions { LearningRate = 1e-3, WeightDecay = 1e-5 });
        using var tape = new Tape();
        double[] expected = goldens.Doubles($"vitad.{size}/train_losses");
        for (int step = 0; step <= 10; step++)
        {
            tape.Reset();
            optimizer.ResetGradients();
            Variable loss = head.Loss(tape.Constant(head.X), default, Options(joint: false));
            Assert.Equal(expected[step], loss.Value.ToScalar(), 1e-5 * Math.Abs(expected[step]));
            if (step < 10)
            {
                tape.Backward(loss);
                optimizer.Step();
            }
        }

        foreach (Parameter parameter in head.Parameters)
        {
            GoldenTensor trained = goldens[$"vitad.{size}/trained/{parameter.Name}"];
            TensorAssert.Within(trained.Values, trained.Sample(parameter.Value.Span), 3e-4, what: parameter.Name);
        }
    }

    [Theory]
    [InlineData("plain_softmax")]
    [InlineData("with_noise")]
    public void SmallVectors(string form)
    {
        JsonElement file = JsonDocument.Parse(File.ReadAllText(SharedFolder.RequireFile("spec/golden/mdn.json"))).RootElement;
        using var scope = new TensorScope();
        using var tape = new Tape(records: false);
        Variable Values(JsonElement element, params int[] shape) =>
            tape.Constant(scope.From(Array.ConvertAll(Flatten(element), value => (float)value), new Shape(shape)));
        JsonElement parameters = file.GetProperty("parameters");
        Variable Parameter(string name, params int[] shape) => Values(parameters.GetProperty(name), shape);
        Variable x = Values(file.GetProperty("x"), 8, 3);
        Variable logits = x.Linear(Parameter("pi_w", 2, 3), Parameter("pi_b", 2));
        if (form == "with_noise")
        {
            logits = logits.Add(Values(file.GetProperty("gumbel_noise"), 8, 2));
        }

        var maps = new MixtureMaps
        {
            MeanInput = x,
            MeanWeight = Parameter("mu_w", 6, 3),
            MeanBias = Parameter("mu_b", 6),
            DeviationInput = x,
            DeviationWeight = Parameter("sigma_w", 6, 3),
            DeviationBias = Parameter("sigma_b", 6),
        };
        Tensor likelihoods = tape.New(new Shape(8));
        JsonElement expected = file.GetProperty(form);
        Assert.Equal(expected.GetProperty("loss").GetDouble(), FusedMixture.Loss(x, logits, maps, Options(joint: false), likelihoods).Value.ToScalar(), 1e-5);
        TensorAssert.Close(Flatten(expected.GetProperty("mean_ll_per_patch")), Array.ConvertAll(likelihoods.ToArray(), value => value / 3), 1e-5, "mean_ll_per_patch");
        FusedMixture.Loss(x, logits, maps, Options(joint: true), likelihoods);
        TensorAssert.Close(Flatten(expected.GetProperty("joint_ll_per_patch")), likelihoods.ToArray(), 1e-5, "joint_ll_per_patch");
    }

    private static MixtureOptions Options(bool joint) => joint
        ? new MixtureOptions(MixtureForm.Joint, DeviationForm.EluPlusOne)
        : new MixtureOptions(MixtureForm.PerFeature, DeviationForm.EluPlusOne, WeightEpsilon: 1e-15f);

    private static double[] Flatten(JsonElement nested) =>
        nested.ValueKind == JsonValueKind.Array ? [.. nested.EnumerateArray().SelectMany(Flatten)] : [nested.GetDouble()];

    /// <summary>The published head with the parameters of the formula.</summary>
    private sealed class Head : IDisposable
    {
        public Head(Goldens goldens, string model, int features, int components)
        {
            Tensor x = goldens.Tensor($"{model}/x", Scope);
            X = x.Reshape(new Shape((int)(x.ElementCount / features), features));
            Parameters = [.. Names.Select(name =>
            {
                int outputs = name.StartsWith("pi", StringComparison.Ordinal) ? components : features * components;
                Shape shape = name.EndsWith("bias", StringComparison.Ordinal) ? new Shape(outputs) : new Shape(outputs, features);
                return new Parameter(name, Scope.From(FormulaParameters.Values(name, shape), shape), Scope);
            })];
        }

        public TensorScope Scope { get; } = new();

        public Tensor X { get; }

        public IReadOnlyList<Parameter> Parameters { get; }

        public Variable Loss(Variable x, Variable noise, MixtureOptions options, Tensor likelihoods = default)
        {
            Tape tape = x.Tape;
            Variable[] v = [.. Parameters.Select(tape.Use)];
            Variable logits = x.Linear(v[0], v[1]);
            if (!noise.IsEmpty)
            {
                logits = logits.Add(noise.Reshape(logits.Shape));
            }

            var maps = new MixtureMaps { MeanInput = x, MeanWeight = v[2], MeanBias = v[3], DeviationInput = x, DeviationWeight = v[4], DeviationBias = v[5] };
            return FusedMixture.Loss(x, logits, maps, options, likelihoods);
        }

        public void Dispose() => Scope.Dispose();
    }
}

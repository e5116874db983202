using GoNoGo.Learning.Autograd;
using GoNoGo.Learning.Autograd.Operators;
using GoNoGo.Learning.Densities.Mixtures;
using GoNoGo.Tensors;
using GoNoGo.Tensors.Memory;
using GoNoGo.Testing;
using Xunit;

namespace GoNoGo.Learning.Tests.Densities;

/// <summary>The mixture heads of both papers' published code against golden/mdn.safetensors: values 1e-5, gradients 2e-5.</summary>
public sealed class MixtureGoldenTests
{
    [Theory]
    [InlineData("d16k5", 16, 5)]
    [InlineData("d64k10", 64, 10)]
    public void PublishedGmmHead(string size, int features, int components)
    {
        Goldens goldens = Goldens.Open("golden/mdn.safetensors");
        foreach (string form in new[] { "softmax", "gumbel", "joint" })
        {
            using var head = new Head(goldens, $"vitad.{size}", form, features, components, "sigma", bias: true);
            var options = form == "joint"
                ? new MixtureOptions(MixtureForm.Joint, DeviationForm.EluPlusOne)
                : new MixtureOptions(MixtureForm.PerFeature, DeviationForm.EluPlusOne, WeightEpsilon: 1e-15f);
            Variable likelihood = head.LogLikelihood(options, clampsInput: false, goldens, form == "gumbel" ? $"vitad.{size}/gumbel_noise" : null);
            TensorAssert.Close(goldens[$"vitad.{size}/{form}/{(form == "joint" ? "ll_per_patch" : "ll_per_feature")}"].Values, likelihood.Value.ToArray(), 1e-5, form);
            head.CheckLossAndGradients(goldens, likelihood, -1.0 / likelihood.Value.ElementCount);
        }
    }

    [Theory]
    [InlineData("d16k4", 16, 4)]
    [InlineData("d64k10", 64, 10)]
    public void PublishedVtAdlHead(string size, int features, int components)
    {
        Goldens goldens = Goldens.Open("golden/mdn.safetensors");
        (string Form, MixtureOptions Options)[] forms =
        [
            ("as_coded", new(MixtureForm.WeightedComponents, DeviationForm.SoftplusLogVariance)),
            ("joint_variance", new(MixtureForm.Joint, DeviationForm.SoftplusVariance)),
            ("joint_logvar", new(MixtureForm.Joint, DeviationForm.SoftplusLogVariance)),
            ("joint_std", new(MixtureForm.Joint, DeviationForm.Softplus)),
        ];
        foreach ((string form, MixtureOptions options) in forms)
        {
            using var head = new Head(goldens, $"vtadl.{size}", form, features, components, "sigma_sq", bias: false);
            Variable likelihood = head.LogLikelihood(options, clampsInput: true, goldens, noise: null);
            float sign = form == "as_coded" ? -1 : 1;
            string name = $"vtadl.{size}/{form}/{(form == "as_coded" ? "per_patch" : "ll_per_patch")}";
            TensorAssert.Close(goldens[name].Values, Array.ConvertAll(likelihood.Value.ToArray(), value => sign * value), 1e-5, form);
            int divisor = form == "as_coded" ? head.Batch : (int)likelihood.Value.ElementCount;
            head.CheckLossAndGradients(goldens, likelihood, -1.0 / divisor);
        }
    }

    /// <summary>Three linear maps with the parameters of the formula, and the mixture on top.</summary>
    private sealed class Head : IDisposable
    {
        private readonly TensorScope _scope = new();
        private readonly Tape _tape = new();
        private readonly string _prefix;
        private readonly int _features;
        private readonly Dictionary<string, Parameter> _parameters = [];
        private readonly Variable _x;

        public Head(Goldens goldens, string model, string form, int features, int components, string deviationName, bool bias)
        {
            _prefix = $"{model}/{form}";
            _features = features;
            _x = _tape.Input(goldens.Tensor($"{model}/x", _scope));
            Batch = _x.Shape[0];
            foreach ((string name, int outputs) in new[] { ("pi", components), ("mu", features * components), (deviationName, features * components) })
            {
                string key = name == deviationName ? "deviation" : name;
                Add(key + ".weight", name + ".weight", new Shape(outputs, features));
                if (bias)
                {
                    Add(key + ".bias", name + ".bias", new Shape(outputs));
                }
            }
        }

        public int Batch { get; }

        public Variable LogLikelihood(MixtureOptions options, bool clampsInput, Goldens goldens, string? noise)
        {
            Variable rows = _x.Reshape(new Shape(checked((int)(_x.Value.ElementCount / _features)), _features));
            Variable input = clampsInput ? rows.Clamp(2.220446049250313e-16f, float.PositiveInfinity) : rows;
            Variable logits = Map(input, "pi");
            if (noise is not null)
            {
                logits = logits.Add(_tape.Constant(goldens.Tensor(noise, _scope).Reshape(logits.Shape)));
            }

            return GaussianMixture.LogLikelihood(rows, logits, Map(input, "mu"), Map(input, "deviation"), options);
        }

        public void CheckLossAndGradients(Goldens goldens, Variable likelihood, double factor)
        {
            double loss = likelihood.Value.ToArray().Sum(value => (double)value) * factor;
            double expected = goldens.Scalar($"{_prefix}/loss");
            Assert.True(Math.Abs(loss - expected) <= 1e-5 * Math.Max(1e-6, Math.Abs(expected)), $"{_prefix}: loss {loss}, expected {expected}");
            Tensor seed = _scope.New(likelihood.Shape);
            seed.Span.Fill((float)factor);
            _tape.Backward(likelihood, seed);
            TensorAssert.Close(goldens[$"{_prefix}/dx"], _x.Gradient, 2e-5);
            foreach (Parameter parameter in _parameters.Values)
            {
                TensorAssert.Close(goldens[$"{_prefix}/grad/{parameter.Name}"], parameter.Gradient, 2e-5);
            }
        }

        public void Dispose()
        {
            _tape.Dispose();
            _scope.Dispose();
        }

        private Variable Map(Variable x, string key) => x.Linear(
            _tape.Use(_parameters[key + ".weight"]),
            _parameters.TryGetValue(key + ".bias", out Parameter? bias) ? _tape.Use(bias) : default);

        private void Add(string key, string name, Shape shape) =>
            _parameters[key] = new Parameter(name, _scope.From(FormulaParameters.Values(name, shape), shape), _scope);
    }
}

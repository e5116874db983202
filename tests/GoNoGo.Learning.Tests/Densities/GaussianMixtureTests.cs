using GoNoGo.Learning.Autograd;
using GoNoGo.Learning.Densities.Mixtures;
using GoNoGo.Tensors;
using GoNoGo.Tensors.Memory;
using GoNoGo.Tensors.Simd;
using GoNoGo.Testing;
using GoNoGo.Testing.Reference;
using Xunit;

namespace GoNoGo.Learning.Tests.Densities;

[Collection("vector width")]
public sealed class GaussianMixtureTests
{
    public static TheoryData<MixtureForm, DeviationForm, int> Forms()
    {
        var data = new TheoryData<MixtureForm, DeviationForm, int>();
        foreach (MixtureForm form in Enum.GetValues<MixtureForm>())
        {
            foreach (DeviationForm deviation in Enum.GetValues<DeviationForm>())
            {
                // Fewer components than lanes, a whole number of vectors, and an overlapping last block.
                foreach (int components in new[] { 3, 16, 21 })
                {
                    data.Add(form, deviation, components);
                }
            }
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public void ValuesAndGradientsEqualTheFormulas(MixtureForm form, DeviationForm deviation, int components)
    {
        const int Rows = 3;
        const int Features = 5;
        var options = new MixtureOptions(form, deviation, DeviationFloor: 0.05f, WeightEpsilon: form == MixtureForm.WeightedComponents ? 0 : 1e-3f);
        GradientInput[] inputs =
        [
            GradientInput.Random("x", new Shape(Rows, Features)),
            GradientInput.Random("logits", new Shape(Rows, components), scale: 2),
            GradientInput.Random("means", new Shape(Rows, Features * components)),
            GradientInput.Random("raw", new Shape(Rows, Features * components)),
        ];
        foreach (VectorWidth width in VectorWidths.Available)
        {
            VectorWidth before = VectorWidths.Current;
            VectorWidths.Force(width);
            try
            {
                GradientCheck.Run(
                    v => GaussianMixture.LogLikelihood(v[0], v[1], v[2], v[3], options),
                    p => MixtureReference.LogLikelihood(Rows, Features, components, options, p[0], p[1], p[2], p[3]),
                    inputs);
            }
            finally
            {
                VectorWidths.Force(before);
            }
        }
    }

    [Theory]
    [InlineData(MixtureForm.PerFeature)]
    [InlineData(MixtureForm.Joint)]
    public void ADensityOfOneFeatureIntegratesToOne(MixtureForm form)
    {
        const int Components = 3;
        const int Points = 8001;
        const double Step = 0.005;
        using var scope = new TensorScope();
        using var tape = new Tape(records: false);
        Tensor x = scope.New(new Shape(Points, 1));
        Tensor logits = scope.New(new Shape(Points, Components));
        Tensor means = scope.New(new Shape(Points, Components));
        Tensor raw = scope.New(new Shape(Points, Components));
        for (int i = 0; i < Points; i++)
        {
            x.Span[i] = (float)((i - (Points / 2)) * Step);
            new[] { 0.3f, -1f, 0.7f }.CopyTo(logits.Span[(i * Components)..]);
            new[] { -2f, 0.5f, 3f }.CopyTo(means.Span[(i * Components)..]);
            new[] { 0.1f, -0.4f, 1.5f }.CopyTo(raw.Span[(i * Components)..]);
        }

        Variable result = GaussianMixture.LogLikelihood(
            tape.Constant(x), tape.Constant(logits), tape.Constant(means), tape.Constant(raw), new MixtureOptions(form, DeviationForm.Softplus));
        double integral = result.Value.ToArray().Sum(value => Math.Exp(value)) * Step;
        Assert.Equal(1, integral, 1e-4);
    }

    [Fact]
    public void DeviationSumsAddUpSigmaOverFeaturesAndComponents()
    {
        using var tape = new Tape(records: false);
        Tensor Filled(float value, int rows, int columns)
        {
            Tensor tensor = tape.New(new Shape(rows, columns));
            tensor.Span.Fill(value);
            return tensor;
        }

        Tensor sums = tape.New(new Shape(2));
        GaussianMixture.LogLikelihood(
            tape.Constant(Filled(0, 2, 4)), tape.Constant(Filled(0, 2, 18)), tape.Constant(Filled(0, 2, 72)), tape.Constant(Filled(0, 2, 72)),
            new MixtureOptions(MixtureForm.Joint, DeviationForm.Softplus, 0.1f), sums);
        Assert.All(sums.ToArray(), sum => Assert.Equal(72 * (Math.Log(2) + 0.1), sum, 1e-3));
    }

    [Fact]
    public void ShapesThatDoNotFitAreNamed()
    {
        using var tape = new Tape(records: false);
        Variable Zeros(params int[] shape) => tape.Constant(tape.Scope.Zeros(new Shape(shape)));
        ArgumentException exception = Assert.Throws<ArgumentException>(() => GaussianMixture.LogLikelihood(
            Zeros(2, 4), Zeros(2, 3), Zeros(2, 11), Zeros(2, 11), new MixtureOptions(MixtureForm.Joint, DeviationForm.Softplus)));
        Assert.Contains("[2, 12]", exception.Message, StringComparison.Ordinal);
        Assert.Contains("[2, 11]", exception.Message, StringComparison.Ordinal);
    }
}

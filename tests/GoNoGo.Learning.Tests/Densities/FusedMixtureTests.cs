using GoNoGo.Learning.Autograd;
using GoNoGo.Learning.Autograd.Operators;
using GoNoGo.Learning.Densities.Mixtures;
using GoNoGo.Tensors;
using GoNoGo.Tensors.Memory;
using GoNoGo.Tensors.Parallel;
using GoNoGo.Tensors.Simd;
using GoNoGo.Testing;
using GoNoGo.Testing.Reference;
using Xunit;

namespace GoNoGo.Learning.Tests.Densities;

[Collection("vector width")]
public sealed class FusedMixtureTests
{
    public static TheoryData<MixtureForm, DeviationForm> Forms()
    {
        var data = new TheoryData<MixtureForm, DeviationForm>();
        foreach (DeviationForm deviation in Enum.GetValues<DeviationForm>())
        {
            data.Add(MixtureForm.PerFeature, deviation);
            data.Add(MixtureForm.Joint, deviation);
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public void LossAndGradientsEqualTheFormulas(MixtureForm form, DeviationForm deviation)
    {
        const int Rows = 19;
        const int Features = 3;
        const int Components = 5;
        const int Hidden = 4;
        const int Width = Features * Components;
        var options = new MixtureOptions(form, deviation, DeviationFloor: 0.05f, WeightEpsilon: 1e-3f);
        GradientInput[] inputs =
        [
            GradientInput.Random("x", new Shape(Rows, Features)),
            GradientInput.Random("logits", new Shape(Rows, Components), scale: 2),
            GradientInput.Random("mean input", new Shape(Rows, Hidden)),
            GradientInput.Random("mean weight", new Shape(Width, Hidden)),
            GradientInput.Random("mean bias", new Shape(Width)),
            GradientInput.Random("deviation input", new Shape(Rows, Hidden)),
            GradientInput.Random("deviation weight", new Shape(Width, Hidden)),
            GradientInput.Random("deviation bias", new Shape(Width)),
        ];
        double[] Reference(double[][] p)
        {
            double[] means = Linear(p[2], p[3], p[4], Rows, Hidden);
            double[] raw = Linear(p[5], p[6], p[7], Rows, Hidden);
            return [-MixtureReference.LogLikelihood(Rows, Features, Components, options, p[0], p[1], means, raw).Average()];
        }

        foreach (VectorWidth width in VectorWidths.Available)
        {
            VectorWidth before = VectorWidths.Current;
            VectorWidths.Force(width);
            try
            {
                GradientCheck.Run(v => FusedMixture.Loss(v[0], v[1], Maps(v[2], v[3], v[4], v[5], v[6], v[7]), options), Reference, inputs);
            }
            finally
            {
                VectorWidths.Force(before);
            }
        }
    }

    // Several blocks of features, several chunks of rows, rows that are no whole number of vectors; one input for both maps.
    [Theory]
    [InlineData(MixtureForm.PerFeature, 1f)]
    [InlineData(MixtureForm.PerFeature, -0.25f)]
    [InlineData(MixtureForm.Joint, 1f)]
    public void EqualsTheFormThatStoresTheOutputs(MixtureForm form, float factor)
    {
        var options = new MixtureOptions(form, DeviationForm.EluPlusOne, WeightEpsilon: form == MixtureForm.PerFeature ? 1e-15f : 0);
        using var fused = new Case(rows: 77, features: 430, components: 21);
        using var stored = new Case(rows: 77, features: 430, components: 21);
        using var fusedTape = new Tape();
        using var storedTape = new Tape();
        Tensor likelihoods = fusedTape.New(new Shape(77));
        Variable loss = fused.Loss(fusedTape, options, likelihoods);
        fusedTape.Backward(loss, fusedTape.Scope.From([factor], loss.Shape));

        Variable expected = stored.Stored(storedTape, options);
        float[] perRow = form == MixtureForm.Joint
            ? expected.Value.ToArray()
            : [.. expected.Value.ToArray().Chunk(430).Select(row => (float)row.Sum(value => (double)value))];
        Tensor seed = storedTape.New(expected.Shape);
        seed.Span.Fill((float)(-factor / expected.Value.ElementCount));
        storedTape.Backward(expected, seed);

        Assert.Equal(-expected.Value.ToArray().Average(value => (double)value), loss.Value.ToScalar(), 1e-5 * Math.Abs(loss.Value.ToScalar()));
        TensorAssert.Close(perRow, likelihoods.ToArray(), 2e-6, "likelihoods");
        foreach ((Parameter a, Parameter b) in stored.Parameters.Zip(fused.Parameters))
        {
            TensorAssert.Close(a.Gradient.ToArray(), b.Gradient.ToArray(), 1e-5, a.Name);
        }
    }

    [Theory]
    [InlineData(MixtureForm.PerFeature)]
    [InlineData(MixtureForm.Joint)]
    public void ThreadsDoNotChangeABit(MixtureForm form)
    {
        float[] Gradients(int threads)
        {
            int before = Workers.ThreadCount;
            Workers.ThreadCount = threads;
            try
            {
                using var tape = new Tape();
                using var one = new Case(rows: 150, features: 300, components: 20);
                Variable loss = one.Loss(tape, new MixtureOptions(form, DeviationForm.EluPlusOne));
                tape.Backward(loss);
                return [loss.Value.ToScalar(), .. one.Parameters.SelectMany(parameter => parameter.Gradient.ToArray())];
            }
            finally
            {
                Workers.ThreadCount = before;
            }
        }

        Assert.Equal(Gradients(1), Gradients(3));
    }

    [Theory]
    [InlineData(MixtureForm.PerFeature)]
    [InlineData(MixtureForm.Joint)]
    public void ARowsLikelihoodDoesNotDependOnTheOthers(MixtureForm form)
    {
        using var tape = new Tape(records: false);
        float[] Of(int rows)
        {
            using var one = new Case(rows, features: 50, components: 300);
            Tensor likelihoods = tape.New(new Shape(rows));
            one.Loss(tape, new MixtureOptions(form, DeviationForm.EluPlusOne), likelihoods);
            return likelihoods.ToArray();
        }

        // The formula gives the first rows the same values whatever the number of rows; blocks are smaller for many rows.
        TensorAssert.SameBits(Of(5), Of(700).AsSpan(0, 5));
    }

    [Fact]
    public void AStepNeedsAFractionOfTheOutputs()
    {
        var pool = new MemoryPool();
        using var tape = new Tape(pool);
        using var one = new Case(rows: 784, features: 192, components: 50);
        tape.Backward(one.Loss(tape, new MixtureOptions(MixtureForm.PerFeature, DeviationForm.EluPlusOne)));
        // Means and deviations alone, without their gradients.
        long outputs = 2L * 784 * 192 * 50 * sizeof(float);
        Assert.InRange(pool.PeakLentBytes, 1, outputs / 5);
    }

    [Fact]
    public void ShapesThatDoNotFitAreNamed()
    {
        using var tape = new Tape(records: false);
        Variable Zeros(params int[] shape) => tape.Constant(tape.Scope.Zeros(new Shape(shape)));
        Variable x = Zeros(2, 4);
        MixtureMaps maps = Maps(x, Zeros(12, 4), Zeros(12), x, Zeros(11, 4), Zeros(12));
        ArgumentException exception = Assert.Throws<ArgumentException>(
            () => FusedMixture.Loss(x, Zeros(2, 3), maps, new MixtureOptions(MixtureForm.Joint, DeviationForm.EluPlusOne)));
        Assert.Contains("deviation weight [12, 4]", exception.Message, StringComparison.Ordinal);
        Assert.Contains("[11, 4]", exception.Message, StringComparison.Ordinal);
    }

    private static MixtureMaps Maps(Variable meanInput, Variable meanWeight, Variable meanBias, Variable input, Variable weight, Variable bias) => new()
    {
        MeanInput = meanInput,
        MeanWeight = meanWeight,
        MeanBias = meanBias,
        DeviationInput = input,
        DeviationWeight = weight,
        DeviationBias = bias,
    };

    private static double[] Linear(double[] x, double[] weight, double[] bias, int rows, int inputs) =>
    [
        .. from row in Enumerable.Range(0, rows)
           from output in Enumerable.Range(0, bias.Length)
           select bias[output] + Enumerable.Range(0, inputs).Sum(i => x[(row * inputs) + i] * weight[(output * inputs) + i]),
    ];

    /// <summary>A head with formula parameters over formula features that need gradients too.</summary>
    private sealed class Case : IDisposable
    {
        private readonly TensorScope _scope = new();

        public Case(int rows, int features, int components)
        {
            Parameter Make(string name, float scale, params int[] shape)
            {
                var dimensions = new Shape(shape);
                return new Parameter(name, _scope.From(Array.ConvertAll(FormulaParameters.Input(name, dimensions.ElementCount), u => u * scale), dimensions), _scope);
            }

            float scale = 1 / MathF.Sqrt(features);
            Parameters =
            [
                Make("x", 1, rows, features),
                Make("logits", 1, rows, components),
                Make("mu.weight", scale, features * components, features),
                Make("mu.bias", scale, features * components),
                Make("sigma.weight", scale, features * components, features),
                Make("sigma.bias", scale, features * components),
            ];
        }

        public IReadOnlyList<Parameter> Parameters { get; }

        public Variable Loss(Tape tape, MixtureOptions options, Tensor likelihoods = default)
        {
            Variable[] v = [.. Parameters.Select(tape.Use)];
            return FusedMixture.Loss(v[0], v[1], Maps(v[0], v[2], v[3], v[0], v[4], v[5]), options, likelihoods);
        }

        public Variable Stored(Tape tape, MixtureOptions options)
        {
            Variable[] v = [.. Parameters.Select(tape.Use)];
            return GaussianMixture.LogLikelihood(v[0], v[1], v[0].Linear(v[2], v[3]), v[0].Linear(v[4], v[5]), options);
        }

        public void Dispose() => _scope.Dispose();
    }
}

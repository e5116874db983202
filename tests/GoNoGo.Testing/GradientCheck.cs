using GoNoGo.Learning.Autograd;
using GoNoGo.Tensors;
using GoNoGo.Tensors.Memory;
using Xunit;

namespace GoNoGo.Testing;

/// <summary>One input of an operator under test.</summary>
/// <param name="Shape">Its shape.</param>
/// <param name="Values">Its values, row-major.</param>
/// <param name="NeedsGradient">Whether its gradient is checked.</param>
public sealed record GradientInput(Shape Shape, float[] Values, bool NeedsGradient = true)
{
    /// <summary>Values shift + scale * u with u in [-1, 1), a pure function of name and shape.</summary>
    public static GradientInput Random(string name, Shape shape, float scale = 1, float shift = 0, bool needsGradient = true) =>
        new(shape, Array.ConvertAll(FormulaParameters.Input(name, shape.ElementCount), u => shift + (scale * u)), needsGradient);
}

/// <summary>
/// Compares an operator's analytic float32 gradients with central differences. The loss is the sum of the outputs
/// weighted with fixed pseudo-random numbers, so that no error cancels. Also checked: gradients add up over two passes,
/// and each input's gradient is the same when the other inputs are frozen.
/// </summary>
public static class GradientCheck
{
    /// <summary>No more elements of an input than this are perturbed; they are spread over the whole input.</summary>
    private const int MaxPerturbed = 250;

    /// <summary>Differences of a double-precision reference: relative 1e-4 per tensor; the outputs are compared as well.</summary>
    /// <param name="function">Builds the operator on the tape of its inputs.</param>
    /// <param name="reference">The same function in double: inputs row-major, in order; output row-major.</param>
    /// <param name="inputs">The inputs.</param>
    /// <param name="limit">E of the gradients.</param>
    /// <param name="outputLimit">E of the outputs.</param>
    public static void Run(
        Func<Variable[], Variable> function,
        Func<double[][], double[]> reference,
        IReadOnlyList<GradientInput> inputs,
        double limit = 1e-4,
        double outputLimit = 5e-6)
    {
        Analytic analytic = Analyse(function, inputs);
        double[][] point = [.. inputs.Select(input => TensorAssert.Widen(input.Values))];
        TensorAssert.Close(reference(point), analytic.Output, outputLimit, "output against the double reference");

        double Loss() => WeightedSum(reference(point), analytic.Weights);
        for (int k = 0; k < inputs.Count; k++)
        {
            if (!inputs[k].NeedsGradient)
            {
                continue;
            }

            int[] picked = Pick(point[k].Length);
            var expected = new double[picked.Length];
            for (int j = 0; j < picked.Length; j++)
            {
                ref double x = ref point[k][picked[j]];
                double centre = x;
                double step = 1e-5 * Math.Max(1, Math.Abs(centre));
                x = centre + step;
                double above = Loss();
                x = centre - step;
                double below = Loss();
                x = centre;
                expected[j] = (above - below) / (2 * step);
            }

            float[] actual = Array.ConvertAll(picked, i => analytic.Gradients[k]![i]);
            TensorAssert.Close(expected, actual, limit, $"gradient of input {k} {inputs[k].Shape}");
        }
    }

    /// <summary>
    /// Differences of the float32 operator itself (five-point rule), for functions without a double reference. The limit
    /// has the rounding noise of the outputs added, so it finds wrong formulas, not small inaccuracies.
    /// </summary>
    /// <param name="function">Builds the operator on the tape of its inputs.</param>
    /// <param name="inputs">The inputs.</param>
    /// <param name="limit">E of the gradients, before noise.</param>
    /// <param name="step">The step for values of magnitude 1.</param>
    public static void RunSingle(
        Func<Variable[], Variable> function,
        IReadOnlyList<GradientInput> inputs,
        double limit = 2e-3,
        double step = 2e-2)
    {
        Analytic analytic = Analyse(function, inputs);
        double magnitude = 0;
        for (int i = 0; i < analytic.Output.Length; i++)
        {
            magnitude += Math.Pow(analytic.Weights[i] * analytic.Output[i], 2);
        }

        float[][] point = [.. inputs.Select(input => (float[])input.Values.Clone())];
        for (int k = 0; k < inputs.Count; k++)
        {
            if (!inputs[k].NeedsGradient)
            {
                continue;
            }

            double largest = TensorAssert.Floor;
            double worst = 0;
            foreach (int i in Pick(point[k].Length))
            {
                float centre = point[k][i];
                float h = (float)(step * Math.Max(1, Math.Abs(centre)));
                double LossAt(float offset)
                {
                    point[k][i] = centre + offset;
                    double value = WeightedSum(TensorAssert.Widen(Evaluate(function, inputs, point)), analytic.Weights);
                    point[k][i] = centre;
                    return value;
                }

                double expected = ((8 * (LossAt(h) - LossAt(-h))) - (LossAt(2 * h) - LossAt(-2 * h))) / (12 * h);
                largest = Math.Max(largest, Math.Abs(expected));
                worst = Math.Max(worst, Math.Abs(expected - analytic.Gradients[k]![i]));
            }

            double noise = 4 * 1.2e-7 * Math.Sqrt(magnitude) / step;
            Assert.True(worst <= (limit * largest) + noise,
                FormattableString.Invariant($"gradient of input {k} {inputs[k].Shape}: off by {worst:E2}, largest {largest:E2}, noise {noise:E2}"));
        }
    }

    private static Analytic Analyse(Func<Variable[], Variable> function, IReadOnlyList<GradientInput> inputs)
    {
        float[]?[] all = Gradients(function, inputs, _ => true, passes: 1, out float[] output, out float[] weights);
        float[]?[] twice = Gradients(function, inputs, _ => true, passes: 2, out _, out _);
        for (int k = 0; k < inputs.Count; k++)
        {
            if (all[k] is not { } once)
            {
                continue;
            }

            TensorAssert.Close(Array.ConvertAll(once, g => 2 * g), twice[k]!, 1e-6, $"gradient of input {k} after two passes (must add up)");
            float[]?[] alone = Gradients(function, inputs, index => index == k, passes: 1, out _, out _);
            TensorAssert.Close(once, alone[k]!, 1e-6, $"gradient of input {k} with the other inputs frozen");
        }

        return new Analytic(output, weights, all);
    }

    private static float[]?[] Gradients(
        Func<Variable[], Variable> function, IReadOnlyList<GradientInput> inputs, Func<int, bool> isFree, int passes, out float[] output, out float[] weights)
    {
        using var scope = new TensorScope();
        using var tape = new Tape();
        Parameter[] parameters = [.. inputs.Select((input, k) =>
            new Parameter($"input {k}", scope.From(input.Values, input.Shape), scope) { IsFrozen = !(input.NeedsGradient && isFree(k)) })];
        output = [];
        weights = [];
        for (int pass = 0; pass < passes; pass++)
        {
            Variable result = function([.. parameters.Select(tape.Use)]);
            output = result.Value.ToArray();
            weights = FormulaParameters.Input("gradient check", result.Value.ElementCount);
            tape.Backward(result, tape.Scope.From(weights, result.Shape));
            tape.Reset();
        }

        return [.. parameters.Select(parameter => parameter.IsFrozen ? null : parameter.Gradient.ToArray())];
    }

    private static float[] Evaluate(Func<Variable[], Variable> function, IReadOnlyList<GradientInput> inputs, float[][] point)
    {
        using var tape = new Tape(records: false);
        return function([.. inputs.Select((input, k) => tape.Constant(tape.Scope.From(point[k], input.Shape)))]).Value.ToArray();
    }

    private static double WeightedSum(double[] output, float[] weights)
    {
        double sum = 0;
        for (int i = 0; i < output.Length; i++)
        {
            sum += weights[i] * output[i];
        }

        return sum;
    }

    private static int[] Pick(int count)
    {
        int picked = Math.Min(count, MaxPerturbed);
        // The first and the last element are always among them.
        return [.. Enumerable.Range(0, picked).Select(j => picked == 1 ? 0 : (int)((long)j * (count - 1) / (picked - 1)))];
    }

    private sealed record Analytic(float[] Output, float[] Weights, float[]?[] Gradients);
}

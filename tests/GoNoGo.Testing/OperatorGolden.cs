using GoNoGo.Learning.Autograd;
using GoNoGo.Tensors;
using GoNoGo.Tensors.Simd;

namespace GoNoGo.Testing;

/// <summary>Compares an operator with a case of <c>golden/ops.safetensors</c>: the output, and the gradients of sum(y * dy).</summary>
public static class OperatorGolden
{
    /// <summary>The limit of the reference data for regular cases.</summary>
    public const double Limit = 5e-6;

    /// <summary>
    /// Runs the case with every vector width and with one and three threads. The tests that call it belong to the
    /// collection "vector width".
    /// </summary>
    /// <param name="caseName">For example <c>linear.a</c>.</param>
    /// <param name="inputs">Names of the inputs; the gradient of <c>a</c> is compared where the file holds <c>da</c>.</param>
    /// <param name="function">Builds the operator from the case's inputs, in that order.</param>
    /// <param name="limit">E of output and gradients.</param>
    /// <param name="gradientLimit">E of the gradients where the reference data state another limit for them.</param>
    public static void Check(string caseName, string[] inputs, Func<Variable[], Variable> function, double limit = Limit, double? gradientLimit = null)
    {
        Goldens goldens = Goldens.Open("golden/ops.safetensors");
        foreach (VectorWidth width in VectorWidths.Available)
        {
            using (ProcessSettings.Force(width))
            {
                float[][]? single = null;
                foreach (int threads in (int[])[1, 3])
                {
                    using (ProcessSettings.Threads(threads))
                    {
                        float[][] results = Run(goldens, caseName, inputs, function, limit, gradientLimit ?? limit, $"{(int)width} bits, {threads} threads");
                        for (int i = 0; i < (single?.Length ?? 0); i++)
                        {
                            TensorAssert.SameBits(single![i], results[i], $"{caseName}: {threads} threads against 1, result {i}");
                        }

                        single = results;
                    }
                }
            }
        }
    }

    private static float[][] Run(Goldens goldens, string caseName, string[] inputs, Func<Variable[], Variable> function, double limit, double gradientLimit, string how)
    {
        using var tape = new Tape();
        Variable[] variables = Array.ConvertAll(inputs, name => Read(goldens, tape, $"{caseName}/{name}", goldens.Contains($"{caseName}/d{name}")));
        Variable y = function(variables);
        var results = new List<float[]> { y.Value.ToArray() };
        TensorAssert.Close(goldens.Floats($"{caseName}/y"), results[0], limit, $"{caseName}/y ({how})");
        tape.Backward(y, goldens.Tensor($"{caseName}/dy", tape.Scope).Reshape(y.Shape));
        for (int i = 0; i < inputs.Length; i++)
        {
            if (variables[i].NeedsGradient)
            {
                float[] gradient = variables[i].Gradient.ToArray();
                TensorAssert.Close(goldens.Floats($"{caseName}/d{inputs[i]}"), gradient, gradientLimit, $"{caseName}/d{inputs[i]} ({how})");
                results.Add(gradient);
            }
        }

        return [.. results];
    }

    private static Variable Read(Goldens goldens, Tape tape, string name, bool needsGradient)
    {
        Tensor value = goldens.Tensor(name, tape.Scope);
        return needsGradient ? tape.Input(value) : tape.Constant(value);
    }
}

using GoNoGo.Learning.Autograd;
using GoNoGo.Learning.Autograd.Operators;
using GoNoGo.Tensors;
using GoNoGo.Tensors.Kernels;
using GoNoGo.Testing;

namespace GoNoGo.Learning.Tests.Autograd.Operators;

/// <summary>Gradients of linear layers and matrix products at odd shapes.</summary>
public sealed class MatrixOperatorTests
{
    [Theory]
    [InlineData(1, 1, 1)]
    [InlineData(3, 5, 9)]
    [InlineData(70, 17, 33)]
    public void Linear_layers(int rows, int inputs, int outputs)
    {
        GradientCheck.Run(
            v => v[0].Linear(v[1], v[2]),
            v => Product(v[0], v[1], v[2], rows, inputs, outputs),
            [
                GradientInput.Random("x", new Shape(rows, inputs)),
                GradientInput.Random("weight", new Shape(outputs, inputs)),
                GradientInput.Random("bias", new Shape(outputs)),
            ]);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_fused_activation_is_the_activation_afterwards(bool records)
    {
        using var tape = new Tape(records: records);
        Variable x = tape.Input(tape.Scope.From(FormulaParameters.Input("x", 35), new Shape(5, 7)));
        Variable weight = tape.Input(tape.Scope.From(FormulaParameters.Input("weight", 63), new Shape(9, 7)));
        Variable plain = x.Linear(weight);
        TensorAssert.SameBits(plain.Relu().Value.Span, x.Linear(weight, activation: MatrixActivation.Relu).Value.Span);
        TensorAssert.Close(plain.Gelu().Value.Span, x.Linear(weight, activation: MatrixActivation.Gelu).Value.Span, 1e-6);
    }

    [Theory]
    [InlineData(new[] { 2, 3, 4, 5 }, new[] { 2, 3, 5, 6 })]
    [InlineData(new[] { 2, 1, 4, 5 }, new[] { 1, 3, 5, 6 })]
    [InlineData(new[] { 4, 5 }, new[] { 3, 5, 2 })]
    [InlineData(new[] { 3, 1, 5 }, new[] { 4, 1, 5, 2 })]
    [InlineData(new[] { 2, 7, 5 }, new[] { 5, 3 })]
    public void Products_with_repeated_batches(int[] a, int[] b) =>
        GradientCheck.Run(
            v => v[0].MatMul(v[1]),
            v => Batched(v[0], a, v[1], b),
            [GradientInput.Random("a", new Shape(a)), GradientInput.Random("b", new Shape(b))]);

    private static double[] Product(double[] x, double[] weight, double[] bias, int rows, int inputs, int outputs)
    {
        var y = new double[rows * outputs];
        for (int i = 0; i < y.Length; i++)
        {
            y[i] = bias[i % outputs] + Enumerable.Range(0, inputs).Sum(k => x[(i / outputs * inputs) + k] * weight[(i % outputs * inputs) + k]);
        }

        return y;
    }

    private static double[] Batched(double[] a, int[] shapeA, double[] b, int[] shapeB)
    {
        int rank = Math.Max(shapeA.Length, shapeB.Length);
        int[] left = [.. Enumerable.Repeat(1, rank - shapeA.Length), .. shapeA];
        int[] right = [.. Enumerable.Repeat(1, rank - shapeB.Length), .. shapeB];
        int[] batch = [.. Enumerable.Range(0, rank - 2).Select(i => Math.Max(left[i], right[i]))];
        (int m, int k, int n) = (left[^2], left[^1], right[^1]);
        var c = new List<double>();
        for (int item = 0; item < batch.Aggregate(1, (x, y) => x * y); item++)
        {
            int rest = item;
            (int atA, int atB, int stepA, int stepB) = (0, 0, 1, 1);
            for (int axis = batch.Length - 1; axis >= 0; axis--)
            {
                int position = rest % batch[axis];
                rest /= batch[axis];
                atA += left[axis] == 1 ? 0 : position * stepA;
                atB += right[axis] == 1 ? 0 : position * stepB;
                stepA *= left[axis];
                stepB *= right[axis];
            }

            for (int i = 0; i < m; i++)
            {
                for (int j = 0; j < n; j++)
                {
                    c.Add(Enumerable.Range(0, k).Sum(d => a[(((atA * m) + i) * k) + d] * b[(((atB * k) + d) * n) + j]));
                }
            }
        }

        return [.. c];
    }
}

using GoNoGo.Tensors.Kernels;
using GoNoGo.Tensors.Kernels.Softmax;
using GoNoGo.Tensors.Memory;
using GoNoGo.Testing;
using Xunit;

namespace GoNoGo.Tensors.Tests.Kernels.Softmax;

/// <summary>Softmax, its logarithm and log-sum-exp along rows and columns of every length, against double precision.</summary>
[Collection("vector width")]
public sealed class SoftmaxTests
{
    [Fact]
    public void Rows_and_columns_at_every_length() => ProcessSettings.ForEachWidth(width =>
    {
        for (int length = 1; length <= 256; length += length < 40 ? 1 : 7)
        {
            Check(new Shape(2, length), 1, $"{width}");
            Check(new Shape(3, length), 0, $"{width}");
            Check(new Shape(2, 5, length), 1, $"{width}");
        }

        Check(new Shape(3, 40, 1000), 1, $"{width}");
        Check(new Shape(1000, 70), 1, $"{width}");
    });

    [Fact]
    public void Infinite_logits()
    {
        using var scope = new TensorScope();
        ProcessSettings.ForEachWidth(width =>
        {
            foreach (Shape shape in (Shape[])[new Shape(3), new Shape(3, 1, 2)])
            {
                int copies = (int)shape.ElementCount / 3;
                Tensor Of(params float[] values) => scope.From([.. values.SelectMany(v => Enumerable.Repeat(v, copies))], shape);
                Tensor y = scope.New(new Shape(copies));
                SoftmaxKernel.LogSumExp(Of(float.NegativeInfinity, float.NegativeInfinity, float.NegativeInfinity), 0, y);
                Assert.All(y.ToArray(), v => Assert.Equal(float.NegativeInfinity, v));
                SoftmaxKernel.LogSumExp(Of(float.PositiveInfinity, 0f, 1f), 0, y);
                Assert.All(y.ToArray(), v => Assert.Equal(float.PositiveInfinity, v));
                SoftmaxKernel.LogSumExp(Of(float.NaN, 0f, 1f), 0, y);
                Assert.All(y.ToArray(), v => Assert.Equal(float.NaN, v));
                Tensor full = scope.New(shape);
                SoftmaxKernel.Softmax(Of(float.NegativeInfinity, 500f, 500f), 0, full);
                Assert.Equal(Of(0f, 0.5f, 0.5f).ToArray(), full.ToArray());
                SoftmaxKernel.Softmax(Of(-3e38f, 3e38f, 0f), 0, full);
                Assert.Equal(Of(0f, 1f, 0f).ToArray(), full.ToArray());
            }
        });
    }

    private static void Check(Shape shape, int axis, string what)
    {
        float[] values = Array.ConvertAll(FormulaParameters.Input("x", shape.ElementCount), u => 20 * u);
        float[] gradients = FormulaParameters.Input("dy", shape.ElementCount);
        int length = shape[axis];
        int inner = (int)shape.Product(axis + 1, shape.Rank);
        int columns = values.Length / length;
        var softmax = new double[values.Length];
        var logSoftmax = new double[values.Length];
        var logSumExp = new double[columns];
        var softmaxGradient = new double[values.Length];
        var logGradient = new double[values.Length];
        for (int column = 0; column < columns; column++)
        {
            int start = (column / inner * length * inner) + (column % inner);
            int[] at = [.. Enumerable.Range(0, length).Select(i => start + (i * inner))];
            double largest = at.Max(i => (double)values[i]);
            double sum = at.Sum(i => Math.Exp(values[i] - largest));
            logSumExp[column] = largest + Math.Log(sum);
            foreach (int i in at)
            {
                softmax[i] = Math.Exp(values[i] - largest) / sum;
                logSoftmax[i] = values[i] - logSumExp[column];
            }

            double dot = at.Sum(i => gradients[i] * softmax[i]);
            double total = at.Sum(i => (double)gradients[i]);
            foreach (int i in at)
            {
                softmaxGradient[i] = softmax[i] * (gradients[i] - dot);
                logGradient[i] = gradients[i] - (softmax[i] * total);
            }
        }

        what = $"{shape} axis {axis} {what}";
        using var x = new GuardedTensor(shape, values);
        using var y = new GuardedTensor(shape);
        using var reduced = new GuardedTensor(new Shape(columns));
        using var gradY = new GuardedTensor(shape, gradients);
        using var gradX = new GuardedTensor(shape);
        SoftmaxKernel.LogSumExp(x.Tensor, axis, reduced.Tensor);
        TensorAssert.Close(logSumExp, reduced.Tensor.ToArray(), 3e-7, "log-sum-exp " + what);
        SoftmaxKernel.LogSoftmax(x.Tensor, axis, y.Tensor);
        TensorAssert.Close(logSoftmax, y.Tensor.ToArray(), 3e-7, "log-softmax " + what);
        SoftmaxKernel.LogSoftmaxBackward(y.Tensor, gradY.Tensor, axis, new GradientTarget(gradX.Tensor, accumulate: false));
        // y itself is rounded to 2e-6 at its largest, and e^y inherits that.
        TensorAssert.Within(logGradient, TensorAssert.Widen(gradX.Tensor.Span), 4e-6, 1e-6, "log-softmax gradient " + what);
        SoftmaxKernel.Softmax(x.Tensor, axis, x.Tensor);
        TensorAssert.Close(softmax, x.Tensor.ToArray(), 4e-7, "softmax in place " + what);
        SoftmaxKernel.SoftmaxBackward(x.Tensor, gradY.Tensor, axis, new GradientTarget(gradX.Tensor, accumulate: false));
        TensorAssert.Within(softmaxGradient, TensorAssert.Widen(gradX.Tensor.Span), 5e-7, 1e-6, "softmax gradient " + what);
    }
}

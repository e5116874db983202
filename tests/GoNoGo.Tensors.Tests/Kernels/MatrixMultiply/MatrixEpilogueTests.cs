using GoNoGo.Tensors.Kernels;
using GoNoGo.Tensors.Memory;
using GoNoGo.Tensors.Simd;
using GoNoGo.Testing;
using Xunit;

namespace GoNoGo.Tensors.Tests.Kernels;

[Collection("vector width")]
public sealed class MatrixEpilogueTests
{
    public static TheoryData<VectorWidth> Widths => [.. VectorWidths.Available];

    [Theory]
    [MemberData(nameof(Widths))]
    public void Adds_biases_activates_and_adds_the_residual_in_this_order(VectorWidth width)
    {
        using IDisposable forced = ProcessSettings.Force(width);
        foreach ((int m, int n) in new[] { (1, 1), (5, 19), (40, 33), (50, 3), (3, 200) })
        {
            for (int bits = 0; bits < 16; bits++)
            {
                foreach (MatrixActivation activation in Enum.GetValues<MatrixActivation>())
                {
                    // Each function after the residual with each one before it, in turn.
                    var final = (MatrixActivation)(bits % 3);
                    Check(m, n, k: 21, activation, (bits & 1) != 0, (bits & 2) != 0, (bits & 4) != 0, (bits & 8) != 0, final);
                }
            }
        }
    }

    [Fact]
    public void Finishes_once_after_the_last_block_of_depth()
    {
        Check(20, 70, 900, MatrixActivation.Relu, true, true, true, true);
        Check(4, 70, 900, MatrixActivation.Gelu, true, true, true, true);
        Check(300, 2, 900, MatrixActivation.Relu, true, true, true, true);
    }

    private static void Check(int m, int n, int k, MatrixActivation activation, bool accumulate, bool columnBias, bool rowBias, bool residual, MatrixActivation final = MatrixActivation.None)
    {
        using var scope = new TensorScope();
        float[] a = MatrixData.Values(m * k, 1);
        float[] b = MatrixData.Values(n * k, 2);
        float[] before = MatrixData.Values(m * n, 3);
        float[] column = MatrixData.Values(n, 4);
        float[] row = MatrixData.Values(m, 5);
        float[] added = MatrixData.Values(m * n, 6);
        Tensor c = scope.From(before, new Shape(m, n));
        MatrixMultiply.Run(scope.From(a, new Shape(m, k)), false, scope.From(b, new Shape(k, n)), false, c, new MatrixEpilogue
        {
            Accumulate = accumulate,
            ColumnBias = columnBias ? scope.From(column, new Shape(n)) : default,
            RowBias = rowBias ? scope.From(row, new Shape(m)) : default,
            Activation = activation,
            Residual = residual ? scope.From(added, new Shape(m, n)) : default,
            FinalActivation = final,
        });
        (double[] sum, double[] magnitude) = MatrixData.Multiply(m, n, k, a, false, b, false);
        float[] actual = c.ToArray();
        for (int i = 0; i < actual.Length; i++)
        {
            double x = sum[i] + (accumulate ? before[i] : 0) + (columnBias ? column[i % n] : 0) + (rowBias ? row[i / n] : 0);
            x = Activated(Activated(x, activation) + (residual ? added[i] : 0), final);
            double limit = (magnitude[i] + 4) * 1.5e-7 * Math.Sqrt(k + 4);
            Assert.True(Math.Abs(actual[i] - x) <= limit, $"{m} x {n} x {k} {activation} {accumulate} {columnBias} {rowBias} {residual} {final}: expected {x}, got {actual[i]}.");
        }
    }

    private static double Activated(double x, MatrixActivation activation) =>
        activation switch { MatrixActivation.Relu => Math.Max(x, 0), MatrixActivation.Gelu => x * NormalCdf(x), _ => x };

    /// <summary>By Simpson's rule: independent of any approximation of erf.</summary>
    private static double NormalCdf(double x)
    {
        double end = Math.Min(Math.Abs(x), 9);
        const int Steps = 200;
        double h = end / Steps;
        double sum = 0;
        for (int i = 0; i <= Steps; i++)
        {
            double t = i * h;
            sum += (i == 0 || i == Steps ? 1 : i % 2 == 1 ? 4 : 2) * Math.Exp(-0.5 * t * t);
        }

        double half = sum * h / 3 / Math.Sqrt(2 * Math.PI);
        return 0.5 + Math.CopySign(half, x);
    }
}

using GoNoGo.Tensors.Simd;

namespace GoNoGo.Tensors.Kernels;

/// <summary>The epilogue on one row segment of a product: x = activation(x + bias + rowBias) + residual.</summary>
internal static unsafe class MatrixEpilogueRow
{
    /// <summary>Works in place on <paramref name="count"/> elements; <paramref name="bias"/> and <paramref name="residual"/> may be null.</summary>
    public static void Apply(float* row, int count, float* bias, float rowBias, MatrixActivation activation, float* residual)
    {
        for (int j = 0; j < count; j++)
        {
            float x = row[j] + (bias == null ? 0f : bias[j]) + rowBias;
            x = activation switch
            {
                MatrixActivation.Relu => MathF.Max(x, 0f),
                MatrixActivation.Gelu => (float)(0.5 * x * (1 + Erf(x * 0.70710678118654752))),
                _ => x,
            };
            row[j] = residual == null ? x : x + residual[j];
        }
    }

    /// <summary>erf by its series (small arguments) or the continued fraction of erfc, in double.</summary>
    private static double Erf(double x)
    {
        double absolute = Math.Abs(x);
        if (absolute < 2.5)
        {
            double term = x;
            double sum = x;
            for (int n = 1; n < 60; n++)
            {
                term *= -x * x / n;
                sum += term / ((2 * n) + 1);
            }

            return sum * 1.1283791670955126;
        }

        double fraction = 0;
        for (int n = 30; n > 0; n--)
        {
            fraction = n * 0.5 / (absolute + fraction);
        }

        return Math.CopySign(1 - (Math.Exp(-x * x) * 0.56418958354775629 / (absolute + fraction)), x);
    }
}

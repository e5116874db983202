namespace GoNoGo.Testing.Reference;

/// <summary>Elementary functions in double precision that the base library lacks or computes with cancellation.</summary>
public static class SpecialFunctions
{
    /// <summary>The error function: its all-positive series below 3, the continued fraction of erfc beyond.</summary>
    public static double Erf(double x)
    {
        double t = Math.Abs(x);
        if (double.IsNaN(x) || t < 3)
        {
            double term = x;
            double sum = x;
            for (int n = 1; Math.Abs(term) > 1e-18 * Math.Abs(sum); n++)
            {
                term *= 2 * x * x / ((2 * n) + 1);
                sum += term;
            }

            return 2 / Math.Sqrt(Math.PI) * Math.Exp(-x * x) * sum;
        }

        return Math.CopySign(t > 27 ? 1 : 1 - Erfc(t), x);
    }

    /// <summary>e^x - 1.</summary>
    public static double Expm1(double x)
    {
        if (!(Math.Abs(x) < 0.5))
        {
            return Math.Exp(x) - 1;
        }

        double term = x;
        double sum = x;
        for (int n = 2; n < 20; n++)
        {
            term *= x / n;
            sum += term;
        }

        return sum;
    }

    /// <summary>ln(1 + x).</summary>
    public static double Log1p(double x)
    {
        double u = 1 + x;
        return u == 1 ? x : double.IsPositiveInfinity(u) ? u : Math.Log(u) * (x / (u - 1));
    }

    /// <summary>The hyperbolic tangent, accurate near 0.</summary>
    public static double Tanh(double x)
    {
        double e = Expm1(-2 * Math.Abs(x));
        return Math.CopySign(-e / (2 + e), x);
    }

    /// <summary>1 / (1 + e^-x).</summary>
    public static double Sigmoid(double x) => x >= 0 ? 1 / (1 + Math.Exp(-x)) : Math.Exp(x) / (1 + Math.Exp(x));

    /// <summary>ln(1 + e^x).</summary>
    public static double Softplus(double x) => Math.Max(x, 0) + Log1p(Math.Exp(-Math.Abs(x)));

    /// <summary>x (1 + erf(x / sqrt 2)) / 2.</summary>
    public static double Gelu(double x) => 0.5 * x * (1 + Erf(x / Math.Sqrt(2)));

    private static double Erfc(double t)
    {
        // e^(-t^2) / sqrt(pi) / (t + (1/2) / (t + (2/2) / (t + (3/2) / ...))), from the inside out.
        double denominator = t;
        for (int k = 120; k >= 1; k--)
        {
            denominator = t + (k / 2.0 / denominator);
        }

        return Math.Exp(-t * t) / Math.Sqrt(Math.PI) / denominator;
    }
}

namespace GoNoGo.Learning.Graphs.Onnx.Evaluation;

/// <summary>The error function in double precision, from its series and its continued fraction.</summary>
internal static class OnnxErf
{
    private const double SeriesLimit = 2.5;
    private const double OneFrom = 6;

    /// <summary>erf(x).</summary>
    public static double Of(double x)
    {
        double magnitude = Math.Abs(x);
        if (magnitude >= OneFrom)
        {
            return Math.Sign(x);
        }

        return magnitude < SeriesLimit ? Series(x) : double.IsNaN(x) ? x : Math.Sign(x) * (1 - Fraction(magnitude));
    }

    /// <summary>erf x = 2/sqrt(pi) exp(-x^2) sum over n of 2^n x^(2n+1) / (1 3 5 ... (2n+1)): all terms of one sign.</summary>
    private static double Series(double x)
    {
        double term = x;
        double sum = x;
        for (int n = 1; Math.Abs(term) > Math.Abs(sum) * 1e-17; n++)
        {
            term *= 2 * x * x / ((2 * n) + 1);
            sum += term;
        }

        return 2 / Math.Sqrt(Math.PI) * Math.Exp(-x * x) * sum;
    }

    /// <summary>erfc x = exp(-x^2) / sqrt(pi) / (x + (1/2) / (x + 1 / (x + (3/2) / (x + ...)))).</summary>
    private static double Fraction(double x)
    {
        const int Terms = 60;
        double value = x;
        for (int n = Terms; n >= 1; n--)
        {
            value = x + (n / 2.0 / value);
        }

        return Math.Exp(-x * x) / (Math.Sqrt(Math.PI) * value);
    }
}

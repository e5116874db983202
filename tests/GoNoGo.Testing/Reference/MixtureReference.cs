using GoNoGo.Learning.Densities.Mixtures;

namespace GoNoGo.Testing.Reference;

/// <summary>Gaussian mixtures straight from the formulas, in double.</summary>
public static class MixtureReference
{
    /// <summary>Standard deviation of a raw output.</summary>
    public static double Sigma(DeviationForm form, double u, double floor)
    {
        double softplus = Math.Max(u, 0) + Math.Log(1 + Math.Exp(-Math.Abs(u)));
        return floor + form switch
        {
            DeviationForm.EluPlusOne => (u > 0 ? u : Math.Exp(u) - 1) + 1 + 1e-15,
            DeviationForm.Softplus => softplus,
            DeviationForm.SoftplusVariance => Math.Sqrt(softplus),
            _ => Math.Exp(softplus / 2),
        };
    }

    /// <summary>Log-likelihoods of x [N, D] under logits [N, K], means and raw deviations [N, D * K].</summary>
    public static double[] LogLikelihood(int rows, int features, int components, MixtureOptions options, double[] x, double[] logits, double[] means, double[] raw)
    {
        var result = new List<double>();
        for (int n = 0; n < rows; n++)
        {
            double[] row = logits[(n * components)..((n + 1) * components)];
            double sum = row.Sum(logit => Math.Exp(logit - row.Max()));
            double[] weights = [.. row.Select(logit => Math.Exp(logit - row.Max()) / sum)];
            double LogDensity(int d, int k)
            {
                int at = (((n * features) + d) * components) + k;
                double sigma = Sigma(options.Deviation, raw[at], options.DeviationFloor);
                double t = (x[(n * features) + d] - means[at]) / sigma;
                return -Math.Log(sigma) - (0.5 * Math.Log(2 * Math.PI)) - (0.5 * t * t);
            }

            double LogSumExp(Func<int, double> term)
            {
                double largest = Enumerable.Range(0, components).Max(term);
                return largest + Math.Log(Enumerable.Range(0, components).Sum(k => Math.Exp(term(k) - largest)));
            }

            double LogWeight(int k) => Math.Log(weights[k] + options.WeightEpsilon);
            switch (options.Form)
            {
                case MixtureForm.PerFeature:
                    for (int d = 0; d < features; d++)
                    {
                        result.Add(LogSumExp(k => LogWeight(k) + LogDensity(d, k)));
                    }

                    break;
                case MixtureForm.Joint:
                    result.Add(LogSumExp(k => LogWeight(k) + Enumerable.Range(0, features).Sum(d => LogDensity(d, k))));
                    break;
                default:
                    // log 2 pi once instead of D times: put back D - 1 of them.
                    double missing = 0.5 * (features - 1) * Math.Log(2 * Math.PI);
                    result.Add(Enumerable.Range(0, components).Sum(k =>
                        weights[k] * (Enumerable.Range(0, features).Sum(d => LogDensity(d, k)) + missing)));
                    break;
            }
        }

        return [.. result];
    }
}

using GoNoGo.Tensors;
using GoNoGo.Tensors.Kernels.Distances;
using GoNoGo.Tensors.Memory;
using GoNoGo.Tensors.Random;

namespace GoNoGo.Learning.Densities.Gaussians;

/// <summary>How a mixture is fitted.</summary>
/// <param name="Form">What the covariances are.</param>
public sealed record MixtureFitOptions(CovarianceForm Form)
{
    /// <summary>Most iterations.</summary>
    public int Iterations { get; init; } = 100;

    /// <summary>The mean log-likelihood of a vector must grow by this much, or the iterations end; negative: all are done.</summary>
    public double Tolerance { get; init; } = 1e-3;

    /// <summary>
    /// F: variances of the noise that every vector counts as measured with, one for each feature or one for all; above 0. They are added to every covariance,
    /// which is therefore never below them.
    /// </summary>
    public IReadOnlyList<double> Floor { get; init; } = [1e-6];
}

/// <summary>A fitted mixture.</summary>
/// <param name="Parameters">The mixture.</param>
/// <param name="LogLikelihoods">Mean log-likelihood of a vector after each iteration; it never falls but for rounding.</param>
/// <param name="IsConverged">Whether the last iteration gained less than the tolerance.</param>
/// <param name="Criterion">The Bayesian information criterion (Schwarz 1978), <c>p log n - 2 log-likelihood</c>: the smaller the better.</param>
public sealed record MixtureFit(MixtureParameters Parameters, IReadOnlyList<double> LogLikelihoods, bool IsConverged, double Criterion);

/// <summary>
/// Expectation-maximisation of Gaussian mixtures (Dempster, Laird and Rubin 1977), with data in float32 and sums in double precision. The log-likelihood is that of
/// vectors blurred by noise of variance F, bounded from below by its mean over the noise:
/// <c>log sum over k of w_k N(x; m_k, S_k) exp(-tr(F S_k^-1) / 2)</c>. Its exact maximisation adds F to the covariance of the data, so it cannot fall, as it could where
/// F were added to the covariances of the plain mixture; for small F the two are alike. Results do not depend on the number of threads.
/// </summary>
public static class ExpectationMaximisation
{
    /// <summary>Components that make up less than this many vectors together are removed.</summary>
    private const double Empty = 1e-3;

    /// <summary>Component counts that are tried where the criterion decides.</summary>
    private static readonly int[] Ladder = [1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64, 96, 128, 192, 256];

    /// <summary>Bytes that a fit takes besides the vectors.</summary>
    /// <param name="form">What the covariances are.</param>
    /// <param name="rows">n.</param>
    /// <param name="count">K.</param>
    /// <param name="width">D.</param>
    public static long Bytes(CovarianceForm form, long rows, int count, int width)
    {
        long matrix = form == CovarianceForm.Diagonal ? width : MahalanobisDistance.PackedElements(width);
        long matrices = form == CovarianceForm.Tied ? 1 : count;
        return (rows * count * ((2 * sizeof(double)) + sizeof(int))) + (matrices * matrix * (sizeof(double) + sizeof(float))) + MixtureDensity.Bytes(form, count, width) + (3L * sizeof(double) * width * width);
    }

    /// <summary>Fits a mixture of K components, or of fewer where vectors are equal or components become empty.</summary>
    /// <param name="rows"><c>[n, D]</c>, n above 0.</param>
    /// <param name="count">K, 1 to n.</param>
    /// <param name="options">How.</param>
    /// <param name="stream">Random numbers of the start.</param>
    /// <param name="cancellation">Stops between two iterations.</param>
    /// <exception cref="ArgumentException">A number is out of range.</exception>
    /// <exception cref="ArithmeticException">A vector holds what is no number.</exception>
    public static MixtureFit Fit(Tensor rows, int count, MixtureFitOptions options, RandomStream stream, CancellationToken cancellation = default) =>
        Fit(rows, MixtureStart.Groups(rows, count, stream.Child((ulong)count), cancellation), options, cancellation);

    /// <summary>Fits a mixture from a given start.</summary>
    /// <param name="rows"><c>[n, D]</c>, n above 0.</param>
    /// <param name="groups">The component that each vector belongs to at first, 0 on without gaps.</param>
    /// <param name="options">How.</param>
    /// <param name="cancellation">Stops between two iterations.</param>
    /// <exception cref="ArgumentException">A number is out of range.</exception>
    /// <exception cref="ArithmeticException">A vector holds what is no number.</exception>
    public static MixtureFit Fit(Tensor rows, ReadOnlySpan<int> groups, MixtureFitOptions options, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        int n = rows.Rank == 2 ? rows.Shape[0] : 0;
        if (n == 0 || rows.Shape[1] == 0 || groups.Length != n || (options.Floor.Count != 1 && options.Floor.Count != rows.Shape[1]) || !options.Floor.All(floor => floor > 0))
        {
            throw new ArgumentException(
                $"ExpectationMaximisation: rows {rows.Shape}, {groups.Length} groups, {options.Floor.Count} floors: expected [n, D] without a zero, n, and 1 or D that are above 0.");
        }

        int width = rows.Shape[1];
        double[] floor = options.Floor.Count == width ? [.. options.Floor] : [.. Enumerable.Repeat(options.Floor[0], width)];
        int count = 0;
        foreach (int group in groups)
        {
            count = Math.Max(count, group + 1);
        }

        var responsibilities = new double[checked(n * count)];
        for (int i = 0; i < n; i++)
        {
            responsibilities[(i * count) + groups[i]] = 1;
        }

        var logDensities = new double[n];
        var logs = new List<double>();
        var memberships = new Memberships(count);
        memberships.Fill(responsibilities, count);
        MixtureParameters parameters = Maximise(rows, memberships, count, null, options.Form, floor);
        bool isConverged = false;
        for (int iteration = 0; ; iteration++)
        {
            cancellation.ThrowIfCancellationRequested();
            double log = Expect(rows, parameters, floor, responsibilities, logDensities);
            if (!double.IsFinite(log))
            {
                throw new ArithmeticException("ExpectationMaximisation: a vector holds what is no number.");
            }

            isConverged = logs.Count > 0 && log - logs[^1] < options.Tolerance;
            logs.Add(log);
            if (isConverged || iteration >= options.Iterations)
            {
                break;
            }

            memberships.Fill(responsibilities.AsSpan(0, n * parameters.Count), parameters.Count);
            parameters = Maximise(rows, memberships, parameters.Count, parameters.Means, options.Form, floor);
        }

        double criterion = (parameters.FreeNumbers * Math.Log(n)) - (2.0 * n * logs[^1]);
        return new MixtureFit(parameters, logs, isConverged, criterion);
    }

    /// <summary>Fits mixtures of 1, 2, 3, 4, 6, 8, 12, ... components and keeps the one with the smallest criterion; two in a row that are worse end the search.</summary>
    /// <param name="rows"><c>[n, D]</c>, n above 0.</param>
    /// <param name="most">Most components that are tried.</param>
    /// <param name="options">How.</param>
    /// <param name="stream">Random numbers of the starts.</param>
    /// <param name="cancellation">Stops between two iterations.</param>
    /// <exception cref="ArgumentException">A number is out of range.</exception>
    /// <exception cref="ArithmeticException">A vector holds what is no number.</exception>
    public static MixtureFit Choose(Tensor rows, int most, MixtureFitOptions options, RandomStream stream, CancellationToken cancellation = default)
    {
        MixtureFit? best = null;
        int worse = 0;
        foreach (int count in Ladder.TakeWhile(count => count == 1 || count <= Math.Min(most, rows.Shape[0])))
        {
            MixtureFit fit = Fit(rows, count, options, stream, cancellation);
            if (best is null || fit.Criterion < best.Criterion)
            {
                (best, worse) = (fit, 0);
            }
            else if (++worse == 2)
            {
                break;
            }

            if (fit.Parameters.Count < count)
            {
                // There are no more to find.
                break;
            }
        }

        return best!;
    }

    /// <summary>The mean log-likelihood, and the responsibilities of components for vectors, n times K.</summary>
    private static double Expect(Tensor rows, MixtureParameters parameters, double[] floor, double[] responsibilities, double[] logDensities)
    {
        using var scope = new TensorScope();
        (int count, int width) = (parameters.Count, parameters.Width);
        var constants = new double[count];
        Tensor means = scope.New(new Shape(count, width));
        Tensor factors = scope.New(MixtureParameters.FactorShape(parameters.Form, count, width));
        parameters.Write(constants, means, factors, floor);
        using var density = new MixtureDensity(parameters.Form, constants, means, factors);
        density.Expect(rows, responsibilities.AsSpan(0, logDensities.Length * count), logDensities);
        double sum = 0;
        foreach (double log in logDensities)
        {
            sum += log;
        }

        return sum / logDensities.Length;
    }

    /// <summary>The best mixture for given responsibilities.</summary>
    /// <param name="rows"><c>[n, D]</c>.</param>
    /// <param name="memberships">The responsibilities.</param>
    /// <param name="count">K.</param>
    /// <param name="before">Means about which products are summed, so that tight components keep their digits; null: found first.</param>
    /// <param name="form">What the covariances are.</param>
    /// <param name="floor">D numbers.</param>
    private static MixtureParameters Maximise(Tensor rows, Memberships memberships, int count, IReadOnlyList<double>? before, CovarianceForm form, double[] floor)
    {
        (int n, int width) = (rows.Shape[0], rows.Shape[1]);
        var masses = new List<double>();
        var means = new List<double>();
        var covariances = new List<double[]>();
        bool isDiagonal = form == CovarianceForm.Diagonal;
        var scatter = new Scatter(width, isDiagonal);
        double[] shared = form == CovarianceForm.Tied ? new double[MahalanobisDistance.PackedElements(width)] : [];
        var centre = new double[width];
        for (int k = 0; k < count; k++)
        {
            double mass = memberships.Mass(k);
            if (mass < Empty)
            {
                continue;
            }

            ReadOnlySpan<int> places = memberships.Places(k);
            ReadOnlySpan<double> weights = memberships.Weights(k);
            if (before is null)
            {
                Mean(rows, places, weights, centre);
            }
            else
            {
                for (int j = 0; j < width; j++)
                {
                    centre[j] = before[(k * width) + j];
                }
            }

            scatter.Clear();
            scatter.Add(rows, places, weights, centre);
            masses.Add(mass);
            double[] target = form switch { CovarianceForm.Diagonal => new double[width], CovarianceForm.Full => new double[MahalanobisDistance.PackedElements(width)], _ => shared };
            double share = form == CovarianceForm.Tied ? n : mass;
            scatter.AddCovariance(mass, share, centre, target);
            means.AddRange(centre);
            if (form != CovarianceForm.Tied)
            {
                covariances.Add(target);
            }
        }

        if (form == CovarianceForm.Tied)
        {
            covariances.Add(shared);
        }

        foreach (double[] covariance in covariances)
        {
            for (int i = 0, at = 0; i < width; i++, at += isDiagonal ? 1 : i + 1)
            {
                covariance[at] += floor[i];
            }
        }

        double total = masses.Sum();
        return new MixtureParameters(form, width, [.. masses.Select(mass => mass / total)], [.. means], [.. covariances]);
    }

    private static void Mean(Tensor rows, ReadOnlySpan<int> places, ReadOnlySpan<double> weights, double[] mean)
    {
        mean.AsSpan().Clear();
        double total = 0;
        for (int i = 0; i < places.Length; i++)
        {
            double weight = weights[i];
            total += weight;
            ReadOnlySpan<float> row = rows[places[i]].Span;
            for (int j = 0; j < mean.Length; j++)
            {
                mean[j] += weight * row[j];
            }
        }

        for (int j = 0; j < mean.Length; j++)
        {
            mean[j] /= Math.Max(total, double.Epsilon);
        }
    }
}

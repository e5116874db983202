using System.Text.Json;
using GoNoGo.Learning.Densities.Gaussians;
using GoNoGo.Tensors;
using GoNoGo.Tensors.Memory;
using GoNoGo.Tensors.Parallel;
using GoNoGo.Tensors.Random;
using Xunit;

namespace GoNoGo.Learning.Tests.Densities;

[Collection("vector width")]
public sealed class ExpectationMaximisationTests
{
    public static TheoryData<CovarianceForm> Forms => [.. Enum.GetValues<CovarianceForm>()];

    /// <summary>20 iterations from the same start as scikit-learn's: mixture, likelihood, criterion and densities.</summary>
    [Theory]
    [MemberData(nameof(Forms))]
    public void EqualsScikitLearn(CovarianceForm form)
    {
        using JsonDocument golden = JsonDocument.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "goldens", "gaussian_mixture.json")));
        float[] values = [.. golden.RootElement.GetProperty("rows").EnumerateArray().SelectMany(row => row.EnumerateArray()).Select(value => value.GetSingle())];
        int[] groups = [.. golden.RootElement.GetProperty("groups").EnumerateArray().Select(value => value.GetInt32())];
        JsonElement expected = golden.RootElement.GetProperty("cases").EnumerateArray().Single(item => string.Equals(item.GetProperty("covariance").GetString(), form.ToString(), StringComparison.OrdinalIgnoreCase));
        using var scope = new TensorScope();
        Tensor rows = scope.From(values, new Shape(groups.Length, values.Length / groups.Length));
        MixtureFit fit = ExpectationMaximisation.Fit(rows, groups, new MixtureFitOptions(form) { Iterations = 20, Tolerance = -1 }, TestContext.Current.CancellationToken);
        Assert.Equal(21, fit.LogLikelihoods.Count);
        Close(Flat(expected.GetProperty("weights")), fit.Parameters.Weights, 2e-5);
        Close(Flat(expected.GetProperty("means")), fit.Parameters.Means, 2e-5);
        Close(Flat(expected.GetProperty("covariances")), [.. fit.Parameters.Covariances.SelectMany(matrix => Square(matrix, form))], 2e-5);
        double[] densities = [.. NegativeLogs(fit.Parameters, rows, scope).Select(value => -(double)value)];
        Close(Flat(expected.GetProperty("log_densities")), densities[..10], 1e-4);
        double log = expected.GetProperty("log_likelihood").GetDouble();
        Assert.Equal(log, densities.Average(), 2e-5);
        // What is maximised lies below by what the blur costs: half of tr(F S^-1).
        Assert.InRange(fit.LogLikelihoods[^1], log - 1e-4, log);
        Assert.Equal(expected.GetProperty("bic").GetDouble() + (2 * groups.Length * log), fit.Criterion + (2 * groups.Length * fit.LogLikelihoods[^1]), 1e-9 * fit.Criterion);
    }

    /// <summary>However large the floor, and from groups of which a seventh is wrong.</summary>
    [Theory]
    [InlineData(CovarianceForm.Full, 1e-6)]
    [InlineData(CovarianceForm.Full, 0.5)]
    [InlineData(CovarianceForm.Tied, 1e-6)]
    [InlineData(CovarianceForm.Tied, 0.5)]
    [InlineData(CovarianceForm.Diagonal, 1e-6)]
    [InlineData(CovarianceForm.Diagonal, 0.5)]
    public void TheLogLikelihoodNeverFalls(CovarianceForm form, double floor)
    {
        using var scope = new TensorScope();
        Tensor rows = Clusters(scope, 700, 6, 4);
        int[] groups = [.. Enumerable.Range(0, 700).Select(i => i % 7 == 0 ? (i + 1) % 4 : i % 4)];
        MixtureFit fit = ExpectationMaximisation.Fit(
            rows, groups, new MixtureFitOptions(form) { Iterations = 60, Tolerance = -1, Floor = [floor] }, TestContext.Current.CancellationToken);
        Assert.Equal(61, fit.LogLikelihoods.Count);
        for (int i = 1; i < 61; i++)
        {
            Assert.True(fit.LogLikelihoods[i] >= fit.LogLikelihoods[i - 1] - 2e-6, $"iteration {i}: {fit.LogLikelihoods[i - 1]:R} to {fit.LogLikelihoods[i]:R}");
        }

        Assert.True(fit.LogLikelihoods[^1] > fit.LogLikelihoods[0] + 0.01);
        Assert.All(fit.Parameters.Covariances, matrix => Assert.True(matrix[0] >= floor));
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public void TheCriterionFindsTheNumberOfClusters(CovarianceForm form)
    {
        using var scope = new TensorScope();
        MixtureFit fit = ExpectationMaximisation.Choose(
            Clusters(scope, 1200, 5, 4), 16, new MixtureFitOptions(form), new RandomStream(3, "start"), TestContext.Current.CancellationToken);
        Assert.Equal(4, fit.Parameters.Count);
        Assert.All(fit.Parameters.Weights, weight => Assert.Equal(0.25, weight, 0.01));
    }

    [Fact]
    public void ThreadsDoNotChangeTheMixture()
    {
        using var scope = new TensorScope();
        Tensor rows = Clusters(scope, 900, 33, 3);
        int before = Workers.ThreadCount;
        try
        {
            double[][] results = [.. new[] { 1, 2, 3 }.Select(threads =>
            {
                Workers.ThreadCount = threads;
                MixtureFit fit = ExpectationMaximisation.Fit(rows, 3, new MixtureFitOptions(CovarianceForm.Full), new RandomStream(1, "start"), TestContext.Current.CancellationToken);
                return (double[])[.. fit.LogLikelihoods, .. fit.Parameters.Means, .. fit.Parameters.Covariances.SelectMany(matrix => matrix)];
            })];
            Assert.Equal(results[0], results[1]);
            Assert.Equal(results[0], results[2]);
        }
        finally
        {
            Workers.ThreadCount = before;
        }
    }

    /// <summary>Only three different vectors: no more components than that, none of them empty, all numbers finite.</summary>
    [Theory]
    [MemberData(nameof(Forms))]
    public void EqualVectorsGiveFewerComponents(CovarianceForm form)
    {
        using var scope = new TensorScope();
        Tensor rows = scope.New(new Shape(60, 4));
        for (int i = 0; i < 60; i++)
        {
            rows[i].Span.Fill(i % 3);
        }

        MixtureFit fit = ExpectationMaximisation.Fit(rows, 10, new MixtureFitOptions(form), new RandomStream(1, "start"), TestContext.Current.CancellationToken);
        Assert.Equal(3, fit.Parameters.Count);
        Assert.True(double.IsFinite(fit.Criterion));
        Assert.All(NegativeLogs(fit.Parameters, rows, scope), value => Assert.True(float.IsFinite(value)));
    }

    [Fact]
    public void AComponentThatLosesItsVectorsIsRemoved()
    {
        using var scope = new TensorScope();
        Tensor rows = Clusters(scope, 300, 3, 1);
        // Number 1 has no vector from the start.
        int[] groups = [.. Enumerable.Range(0, 300).Select(i => i % 2 * 2)];
        MixtureFit fit = ExpectationMaximisation.Fit(rows, groups, new MixtureFitOptions(CovarianceForm.Full), TestContext.Current.CancellationToken);
        Assert.Equal(2, fit.Parameters.Count);
        Assert.Equal(1, fit.Parameters.Weights.Sum(), 1e-12);
    }

    [Fact]
    public void WrongArgumentsAreRefused()
    {
        using var scope = new TensorScope();
        Tensor rows = Clusters(scope, 9, 3, 1);
        var options = new MixtureFitOptions(CovarianceForm.Full);
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        Assert.Contains("10 groups", Assert.Throws<ArgumentException>(() => ExpectationMaximisation.Fit(rows, 10, options, new RandomStream(1, "x"), cancellation)).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => ExpectationMaximisation.Fit(rows, new int[8], options, cancellation));
        Assert.Throws<ArgumentException>(() => ExpectationMaximisation.Fit(rows, new int[9], options with { Floor = [0] }, cancellation));
        rows.Span[4] = float.NaN;
        Assert.Throws<ArithmeticException>(() => ExpectationMaximisation.Fit(rows, new int[9], options, cancellation));
        Assert.Throws<ArithmeticException>(() => ExpectationMaximisation.Fit(rows, 2, options, new RandomStream(1, "x"), cancellation));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(37)]
    [InlineData(130)]
    public void EigenvectorsDiagonalise(int n)
    {
        using var scope = new TensorScope();
        Tensor noise = scope.New(new Shape(n, n));
        new RandomStream(4, "matrix").FillNormal(0, 1, noise);
        var matrix = new double[n * n];
        for (int i = 0; i < n * n; i++)
        {
            matrix[i] = noise.Span[i] + noise.Span[(i % n * n) + (i / n)];
        }

        // A row of zeros: an eigenvalue whose vector is an axis.
        for (int i = 0; i < n && n > 2; i++)
        {
            matrix[n + i] = matrix[(i * n) + 1] = 0;
        }

        var values = new double[n];
        var vectors = new double[n * n];
        SymmetricEigen.Decompose([.. matrix], n, values, vectors);
        Assert.Equal(values.OrderDescending(), values);
        double scale = Math.Max(1, values.Max(Math.Abs));
        for (int a = 0; a < n; a++)
        {
            for (int i = 0; i < n; i++)
            {
                double product = 0;
                for (int j = 0; j < n; j++)
                {
                    product += matrix[(i * n) + j] * vectors[(a * n) + j];
                }

                Assert.Equal(values[a] * vectors[(a * n) + i], product, 1e-12 * scale);
            }

            for (int b = 0; b <= a; b++)
            {
                double dot = Enumerable.Range(0, n).Sum(j => vectors[(a * n) + j] * vectors[(b * n) + j]);
                Assert.Equal(a == b ? 1 : 0, dot, 1e-12);
            }
        }
    }

    /// <summary>Whitened vectors have covariance lambda / (lambda + ridge) along each axis and none between them.</summary>
    [Fact]
    public void PrincipalAxesWhiten()
    {
        using var scope = new TensorScope();
        Tensor rows = Clusters(scope, 500, 7, 3);
        PrincipalAxes axes = PrincipalAxes.Of(rows, 1, int.MaxValue, 0.25);
        Assert.Equal(7, axes.Kept);
        Assert.Equal(0, axes.ResidualVariance);
        Tensor mean = scope.New(new Shape(7));
        Tensor projection = scope.New(new Shape(7, 7));
        Tensor whitened = scope.New(new Shape(500, 7));
        axes.Write(mean, projection);
        PrincipalAxes.Whiten(rows, mean, projection, whitened);
        for (int i = 0; i < 7; i++)
        {
            for (int j = 0; j <= i; j++)
            {
                double covariance = Enumerable.Range(0, 500).Average(n => (double)whitened[n].Span[i] * whitened[n].Span[j]);
                Assert.Equal(i == j ? axes.Variances[i] / (axes.Variances[i] + 0.25) : 0, covariance, 1e-5);
            }
        }

        PrincipalAxes two = PrincipalAxes.Of(Clusters(scope, 500, 7, 3), 1, 2, 0.25);
        Assert.Equal(2, two.Kept);
        Assert.Equal(two.Variances.Skip(2).Average() + 0.25, two.ResidualVariance, 1e-12);
        Assert.Equal(1, PrincipalAxes.Of(Clusters(scope, 500, 7, 3), 0, 5, 0.25).Kept);
    }

    /// <summary>Round clusters of equal size, in turn, far from each other.</summary>
    private static Tensor Clusters(TensorScope scope, int count, int width, int clusters)
    {
        Tensor rows = scope.New(new Shape(count, width));
        new RandomStream(2, "rows").FillNormal(0, 1, rows);
        for (int i = 0; i < count; i++)
        {
            rows[i].Span[i % clusters % width] += clusters > 1 ? 7 : 0;
        }

        return rows;
    }

    private static float[] NegativeLogs(MixtureParameters parameters, Tensor rows, TensorScope scope)
    {
        var constants = new double[parameters.Count];
        Tensor means = scope.New(new Shape(parameters.Count, parameters.Width));
        Tensor factors = scope.New(MixtureParameters.FactorShape(parameters.Form, parameters.Count, parameters.Width));
        parameters.Write(constants, means, factors, default);
        using var density = new MixtureDensity(parameters.Form, constants, means, factors);
        Tensor result = scope.New(new Shape(rows.Shape[0]));
        density.NegativeLog(rows, scope, result);
        return result.ToArray();
    }

    private static double[] Square(double[] matrix, CovarianceForm form)
    {
        if (form == CovarianceForm.Diagonal)
        {
            return matrix;
        }

        int width = (int)Math.Sqrt(2 * matrix.Length);
        return [.. Enumerable.Range(0, width * width).Select(at =>
        {
            (int i, int j) = (Math.Max(at / width, at % width), Math.Min(at / width, at % width));
            return matrix[(i * (i + 1) / 2) + j];
        })];
    }

    private static double[] Flat(JsonElement element) =>
        element.ValueKind == JsonValueKind.Array ? [.. element.EnumerateArray().SelectMany(Flat)] : [element.GetDouble()];

    private static void Close(double[] expected, IReadOnlyList<double> actual, double tolerance)
    {
        Assert.Equal(expected.Length, actual.Count);
        for (int i = 0; i < expected.Length; i++)
        {
            Assert.Equal(expected[i], actual[i], tolerance);
        }
    }
}

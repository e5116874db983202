using GoNoGo.Tensors;
using GoNoGo.Tensors.Kernels;

namespace GoNoGo.Learning.Densities.Gaussians;

/// <summary>
/// Principal axes of vectors, with which they are whitened: <c>z_i = u_i (x - mean) / sqrt(lambda_i + ridge)</c>, lambda the eigenvalues of the covariance, the largest
/// first, u their eigenvectors. The axes that are left out keep one number, their mean variance (probabilistic principal components, Tipping and Bishop 1999).
/// </summary>
public sealed class PrincipalAxes
{
    private PrincipalAxes(double[] mean, double[] variances, double[] axes, double ridge, int kept)
    {
        Mean = mean;
        Variances = variances;
        Axes = axes;
        Ridge = ridge;
        Kept = kept;
        double left = 0;
        for (int i = kept; i < variances.Length; i++)
        {
            left += variances[i];
        }

        ResidualVariance = kept == variances.Length ? 0 : (left / (variances.Length - kept)) + ridge;
    }

    /// <summary>The mean of the vectors, D numbers.</summary>
    public IReadOnlyList<double> Mean { get; }

    /// <summary>The variances along the axes, D numbers, the largest first.</summary>
    public IReadOnlyList<double> Variances { get; }

    /// <summary>What every variance is raised by.</summary>
    public double Ridge { get; }

    /// <summary>d: the axes that are kept.</summary>
    public int Kept { get; }

    /// <summary>The mean variance along the axes left out, with the ridge; 0 where none is.</summary>
    public double ResidualVariance { get; }

    private double[] Axes { get; }

    /// <summary>Finds the axes.</summary>
    /// <param name="rows"><c>[n, D]</c>, n above 0.</param>
    /// <param name="share">The fewest axes are kept that hold this share of the variance, the ridge counted; 0 to 1.</param>
    /// <param name="most">Most axes that are kept, at least 1.</param>
    /// <param name="ridge">Added to every variance, in squared units of the features.</param>
    /// <exception cref="ArgumentException">A shape or number is out of range.</exception>
    /// <exception cref="ArithmeticException">A feature is no number.</exception>
    public static PrincipalAxes Of(Tensor rows, double share, int most, double ridge)
    {
        if (rows.Rank != 2 || rows.ElementCount == 0 || !(share is >= 0 and <= 1) || most < 1 || !(ridge > 0))
        {
            throw new ArgumentException($"PrincipalAxes: rows {rows.Shape}, share {share}, most {most}, ridge {ridge}: expected [n, D] without a zero, 0 to 1, at least 1, above 0.");
        }

        int width = rows.Shape[1];
        var scatter = new Scatter(width, isDiagonal: false);
        // About zero first: the mean; then about the mean: large means do not cancel variances.
        var mean = new double[width];
        AddMeans(rows, mean);
        scatter.Add(rows, default, 0, mean);
        for (int i = 0; i < scatter.Products.Length; i++)
        {
            scatter.Products[i] /= rows.Shape[0];
        }

        var variances = new double[width];
        var axes = new double[scatter.Products.Length];
        SymmetricEigen.Decompose(scatter.Products, width, variances, axes);
        double total = 0;
        for (int i = 0; i < width; i++)
        {
            // Rounding may leave a variance of 0 a little below it.
            variances[i] = Math.Max(0, variances[i]);
            total += variances[i] + ridge;
        }

        int kept = 0;
        for (double sum = 0; kept < Math.Min(most, width) && (kept == 0 || sum < share * total); kept++)
        {
            sum += variances[kept] + ridge;
        }

        return new PrincipalAxes(mean, variances, axes, ridge, kept);
    }

    /// <summary>Writes what whitens: the mean, and the axes divided by their deviations.</summary>
    /// <param name="mean">Receives <c>[D]</c>.</param>
    /// <param name="projection">Receives <c>[d, D]</c>.</param>
    public void Write(Tensor mean, Tensor projection)
    {
        int width = Mean.Count;
        for (int j = 0; j < width; j++)
        {
            mean.Span[j] = (float)Mean[j];
        }

        for (int i = 0; i < Kept; i++)
        {
            double factor = 1 / Math.Sqrt(Variances[i] + Ridge);
            Span<float> row = projection[i].Span;
            for (int j = 0; j < width; j++)
            {
                row[j] = (float)(Axes[((long)i * width) + j] * factor);
            }
        }
    }

    /// <summary>Whitens vectors; the vectors lose their mean in place.</summary>
    /// <param name="rows"><c>[n, D]</c>; loses its mean.</param>
    /// <param name="mean"><c>[D]</c>.</param>
    /// <param name="projection"><c>[d, D]</c>.</param>
    /// <param name="whitened">Receives <c>[n, d]</c>.</param>
    public static void Whiten(Tensor rows, Tensor mean, Tensor projection, Tensor whitened)
    {
        ReadOnlySpan<float> centre = mean.Span;
        for (int i = 0; i < rows.Shape[0]; i++)
        {
            Span<float> row = rows[i].Span;
            for (int j = 0; j < row.Length; j++)
            {
                row[j] -= centre[j];
            }
        }

        MatrixMultiply.Run(rows, transposeA: false, projection, transposeB: true, whitened);
    }

    private static void AddMeans(Tensor rows, double[] mean)
    {
        for (int i = 0; i < rows.Shape[0]; i++)
        {
            ReadOnlySpan<float> row = rows[i].Span;
            for (int j = 0; j < row.Length; j++)
            {
                mean[j] += row[j];
            }
        }

        for (int j = 0; j < mean.Length; j++)
        {
            mean[j] /= rows.Shape[0];
        }
    }
}

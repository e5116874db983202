using GoNoGo.Tensors;
using GoNoGo.Tensors.Kernels;
using GoNoGo.Tensors.Kernels.Elementwise;
using GoNoGo.Tensors.Kernels.Elementwise.Functions;
using GoNoGo.Tensors.Parallel;

namespace GoNoGo.Learning.Densities.Gaussians;

/// <summary>
/// Principal axes of vectors, with which they are whitened: <c>z_i = u_i (x - mean) / sqrt(lambda_i + ridge)</c>, lambda the eigenvalues of the covariance, the largest
/// first, u their eigenvectors. The axes that are left out keep one number, their mean variance (probabilistic principal components, Tipping and Bishop 1999).
/// </summary>
public sealed unsafe class PrincipalAxes
{
    private const int ItemRows = 64;

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
        scatter.Add(rows, default, default, mean);
        for (int i = 0; i < width; i++)
        {
            for (int j = 0; j <= i; j++)
            {
                double covariance = scatter.Products[(i * width) + j] / rows.Shape[0];
                (scatter.Products[(i * width) + j], scatter.Products[(j * width) + i]) = (covariance, covariance);
            }
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
        ElementwiseKernel.Run(rows, mean, default(SubtractFunction), rows);
        MatrixMultiply.Run(rows, transposeA: false, projection, transposeB: true, whitened);
    }

    /// <summary>Adds what is left of vectors beyond the axes: a factor times its squared length.</summary>
    /// <param name="rows"><c>[n, D]</c>, without their mean.</param>
    /// <param name="whitened">The same vectors whitened, <c>[n, d]</c>.</param>
    /// <param name="variances">The variances that the axes were divided by, d numbers.</param>
    /// <param name="factor">The factor.</param>
    /// <param name="result">n numbers that are added to.</param>
    /// <exception cref="ArgumentException">A shape does not fit.</exception>
    public static void AddResidual(Tensor rows, Tensor whitened, double[] variances, double factor, Tensor result)
    {
        ArgumentNullException.ThrowIfNull(variances);
        int n = rows.Rank == 2 ? rows.Shape[0] : -1;
        if (whitened.Rank != 2 || whitened.Shape[0] != n || whitened.Shape[1] != variances.Length || result.ElementCount != n)
        {
            throw new ArgumentException($"PrincipalAxes: rows {rows.Shape}, whitened {whitened.Shape}, {variances.Length} variances, {result.ElementCount} results: expected [n, D], [n, d], d, n.");
        }

        Workers.For((n + ItemRows - 1) / ItemRows, new ResidualBody
        {
            Rows = rows.Pointer,
            Whitened = whitened.Pointer,
            Count = n,
            Width = rows.Shape[1],
            Variances = variances,
            Factor = factor,
            Result = result.Pointer,
        });
    }

    /// <summary>The mean of the squares of all numbers.</summary>
    /// <param name="rows"><c>[n, D]</c>, n above 0.</param>
    public static double MeanSquare(Tensor rows)
    {
        double sum = 0;
        for (int i = 0; i < rows.Shape[0]; i++)
        {
            sum += DoubleRows.SquareSum(rows[i].Pointer, rows.Shape[1]);
        }

        return sum / rows.ElementCount;
    }

    private static void AddMeans(Tensor rows, double[] mean)
    {
        fixed (double* sums = mean)
        {
            for (int i = 0; i < rows.Shape[0]; i++)
            {
                DoubleRows.AddScaled(1, rows[i].Pointer, sums, mean.Length);
            }
        }

        for (int j = 0; j < mean.Length; j++)
        {
            mean[j] /= rows.Shape[0];
        }
    }

    private struct ResidualBody : IParallelBody
    {
        public float* Rows;
        public float* Whitened;
        public int Count;
        public int Width;
        public double[] Variances;
        public double Factor;
        public float* Result;

        public readonly void Invoke(int index)
        {
            fixed (double* variances = Variances)
            {
                for (int i = index * ItemRows; i < Math.Min((index + 1) * ItemRows, Count); i++)
                {
                    double all = DoubleRows.SquareSum(Rows + ((long)i * Width), Width);
                    double kept = DoubleRows.WeightedSquareSum(Whitened + ((long)i * Variances.Length), variances, Variances.Length);
                    Result[i] += (float)(Factor * Math.Max(0, all - kept));
                }
            }
        }
    }
}

using GoNoGo.Tensors;
using GoNoGo.Tensors.Kernels.Distances;
using GoNoGo.Tensors.Parallel;

namespace GoNoGo.Learning.Densities.Gaussians;

/// <summary>A Gaussian mixture in double precision.</summary>
/// <param name="form">What the covariances are.</param>
/// <param name="width">D.</param>
/// <param name="weights">K weights, their sum 1.</param>
/// <param name="means">K times D numbers, component by component.</param>
/// <param name="covariances">
/// Full: of each component the packed lower triangle (row i begins at i (i + 1) / 2); tied: one such triangle; diagonal: of each component D variances.
/// </param>
public sealed class MixtureParameters(CovarianceForm form, int width, double[] weights, double[] means, double[][] covariances)
{
    /// <summary>What the covariances are.</summary>
    public CovarianceForm Form => form;

    /// <summary>D: numbers of a vector.</summary>
    public int Width => width;

    /// <summary>K: components.</summary>
    public int Count => weights.Length;

    /// <summary>K weights.</summary>
    public IReadOnlyList<double> Weights => weights;

    /// <summary>K times D numbers.</summary>
    public IReadOnlyList<double> Means => means;

    /// <summary>Packed triangles or variances.</summary>
    public IReadOnlyList<double[]> Covariances => covariances;

    /// <summary>Free numbers of the mixture, as the Bayesian information criterion counts them.</summary>
    public double FreeNumbers
    {
        get
        {
            double matrix = width * (width + 1.0) / 2;
            double covariance = form switch { CovarianceForm.Full => Count * matrix, CovarianceForm.Tied => matrix, _ => (double)Count * width };
            return covariance + ((double)Count * width) + Count - 1;
        }
    }

    /// <summary>Shape of the factors that <see cref="MixtureDensity"/> takes.</summary>
    /// <param name="form">What the covariances are.</param>
    /// <param name="count">K.</param>
    /// <param name="width">D.</param>
    public static Shape FactorShape(CovarianceForm form, int count, int width) => form switch
    {
        CovarianceForm.Diagonal => new Shape(count, width),
        CovarianceForm.Tied => new Shape(1, checked((int)MahalanobisDistance.PackedElements(width))),
        _ => new Shape(count, checked((int)MahalanobisDistance.PackedElements(width))),
    };

    /// <summary>Writes what <see cref="MixtureDensity"/> takes.</summary>
    /// <param name="constants">Receives K numbers: log weight minus half of the logarithm of |2 pi covariance|, and minus half of the blur's loss.</param>
    /// <param name="meansTo">Receives <c>[K, D]</c>.</param>
    /// <param name="factors">Receives the inverses of the Cholesky factors, packed, or the reciprocals of the deviations.</param>
    /// <param name="blur">Variances F of the noise whose mean loss, <c>tr(F covariance^-1) / 2</c>, the constants count; empty: none.</param>
    /// <exception cref="ArithmeticException">A covariance is not positive.</exception>
    public void Write(Span<double> constants, Tensor meansTo, Tensor factors, ReadOnlySpan<double> blur)
    {
        for (int i = 0; i < means.Length; i++)
        {
            meansTo.Span[i] = (float)means[i];
        }

        int groups = covariances.Length;
        var losses = new double[groups];
        Workers.For(groups, new FactorBody { Covariances = covariances, IsDiagonal = form == CovarianceForm.Diagonal, Width = width, Blur = blur.ToArray(), Losses = losses, Factors = factors });
        for (int k = 0; k < Count; k++)
        {
            constants[k] = Math.Log(weights[k]) - losses[groups == 1 ? 0 : k];
        }
    }

    private struct FactorBody : IParallelBody
    {
        public double[][] Covariances;
        public bool IsDiagonal;
        public int Width;
        public double[] Blur;
        public double[] Losses;
        public Tensor Factors;

        public readonly void Invoke(int index)
        {
            double[] factor = [.. Covariances[index]];
            Span<float> target = Factors[index].Span;
            double log = Width * Math.Log(2 * Math.PI);
            double loss = 0;
            if (IsDiagonal)
            {
                for (int i = 0; i < Width; i++)
                {
                    log += Math.Log(factor[i]);
                    loss += Blur.Length == 0 ? 0 : Blur[i] / factor[i];
                    target[i] = factor[i] > 0 ? (float)(1 / Math.Sqrt(factor[i])) : throw new ArithmeticException("MixtureParameters: a variance is not positive.");
                }
            }
            else
            {
                CholeskyFactor.Factorise(factor, Width);
                CholeskyFactor.Invert(factor, Width);
                for (int i = 0, at = 0; i < Width; i++)
                {
                    log -= 2 * Math.Log(factor[at + i]);
                    for (int j = 0; j <= i; j++, at++)
                    {
                        loss += Blur.Length == 0 ? 0 : Blur[j] * factor[at] * factor[at];
                        target[at] = (float)factor[at];
                    }
                }
            }

            Losses[index] = 0.5 * (log + loss);
        }
    }
}

using GoNoGo.Learning.Densities.Gaussians;
using GoNoGo.Tensors;
using GoNoGo.Tensors.Kernels.Distances;
using GoNoGo.Tensors.Memory;
using GoNoGo.Tensors.Parallel;

namespace GoNoGo.Detection.Detectors.Padim;

/// <summary>
/// Means and covariances in double precision over two passes: first the means, then the products of what remains. Everything is added in
/// the order of the pictures, whoever does it.
/// </summary>
/// <param name="groups">G: Gaussians.</param>
/// <param name="width">D.</param>
internal sealed unsafe class GaussianFit(int groups, int width)
{
    /// <summary>Variance below which a direction counts as constant: relative to the mean square of the features, so that it follows their scale.</summary>
    private const double Floor = 1e-6;

    private const int ItemRows = 16;

    private readonly double[] _means = new double[checked(groups * width)];
    private readonly double[][] _products = [.. Enumerable.Range(0, groups).Select(_ => new double[MahalanobisDistance.PackedElements(width)])];
    private long _samples;
    private double _squares;

    /// <summary>Bytes that a fit takes.</summary>
    public static long Bytes(int groups, int width) => groups * (width + MahalanobisDistance.PackedElements(width)) * (sizeof(double) + sizeof(float));

    /// <summary>First pass: adds samples to the means.</summary>
    /// <param name="rows"><c>[n, D]</c>; row r belongs to group r modulo G.</param>
    public void AddMeans(Tensor rows)
    {
        for (int row = 0; row < rows.Shape[0]; row++)
        {
            float* values = rows.Pointer + ((long)row * width);
            Span<double> mean = _means.AsSpan(row % groups * width, width);
            for (int i = 0; i < width; i++)
            {
                mean[i] += values[i];
                _squares += (double)values[i] * values[i];
            }
        }

        _samples += rows.Shape[0] / groups;
    }

    /// <summary>Ends the first pass.</summary>
    public void EndMeans()
    {
        for (int i = 0; i < _means.Length; i++)
        {
            _means[i] /= _samples;
        }

        _squares /= (double)_samples * groups * width;
    }

    /// <summary>Second pass: adds the same samples again.</summary>
    public void AddProducts(Tensor rows)
    {
        using var scope = new TensorScope();
        int blocks = (width + ItemRows - 1) / ItemRows;
        Workers.For(groups * blocks, new ProductBody { Fit = this, Groups = groups, Width = width, Blocks = blocks, Rows = rows.Pointer, Count = rows.Shape[0] });
    }

    /// <summary>The Gaussians: means, and the inverses of the Cholesky factors of the shrunken covariances.</summary>
    /// <param name="shrinkage">Share that becomes mean variance times identity.</param>
    /// <param name="ridge">Added to every variance.</param>
    /// <param name="means">Receives <c>[G, D]</c>.</param>
    /// <param name="whitening">Receives <c>[G, D (D + 1) / 2]</c>.</param>
    public void Finish(double shrinkage, double ridge, Tensor means, Tensor whitening)
    {
        for (int i = 0; i < _means.Length; i++)
        {
            means.Pointer[i] = (float)_means[i];
        }

        double floor = (Floor * _squares) + float.Epsilon;
        Workers.For(groups, new FinishBody
        {
            Products = _products,
            Width = width,
            Samples = _samples,
            Shrinkage = shrinkage,
            Added = Math.Max(ridge, floor),
            Whitening = whitening.Pointer,
        });
    }

    private struct ProductBody : IParallelBody
    {
        public GaussianFit Fit;
        public int Groups;
        public int Width;
        public int Blocks;
        public float* Rows;
        public int Count;

        public readonly void Invoke(int index)
        {
            (int group, int first) = (index / Blocks, index % Blocks * ItemRows);
            int end = Math.Min(first + ItemRows, Width);
            var centred = new double[end];
            fixed (double* products = Fit._products[group])
            fixed (double* means = &Fit._means[(long)group * Width])
            fixed (double* values = centred)
            {
                for (int row = group; row < Count; row += Groups)
                {
                    float* sample = Rows + ((long)row * Width);
                    for (int i = 0; i < end; i++)
                    {
                        values[i] = sample[i] - means[i];
                    }

                    for (int i = first; i < end; i++)
                    {
                        double* line = products + MahalanobisDistance.PackedElements(i);
                        double value = values[i];
                        for (int j = 0; j <= i; j++)
                        {
                            line[j] += value * values[j];
                        }
                    }
                }
            }
        }
    }

    private struct FinishBody : IParallelBody
    {
        public double[][] Products;
        public int Width;
        public long Samples;
        public double Shrinkage;
        public double Added;
        public float* Whitening;

        public readonly void Invoke(int group)
        {
            double[] matrix = Products[group];
            double divisor = Math.Max(1, Samples - 1);
            double trace = 0;
            for (int i = 0; i < Width; i++)
            {
                trace += matrix[MahalanobisDistance.PackedElements(i) + i] / divisor;
            }

            double diagonal = (Shrinkage * trace / Width) + Added;
            for (int i = 0; i < Width; i++)
            {
                long line = MahalanobisDistance.PackedElements(i);
                for (int j = 0; j <= i; j++)
                {
                    matrix[line + j] *= (1 - Shrinkage) / divisor;
                }

                matrix[line + i] += diagonal;
            }

            CholeskyFactor.Factorise(matrix, Width);
            CholeskyFactor.Invert(matrix, Width);
            float* whitening = Whitening + (group * MahalanobisDistance.PackedElements(Width));
            for (int i = 0; i < matrix.Length; i++)
            {
                whitening[i] = (float)matrix[i];
            }
        }
    }
}

using GoNoGo.Detection.Detectors;
using GoNoGo.Detection.Detectors.Padim;
using GoNoGo.Detection.Options;
using GoNoGo.Tensors;
using GoNoGo.Tensors.Kernels.Distances;
using GoNoGo.Tensors.Memory;
using GoNoGo.Tensors.Random;
using Xunit;

namespace GoNoGo.Detection.Tests.Detectors;

public sealed class PadimTests
{
    /// <summary>Means, covariance, Cholesky and distance against Gauss-Jordan elimination in double precision.</summary>
    [Theory]
    [InlineData(3, 12, 5, 0.0, 0.01)]
    [InlineData(1, 7, 9, 0.2, 0.0)]
    [InlineData(2, 2, 4, 0.0, 0.01)]
    [InlineData(2, 1, 3, 0.5, 0.3)]
    public void TheDistanceIsThatOfADoubleReference(int positions, int pictures, int width, double shrinkage, double ridge)
    {
        using var scope = new TensorScope();
        Tensor rows = scope.New(new Shape(pictures * positions, width));
        new RandomStream(5, "rows").FillNormal(0.3, 2, rows);
        var fit = new GaussianFit(positions, width);
        fit.AddMeans(rows);
        fit.EndMeans();
        fit.AddProducts(rows);
        Tensor means = scope.New(new Shape(positions, width));
        Tensor whitening = scope.New(new Shape(positions, width * (width + 1) / 2));
        fit.Finish(shrinkage, ridge, means, whitening);
        Tensor judged = scope.New(new Shape(2 * positions, width));
        new RandomStream(6, "judged").FillNormal(0, 2, judged);
        Tensor distances = scope.New(new Shape(2, positions));
        MahalanobisDistance.Run(judged, positions, means, whitening, distances);
        double meanSquare = rows.ToArray().Average(value => (double)value * value);
        for (int place = 0; place < 2 * positions; place++)
        {
            double expected = Reference(rows.ToArray(), positions, place % positions, width, shrinkage, Math.Max(ridge, 1e-6 * meanSquare), judged.Slice(place, 1).ToArray());
            Assert.Equal(expected, distances.Span[place], 2e-5 * expected);
        }
    }

    [Fact]
    public void ConstantPicturesGiveFiniteScores()
    {
        using IDetector detector = TinyDetector.Fitted("padim", "features=0", constant: true, count: 2, out Tensor pictures, out TensorScope scope);
        Tensor maps = scope.New(new Shape(2, 64, 64));
        var scores = new float[2];
        detector.Score(pictures, scores, maps);
        Assert.All(scores, score => Assert.Equal(0, score, 1e-1));
        pictures[1].Span[100] += 5;
        detector.Score(pictures, scores, maps);
        Assert.True(float.IsFinite(scores[1]) && scores[1] > 10 * Math.Max(scores[0], 0.1f), $"{scores[0]} {scores[1]}");
        scope.Dispose();
    }

    [Theory]
    [InlineData("features=0")]
    [InlineData("gaussian=global")]
    [InlineData("neighbourhood=3")]
    [InlineData("image-reduction=top-k-mean")]
    [InlineData("image-reduction=quantile")]
    public void TwoPicturesAreEnough(string setting)
    {
        using IDetector detector = TinyDetector.Fitted("padim", setting, constant: false, count: 2, out Tensor pictures, out TensorScope scope);
        var scores = new float[2];
        detector.Score(pictures, scores, scope.New(new Shape(2, 64, 64)));
        Assert.All(scores, score => Assert.True(float.IsFinite(score) && score > 0));
        scope.Dispose();
    }

    [Fact]
    public void AModelWithoutItsNumbersIsRefused()
    {
        OptionException exception = Assert.Throws<OptionException>(() => TinyDetector.Create("padim", statistics: new SortedDictionary<string, double> { ["features"] = 0.5 }));
        Assert.Contains("no usable number", exception.Message, StringComparison.Ordinal);
        Assert.Contains("needs a backbone", Assert.Throws<OptionException>(() => TinyDetector.Create("padim", features: null)).Message, StringComparison.Ordinal);
    }

    private static double Reference(float[] rows, int positions, int position, int width, double shrinkage, double added, float[] x)
    {
        int count = rows.Length / width / positions;
        var mean = new double[width];
        for (int n = 0; n < count; n++)
        {
            for (int i = 0; i < width; i++)
            {
                mean[i] += rows[(((n * positions) + position) * width) + i] / (double)count;
            }
        }

        var matrix = new double[width, width + 1];
        for (int i = 0; i < width; i++)
        {
            for (int j = 0; j < width; j++)
            {
                for (int n = 0; n < count; n++)
                {
                    int row = ((n * positions) + position) * width;
                    matrix[i, j] += (rows[row + i] - mean[i]) * (rows[row + j] - mean[j]) / Math.Max(1, count - 1);
                }
            }
        }

        double trace = Enumerable.Range(0, width).Sum(i => matrix[i, i]);
        for (int i = 0; i < width; i++)
        {
            for (int j = 0; j < width; j++)
            {
                matrix[i, j] = ((1 - shrinkage) * matrix[i, j]) + (i == j ? (shrinkage * trace / width) + added : 0);
            }

            matrix[i, width] = x[i] - mean[i];
        }

        for (int pivot = 0; pivot < width; pivot++)
        {
            for (int i = 0; i < width; i++)
            {
                double factor = i == pivot ? 0 : matrix[i, pivot] / matrix[pivot, pivot];
                for (int j = pivot; j <= width; j++)
                {
                    matrix[i, j] -= factor * matrix[pivot, j];
                }
            }
        }

        return Math.Sqrt(Enumerable.Range(0, width).Sum(i => (x[i] - mean[i]) * matrix[i, width] / matrix[i, i]));
    }
}

using GoNoGo.Detection.Detectors;
using GoNoGo.Detection.Detectors.Padim;
using GoNoGo.Detection.Features;
using GoNoGo.Detection.Models;
using GoNoGo.Detection.Options;
using GoNoGo.Detection.Training;
using GoNoGo.Learning.Layers;
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
        using IDetector detector = Fitted("features=0", constant: true, count: 2, out Tensor pictures, out TensorScope scope);
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
        using IDetector detector = Fitted(setting, constant: false, count: 2, out Tensor pictures, out TensorScope scope);
        var scores = new float[2];
        detector.Score(pictures, scores, scope.New(new Shape(2, 64, 64)));
        Assert.All(scores, score => Assert.True(float.IsFinite(score) && score > 0));
        scope.Dispose();
    }

    [Fact]
    public void FeaturesThatAreNoNumbersAreRefused()
    {
        using var scope = new TensorScope();
        DetectorEntry entry = DetectorCatalog.Find("padim");
        using IDetector detector = entry.Create(entry.Options.Create(), WeightSource.Fresh(new TensorScope(), 3), new TensorScope(), null, TinyBackbone.Open());
        Tensor pictures = scope.New(new Shape(2, 3, 64, 64));
        pictures.Span.Fill(float.NaN);
        ModelException exception = Assert.Throws<ModelException>(() => detector.Fit(new OneBatch(pictures), new OneBatch(pictures), new TrainingControl()));
        Assert.Contains("no numbers", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AModelWithoutItsNumbersIsRefused()
    {
        DetectorEntry entry = DetectorCatalog.Find("padim");
        using FeatureExtractor features = TinyBackbone.Open();
        OptionException exception = Assert.Throws<OptionException>(() =>
            entry.Create(entry.Options.Create(), WeightSource.Fresh(new TensorScope(), 3), new TensorScope(), new SortedDictionary<string, double> { ["features"] = 0.5 }, features));
        Assert.Contains("no usable number", exception.Message, StringComparison.Ordinal);
        Assert.Contains("needs a backbone", Assert.Throws<OptionException>(() =>
            entry.Create(entry.Options.Create(), WeightSource.Fresh(new TensorScope(), 3), new TensorScope(), null, null)).Message, StringComparison.Ordinal);
    }

    internal static IDetector Fitted(string setting, bool constant, int count, out Tensor pictures, out TensorScope scope, string id = "padim")
    {
        DetectorEntry entry = DetectorCatalog.Find(id);
        IDetector detector = entry.Create(entry.Options.Create("default", setting.Split(' ')), WeightSource.Fresh(new TensorScope(), 3), new TensorScope(), null, TinyBackbone.Open());
        scope = new TensorScope();
        pictures = scope.New(new Shape(count, 3, 64, 64));
        pictures.Span.Fill(0.4f);
        if (!constant)
        {
            new RandomStream(9, "pictures").FillNormal(0, 1, pictures);
        }

        detector.Fit(new OneBatch(pictures), new OneBatch(pictures), new TrainingControl());
        return detector;
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

    internal sealed class OneBatch(Tensor pictures) : IPictureSource
    {
        public int Count => pictures.Shape[0];

        public IEnumerable<PictureBatch> Read(int[]? order, int batchSize, CancellationToken cancellation = default)
        {
            yield return new PictureBatch(pictures, 0, new Exception?[Count]);
        }
    }
}

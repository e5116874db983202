using System.Globalization;
using GoNoGo.Tensors.Parallel;
using GoNoGo.Vision.Datasets.Synthetic.Defects;
using GoNoGo.Vision.Imaging.Png;

namespace GoNoGo.Vision.Datasets.Synthetic;

/// <summary>
/// A sample product line without any download: pictures of a machined flange on a conveyor, good ones and ones with five
/// kinds of defects, with masks, in the layout of MVTec AD. The same seed gives the same pictures.
/// </summary>
public static class ProductLine
{
    // Every group of pictures has its own range of numbers, so that more of one kind changes no other picture.
    private const ulong GroupStride = 1_000_000;

    private static readonly (string Kind, Func<Draws, Defect> Make)[] Makers =
    [
        ("dent", static draws => new Dent(draws)),
        ("hairline", static draws => new Hairline(draws)),
        ("missing_hole", static draws => new UndrilledHole(draws)),
        ("scratch", static draws => new Defects.Scratch(draws)),
        ("stain", static draws => new Stain(draws)),
    ];

    /// <summary>The kinds of defects, ordinal order.</summary>
    public static IReadOnlyList<string> DefectKinds { get; } = [.. Makers.Select(maker => maker.Kind)];

    /// <summary>The kind that is small (under 1 % of the area) and of low contrast.</summary>
    public static string SmallDefectKind => "hairline";

    /// <summary>Draws one test picture.</summary>
    /// <param name="options">Size and seed.</param>
    /// <param name="kind">One of <see cref="DefectKinds"/>, or <c>good</c>.</param>
    /// <param name="index">Its number among the test pictures of its kind, from 0.</param>
    /// <exception cref="ArgumentException">There is no such kind.</exception>
    public static ProductPicture DrawTest(ProductLineOptions options, string kind, int index)
    {
        ArgumentNullException.ThrowIfNull(options);
        int group = kind == DatasetItem.GoodKind ? 0 : 1 + Array.FindIndex(Makers, maker => maker.Kind == kind);
        return group == 0 && kind != DatasetItem.GoodKind
            ? throw new ArgumentException($"DrawTest: kind must be good, {string.Join(", ", DefectKinds)}; got '{kind}'.", nameof(kind))
            : Draw(options, kind, ((ulong)(group + 1) * GroupStride) + (ulong)index);
    }

    /// <summary>Draws one good picture to learn from.</summary>
    /// <param name="options">Size and seed.</param>
    /// <param name="index">Its number, from 0.</param>
    public static ProductPicture DrawTrain(ProductLineOptions options, int index)
    {
        ArgumentNullException.ThrowIfNull(options);
        return Draw(options, DatasetItem.GoodKind, (ulong)index);
    }

    /// <summary>
    /// Writes the whole set: <c>train/good</c>, <c>test/good</c>, <c>test/[kind]</c> and <c>ground_truth/[kind]/NNN_mask.png</c>.
    /// Files of the same names are replaced.
    /// </summary>
    /// <param name="folder">The data root; made where missing.</param>
    /// <param name="options">How many, how large, which seed.</param>
    /// <param name="progress">Called after each picture, from any thread, with the number of pictures done.</param>
    /// <param name="cancellation">Ends the work early; what was written stays.</param>
    /// <exception cref="DatasetException">A folder cannot be made.</exception>
    /// <exception cref="GoNoGo.Tensors.Formats.FileWriteException">A picture cannot be written.</exception>
    public static void Write(
        string folder, ProductLineOptions? options = null, Action<int>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        options ??= new ProductLineOptions();
        Order[] orders = [.. Orders(options)];
        try
        {
            foreach (string kind in DefectKinds)
            {
                Directory.CreateDirectory(Path.Combine(folder, "test", kind));
                Directory.CreateDirectory(Path.Combine(folder, "ground_truth", kind));
            }

            Directory.CreateDirectory(Path.Combine(folder, "train", DatasetItem.GoodKind));
            Directory.CreateDirectory(Path.Combine(folder, "test", DatasetItem.GoodKind));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new DatasetException(
                DatasetError.Other, folder, "a folder that can be written", exception.Message.TrimEnd('.'), "choose another folder", exception);
        }

        Workers.For(orders.Length, new Body(folder, options, orders, new int[1], progress, cancellation));
    }

    /// <summary>How many pictures (masks not counted) a set has.</summary>
    public static int Count(ProductLineOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return options.TrainGood + options.TestGood + (options.TestDefective * Makers.Length);
    }

    internal static Defect? MakeDefect(string kind, Draws draws)
    {
        foreach ((string known, Func<Draws, Defect> make) in Makers)
        {
            if (known == kind)
            {
                return make(draws);
            }
        }

        return null;
    }

    private static ProductPicture Draw(ProductLineOptions options, string kind, ulong number)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Size, 64, nameof(options));
        return PictureRenderer.Render(options.Size, new Draws(unchecked((ulong)options.Seed), number), kind);
    }

    private static IEnumerable<Order> Orders(ProductLineOptions options) =>
        Enumerable.Range(0, options.TrainGood).Select(index => new Order(DatasetItem.GoodKind, index, IsTrain: true))
            .Concat(Enumerable.Range(0, options.TestGood).Select(index => new Order(DatasetItem.GoodKind, index, IsTrain: false)))
            .Concat(DefectKinds.SelectMany(kind => Enumerable.Range(0, options.TestDefective).Select(index => new Order(kind, index, IsTrain: false))));

    private readonly record struct Order(string Kind, int Index, bool IsTrain);

    private readonly struct Body(
        string folder, ProductLineOptions options, Order[] orders, int[] done, Action<int>? progress, CancellationToken cancellation) : IParallelBody
    {
        public void Invoke(int index)
        {
            cancellation.ThrowIfCancellationRequested();
            Order order = orders[index];
            using ProductPicture picture = order.IsTrain ? DrawTrain(options, order.Index) : DrawTest(options, order.Kind, order.Index);
            string name = order.Index.ToString("D3", CultureInfo.InvariantCulture);
            PngEncoder.Save(picture.Picture, Path.Combine(folder, order.IsTrain ? "train" : "test", order.Kind, name + ".png"));
            if (picture.Mask is { } mask)
            {
                PngEncoder.Save(mask, Path.Combine(folder, "ground_truth", order.Kind, name + "_mask.png"));
            }

            progress?.Invoke(Interlocked.Increment(ref done[0]));
        }
    }
}

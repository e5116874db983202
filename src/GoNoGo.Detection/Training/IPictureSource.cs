using GoNoGo.Tensors;
using GoNoGo.Tensors.Random;

namespace GoNoGo.Detection.Training;

/// <summary>Preprocessed pictures that a detector reads in batches, prefetched off the training thread.</summary>
public interface IPictureSource
{
    /// <summary>Number of pictures.</summary>
    int Count { get; }

    /// <summary>An order for an epoch of training, all of it drawn from <paramref name="random"/>.</summary>
    int[] Shuffle(RandomStream random) => random.Permutation(Count);

    /// <summary>
    /// The pictures in the given order. A batch is valid until the next one is asked for.
    /// </summary>
    /// <param name="order">Picture indices; null = 0, 1, 2, ...</param>
    /// <param name="batchSize">Pictures a batch; the last one may hold fewer.</param>
    /// <param name="cancellation">Stops waiting for pictures.</param>
    IEnumerable<PictureBatch> Read(int[]? order, int batchSize, CancellationToken cancellation = default);
}

/// <summary>One batch of preprocessed pictures.</summary>
/// <param name="Images">The pictures <c>[B, C, H, W]</c>.</param>
/// <param name="First">Position of the first picture in the order that was asked for.</param>
/// <param name="Failures">Why a picture could not be read, by its place in the batch; null for the others. Empty where unreadable pictures throw.</param>
public readonly record struct PictureBatch(Tensor Images, int First, IReadOnlyList<Exception?> Failures)
{
    /// <summary>Which pixels are judged, <c>[B, H, W]</c>, 1 or 0; empty: all. Valid as long as the batch.</summary>
    public ReadOnlyMemory<byte> Judged { get; init; }
}

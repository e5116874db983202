using GoNoGo.Detection.Models;
using GoNoGo.Detection.Training;
using GoNoGo.Tensors;
using GoNoGo.Tensors.Memory;
using GoNoGo.Tensors.Random;

namespace GoNoGo.Detection.Features;

/// <summary>
/// Features in batches, an input <c>[B, D, h, w]</c> for each level. While one batch is in use the next is gathered on another thread, from the
/// memory or the mapped file where the features lie; two batches are all that is held besides.
/// </summary>
internal sealed class FeatureBatches(IFeatureSource features) : IBatchSource
{
    /// <inheritdoc/>
    public int Count => features.Count;

    /// <inheritdoc/>
    public int[] Shuffle(RandomStream random) => random.Permutation(Count);

    /// <inheritdoc/>
    /// <exception cref="ModelException">A feature is NaN or infinite.</exception>
    public IEnumerable<Tensor[]> Read(int[]? order, int batchSize, CancellationToken cancellation)
    {
        int[] wanted = order ?? [.. Enumerable.Range(0, Count)];
        if (wanted.Length == 0)
        {
            yield break;
        }

        using var scope = new TensorScope();
        int most = Math.Min(batchSize, wanted.Length);
        Tensor[][] rooms = [Rooms(scope, most), Rooms(scope, most)];
        Task<Tensor[]> next = Gather(rooms[0], wanted, 0, batchSize);
        try
        {
            for (int first = 0, turn = 1; first < wanted.Length; first += batchSize, turn ^= 1)
            {
                cancellation.ThrowIfCancellationRequested();
                Tensor[] batch = next.GetAwaiter().GetResult();
                if (first + batchSize < wanted.Length)
                {
                    next = Gather(rooms[turn], wanted, first + batchSize, batchSize);
                }

                yield return batch;
            }
        }
        finally
        {
            // The scope must outlive what is still written into it; nobody asks any more how that ended.
            Task.WhenAny(next).Wait(CancellationToken.None);
        }
    }

    private Tensor[] Rooms(TensorScope scope, int count) =>
        [.. features.Levels.Select(level => scope.New(new Shape(count, level.Width, level.Rows, level.Columns)))];

    private Task<Tensor[]> Gather(Tensor[] rooms, int[] order, int first, int batchSize) => Task.Run(() =>
    {
        int count = Math.Min(batchSize, order.Length - first);
        var batch = new Tensor[rooms.Length];
        for (int level = 0; level < batch.Length; level++)
        {
            batch[level] = rooms[level].Slice(0, count);
            for (int b = 0; b < count; b++)
            {
                Span<float> place = batch[level][b].Span;
                features.Read(order[first + b], level, place);
                FeatureCheck.Require(features.Levels[level], place);
            }
        }

        return batch;
    });
}

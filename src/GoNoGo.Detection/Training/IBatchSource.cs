using GoNoGo.Tensors;
using GoNoGo.Tensors.Random;

namespace GoNoGo.Detection.Training;

/// <summary>What a training goes through in batches: pictures, or what a frozen backbone makes of them.</summary>
internal interface IBatchSource
{
    /// <summary>Number of items.</summary>
    int Count { get; }

    /// <summary>An order for an epoch of training, all of it drawn from <paramref name="random"/>.</summary>
    int[] Shuffle(RandomStream random);

    /// <summary>The items in the given order, as the inputs of <see cref="IGradientModel.Loss"/>. A batch, and the array, are valid until the next one is asked for.</summary>
    /// <param name="order">Item indices; null = 0, 1, 2, ...</param>
    /// <param name="batchSize">Items a batch, the first dimension of each input; the last one may hold fewer.</param>
    /// <param name="cancellation">Stops waiting for items.</param>
    IEnumerable<Tensor[]> Read(int[]? order, int batchSize, CancellationToken cancellation);
}

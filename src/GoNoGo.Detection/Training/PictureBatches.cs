using GoNoGo.Tensors;
using GoNoGo.Tensors.Random;

namespace GoNoGo.Detection.Training;

/// <summary>Pictures as the one input <c>[B, C, H, W]</c> of a model.</summary>
internal sealed class PictureBatches(IPictureSource pictures) : IBatchSource
{
    /// <inheritdoc/>
    public int Count => pictures.Count;

    /// <inheritdoc/>
    public int[] Shuffle(RandomStream random) => pictures.Shuffle(random);

    /// <inheritdoc/>
    public IEnumerable<Tensor[]> Read(int[]? order, int batchSize, CancellationToken cancellation)
    {
        var inputs = new Tensor[1];
        foreach (PictureBatch batch in pictures.Read(order, batchSize, cancellation))
        {
            inputs[0] = batch.Images;
            yield return inputs;
        }
    }
}

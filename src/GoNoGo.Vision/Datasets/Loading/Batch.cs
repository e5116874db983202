using GoNoGo.Tensors;

namespace GoNoGo.Vision.Datasets.Loading;

/// <summary>Some prepared pictures. Valid until the next one is asked for: the loader uses the buffer again.</summary>
public readonly struct Batch
{
    internal Batch(Tensor images, ReadOnlyMemory<int> indices, Exception?[] failures)
    {
        Images = images;
        Indices = indices;
        Failures = failures;
    }

    /// <summary>The pictures, <c>[B, C, H, W]</c>; the last batch of a run may be smaller.</summary>
    public Tensor Images { get; }

    /// <summary>Which item of the loader each picture is, <c>[B]</c>.</summary>
    public ReadOnlyMemory<int> Indices { get; }

    /// <summary>
    /// Why a picture could not be read, by its place in the batch; null for the others. Only places 0 .. B - 1 count.
    /// </summary>
    public IReadOnlyList<Exception?> Failures { get; }

    /// <summary>The number of pictures, B.</summary>
    public int Count => Indices.Length;
}

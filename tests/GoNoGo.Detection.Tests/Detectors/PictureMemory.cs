using GoNoGo.Detection.Training;
using GoNoGo.Tensors;
using GoNoGo.Tensors.Memory;
using GoNoGo.Tensors.Random;

namespace GoNoGo.Detection.Tests.Detectors;

/// <summary>Pictures of a tensor <c>[N, C, H, W]</c>, or none; a batch is gone when the next one is asked for.</summary>
internal sealed class PictureMemory(Tensor pictures) : IPictureSource
{
    public int Count => pictures.IsEmpty ? 0 : pictures.Shape[0];

    /// <summary>Square colour pictures of noise, the same ones in every call.</summary>
    public static Tensor Noise(TensorScope scope, int count, int size = 64)
    {
        Tensor pictures = scope.New(new Shape(count, 3, size, size));
        new RandomStream(9, "pictures").FillNormal(0, 1, pictures);
        return pictures;
    }

    public IEnumerable<PictureBatch> Read(int[]? order, int batchSize, CancellationToken cancellation = default)
    {
        order ??= [.. Enumerable.Range(0, Count)];
        for (int first = 0; first < order.Length; first += batchSize)
        {
            using var scope = new TensorScope();
            int size = Math.Min(batchSize, order.Length - first);
            Tensor batch = scope.New(pictures.Shape.With(0, size));
            for (int b = 0; b < size; b++)
            {
                pictures[order[first + b]].CopyTo(batch[b]);
            }

            yield return new PictureBatch(batch, first, new Exception?[size]);
        }
    }
}

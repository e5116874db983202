using GoNoGo.Detection.Backbones;
using GoNoGo.Detection.Training;
using GoNoGo.Tensors;
using GoNoGo.Tensors.Memory;

namespace GoNoGo.Detection.Features;

/// <summary>The features of pictures that have no files to be found again by: computed once and held in memory.</summary>
internal sealed class FeatureMemory : IFeatureSource, IDisposable
{
    private const int UsualBatch = 8;

    private readonly TensorScope _scope = new(new MemoryPool());
    private readonly Tensor[] _levels;
    private readonly ReadOnlyMemory<byte>[] _judged;

    private FeatureMemory(IReadOnlyList<FeatureLevel> levels, int count)
    {
        Levels = levels;
        Count = count;
        _judged = new ReadOnlyMemory<byte>[count];
        _levels = [.. levels.Select(level => _scope.New(new Shape(Math.Max(count, 1), level.Width, level.Rows, level.Columns)))];
    }

    /// <inheritdoc/>
    public int Count { get; }

    /// <inheritdoc/>
    public IReadOnlyList<FeatureLevel> Levels { get; }

    /// <summary>Computes the features of a source.</summary>
    /// <param name="extractor">The backbone.</param>
    /// <param name="pictures">The pictures.</param>
    /// <param name="cancellation">Stops between two batches.</param>
    /// <param name="batchSize">Pictures at once; it changes no feature in evaluation mode.</param>
    /// <param name="progress">Told the pictures done.</param>
    public static FeatureMemory Of(
        FeatureExtractor extractor, IPictureSource pictures, CancellationToken cancellation, int batchSize = UsualBatch, Action<int>? progress = null)
    {
        var memory = new FeatureMemory(extractor.Levels, pictures.Count);
        try
        {
            using var scope = new TensorScope();
            foreach (PictureBatch batch in pictures.Read(null, batchSize, cancellation))
            {
                cancellation.ThrowIfCancellationRequested();
                scope.Reset();
                Tensor[] features = extractor.Extract(batch.Images, scope);
                for (int level = 0; level < features.Length; level++)
                {
                    features[level].CopyTo(memory._levels[level].Slice(batch.First, batch.Images.Shape[0]));
                }

                memory.KeepJudged(batch);
                progress?.Invoke(batch.First + batch.Images.Shape[0]);
            }

            return memory;
        }
        catch
        {
            memory.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public void Read(int index, int level, Span<float> destination) => _levels[level][index].Span.CopyTo(destination);

    /// <inheritdoc/>
    public ReadOnlyMemory<byte> Judged(int index) => _judged[index];

    /// <summary>Gives the memory back.</summary>
    public void Dispose() => _scope.Dispose();

    /// <summary>Copies which pixels of a batch are judged: the batch is gone with the next one.</summary>
    private void KeepJudged(in PictureBatch batch)
    {
        if (batch.Judged.IsEmpty)
        {
            return;
        }

        int count = batch.Images.Shape[0];
        int pixels = batch.Judged.Length / count;
        for (int b = 0; b < count; b++)
        {
            ReadOnlySpan<byte> judged = batch.Judged.Span.Slice(b * pixels, pixels);
            // Nothing is kept of a picture that is judged whole.
            _judged[batch.First + b] = judged.Contains((byte)0) ? judged.ToArray() : default;
        }
    }
}

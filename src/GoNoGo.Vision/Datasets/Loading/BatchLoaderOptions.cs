using GoNoGo.Vision.Imaging;

namespace GoNoGo.Vision.Datasets.Loading;

/// <summary>What a loader does with a picture that cannot be read.</summary>
public enum UnreadablePictures
{
    /// <summary>The batch that holds it throws. The rule for training.</summary>
    Throw,

    /// <summary>Its place in the batch is zero, and <see cref="Batch.Failures"/> names it. For judging many pictures.</summary>
    Report,
}

/// <summary>How a <see cref="BatchLoader"/> works. Only <see cref="Decoding"/> changes what a batch contains.</summary>
public sealed record BatchLoaderOptions
{
    /// <summary>How many batches are made ready ahead of the one in use, at least 1.</summary>
    public int PrefetchBatches { get; init; } = 2;

    /// <summary>
    /// Background threads; 0: half the engine's threads, at most 4, and as many as the engine has while the loop waits for pictures.
    /// </summary>
    public int Threads { get; init; }

    /// <summary>The most bytes for keeping all prepared pictures in memory; a set that does not fit is decoded anew every time. 1 GB.</summary>
    public long CacheBytes { get; init; } = 1L << 30;

    /// <summary>How pictures are decoded; null: as <see cref="DatasetItem.LoadImage()"/> does.</summary>
    public ImageDecoderOptions? Decoding { get; init; }

    /// <summary>The same with pictures decoded as a network wants them.</summary>
    public BatchLoaderOptions For(Preprocessing preprocessing)
    {
        ArgumentNullException.ThrowIfNull(preprocessing);
        return preprocessing.JpegScale == 1 && Decoding is null ? this : this with { Decoding = preprocessing.Decoding(Decoding) };
    }

    /// <summary>What happens with unreadable pictures.</summary>
    public UnreadablePictures OnUnreadable { get; init; }
}

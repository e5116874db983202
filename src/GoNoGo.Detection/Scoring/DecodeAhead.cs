using GoNoGo.Tensors.Parallel;
using GoNoGo.Vision.Datasets;
using GoNoGo.Vision.Datasets.Loading;
using GoNoGo.Vision.Imaging;

namespace GoNoGo.Detection.Scoring;

/// <summary>Decodes pictures in order, one ahead of the one in use, on another thread.</summary>
internal static class DecodeAhead
{
    /// <summary>Each picture, disposed when the next is asked for, or why it could not be read.</summary>
    public static IEnumerable<(Image? Image, Exception? Failure)> Run(IReadOnlyList<DatasetItem> items, CancellationToken cancellation)
    {
        Task<(Image? Image, Exception? Failure)>? ahead = items.Count > 0 ? Begin(items[0]) : null;
        try
        {
            for (int i = 0; ahead is not null; i++)
            {
                cancellation.ThrowIfCancellationRequested();
                (Image? Image, Exception? Failure) current = ahead.GetAwaiter().GetResult();
                ahead = i + 1 < items.Count ? Begin(items[i + 1]) : null;
                using (current.Image)
                {
                    yield return current;
                }
            }
        }
        finally
        {
            ahead?.GetAwaiter().GetResult().Image?.Dispose();
        }
    }

    private static Task<(Image? Image, Exception? Failure)> Begin(DatasetItem item) => Task.Run<(Image?, Exception?)>(() =>
    {
        using Workers.SerialRegion serial = Workers.RunSerially();
        try
        {
            return (item.LoadImage(), null);
        }
        catch (Exception exception)
        {
            return (null, BatchLoader.Named(exception, item));
        }
    });
}

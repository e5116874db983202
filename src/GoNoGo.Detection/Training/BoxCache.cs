using GoNoGo.Detection.Scoring;
using GoNoGo.Vision.Datasets;
using GoNoGo.Vision.Imaging;
using GoNoGo.Vision.Imaging.Regions;

namespace GoNoGo.Detection.Training;

/// <summary>
/// The last few decoded pictures, cut to the judged box and painted: the tiles of a picture are cut from one decoding. Used from
/// several threads; what two of them want at once is decoded once.
/// </summary>
internal sealed class BoxCache(IReadOnlyList<DatasetItem> items, PictureFrame frame, int capacity)
{
    private readonly LinkedList<(int Index, Lazy<Image> Box)> _recent = [];

    /// <summary>The painted box of a picture. Not to be disposed: another thread may be cutting from it.</summary>
    public Image Get(int index)
    {
        Lazy<Image> wanted;
        lock (_recent)
        {
            LinkedListNode<(int Index, Lazy<Image> Box)>? node = _recent.First;
            while (node is not null && node.Value.Index != index)
            {
                node = node.Next;
            }

            if (node is null)
            {
                node = new((index, new Lazy<Image>(() => Load(index))));
                while (_recent.Count >= capacity)
                {
                    _recent.RemoveLast();
                }
            }
            else
            {
                _recent.Remove(node);
            }

            _recent.AddFirst(node);
            wanted = node.Value.Box;
        }

        return wanted.Value;
    }

    private Image Load(int index)
    {
        Image image = items[index].LoadImage();
        if (frame.ViewOf(image.Width, image.Height).Region is not { } region)
        {
            return image;
        }

        using (image)
        {
            return RegionCut.Run(image, region);
        }
    }
}

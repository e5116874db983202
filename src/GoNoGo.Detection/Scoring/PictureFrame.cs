using GoNoGo.Detection.Detectors;
using GoNoGo.Vision.Imaging;
using GoNoGo.Vision.Imaging.Regions;
using GoNoGo.Vision.Imaging.Resizing;

namespace GoNoGo.Detection.Scoring;

/// <summary>
/// What of a picture becomes network input, the same in training and scoring: the box of the judged region, with everything
/// that is not judged painted over, whole or in tiles, then the preprocessing. Used from several threads at once.
/// </summary>
public sealed class PictureFrame
{
    private const int MostSizes = 32;

    private readonly Dictionary<(int Width, int Height), FrameView> _views = [];

    /// <summary>A frame.</summary>
    /// <param name="preprocessing">How the box, or a tile of it, becomes network input.</param>
    /// <param name="region">Which pixels are judged; null: all.</param>
    /// <param name="tiles">How the box is cut into tiles; null: it is seen in one piece.</param>
    public PictureFrame(Preprocessing preprocessing, JudgedRegion? region, TileSettings? tiles = null)
    {
        Preprocessing = preprocessing ?? throw new ArgumentNullException(nameof(preprocessing));
        Region = region;
        Tiles = tiles;
    }

    /// <summary>How the box, or a tile of it, becomes network input.</summary>
    public Preprocessing Preprocessing { get; }

    /// <summary>Which pixels are judged, at the reference size; null: all.</summary>
    public JudgedRegion? Region { get; }

    /// <summary>How the box is cut into tiles; null: it is seen in one piece.</summary>
    public TileSettings? Tiles { get; }

    /// <summary>How pictures of a size are seen.</summary>
    /// <exception cref="ImageFormatException">Nothing of the region is left at that size.</exception>
    public FrameView ViewOf(int width, int height)
    {
        lock (_views)
        {
            if (!_views.TryGetValue((width, height), out FrameView? view))
            {
                if (_views.Count >= MostSizes)
                {
                    _views.Clear();
                }

                view = FrameView.Make(this, width, height);
                _views.Add((width, height), view);
            }

            return view;
        }
    }

    /// <summary>Turns a picture that is seen in one piece into network input.</summary>
    /// <param name="image">The picture.</param>
    /// <param name="destination">Receives <c>[Channels, Height, Width]</c>.</param>
    /// <exception cref="ImageFormatException">Nothing of the region is left at the picture's size, or a value is no number.</exception>
    public void Run(Image image, Span<float> destination)
    {
        ArgumentNullException.ThrowIfNull(image);
        if (Region is null)
        {
            Preprocessing.Run(image, destination);
            return;
        }

        using Image cut = ViewOf(image.FullWidth, image.FullHeight).Cut(image);
        Preprocessing.Run(cut, destination);
    }

    /// <summary>Brings a ground-truth mask into the frame of the anomaly map: 1 for defect, 0 elsewhere and where nothing is judged.</summary>
    /// <param name="mask">The mask, of its picture's size.</param>
    /// <param name="destination">Receives <c>[MapHeight, MapWidth]</c> of the view of that size.</param>
    /// <param name="rule">How it is resized.</param>
    public void RunMask(Image mask, Span<byte> destination, MaskRule rule)
    {
        ArgumentNullException.ThrowIfNull(mask);
        FrameView view = ViewOf(mask.Width, mask.Height);
        if (view.Region is null)
        {
            Reduce(mask, view, destination, rule);
            return;
        }

        using Image cut = RegionCut.Copy(mask, view.Region.Box);
        Reduce(cut, view, destination, rule);
        if (view.Judged is { } judged)
        {
            for (int i = 0; i < destination.Length; i++)
            {
                destination[i] &= judged[i];
            }
        }
    }

    /// <summary>A mask of the box at the map's size.</summary>
    internal void Reduce(Image box, FrameView view, Span<byte> destination, MaskRule rule)
    {
        if (Tiles is null)
        {
            Preprocessing.RunMask(box, destination, rule);
        }
        else
        {
            MaskResize.Run(box, view.MapWidth, view.MapHeight, rule, destination);
        }
    }
}

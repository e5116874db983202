using GoNoGo.Vision.Imaging;
using GoNoGo.Vision.Imaging.Regions;
using GoNoGo.Vision.Imaging.Resizing;

namespace GoNoGo.Detection.Scoring;

/// <summary>
/// What of a picture becomes network input, the same in training and scoring: the box of the judged region, with everything
/// that is not judged painted over, then the preprocessing. Without a region the whole picture. Used from several threads at once.
/// </summary>
public sealed class PictureFrame
{
    private const int MostSizes = 32;

    private readonly Dictionary<(int Width, int Height), FrameView> _views = [];

    /// <summary>A frame.</summary>
    /// <param name="preprocessing">How the box becomes network input.</param>
    /// <param name="region">Which pixels are judged; null: all.</param>
    public PictureFrame(Preprocessing preprocessing, JudgedRegion? region)
    {
        Preprocessing = preprocessing ?? throw new ArgumentNullException(nameof(preprocessing));
        Region = region;
    }

    /// <summary>How the box becomes network input.</summary>
    public Preprocessing Preprocessing { get; }

    /// <summary>Which pixels are judged, at the reference size; null: all.</summary>
    public JudgedRegion? Region { get; }

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

                view = FrameView.Make(Preprocessing, Region, width, height);
                _views.Add((width, height), view);
            }

            return view;
        }
    }

    /// <summary>Turns a picture into network input.</summary>
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

        using Image cut = RegionCut.Run(image, ViewOf(image.Width, image.Height).Region!);
        Preprocessing.Run(cut, destination);
    }

    /// <summary>Brings a ground-truth mask into the frame of the anomaly map: 1 for defect, 0 elsewhere and where nothing is judged.</summary>
    /// <param name="mask">The mask, of its picture's size.</param>
    /// <param name="destination">Receives <c>[Height, Width]</c> of the network input.</param>
    /// <param name="rule">How it is resized.</param>
    public void RunMask(Image mask, Span<byte> destination, MaskRule rule)
    {
        ArgumentNullException.ThrowIfNull(mask);
        if (Region is null)
        {
            Preprocessing.RunMask(mask, destination, rule);
            return;
        }

        FrameView view = ViewOf(mask.Width, mask.Height);
        using Image cut = RegionCut.Copy(mask, view.Region!.Box);
        Preprocessing.RunMask(cut, destination, rule);
        if (view.Judged is { } judged)
        {
            for (int i = 0; i < destination.Length; i++)
            {
                destination[i] &= judged[i];
            }
        }
    }
}

/// <summary>How pictures of one size are seen through a <see cref="PictureFrame"/>.</summary>
public sealed class FrameView
{
    private FrameView(JudgedRegion? region, byte[]? judged, PictureRegion covered)
    {
        Region = region;
        Judged = judged;
        Covered = covered;
    }

    /// <summary>The judged region at that size; null: the whole picture.</summary>
    public JudgedRegion? Region { get; }

    /// <summary>The judged pixels of the anomaly map, <c>[H, W]</c>, 1 or 0; null: all.</summary>
    public byte[]? Judged { get; }

    /// <summary>The part of the picture that the anomaly map covers.</summary>
    public PictureRegion Covered { get; }

    internal static FrameView Make(Preprocessing preprocessing, JudgedRegion? region, int width, int height)
    {
        if (region is null)
        {
            return new FrameView(null, null, preprocessing.RegionOf(width, height));
        }

        JudgedRegion scaled = region.ScaledTo(width, height) ?? throw Nothing(region, width, height);
        PixelRectangle box = scaled.Box;
        PictureRegion inner = preprocessing.RegionOf(box.Width, box.Height);
        PictureRegion covered = inner with { X = inner.X + box.X, Y = inner.Y + box.Y };
        if (scaled.FillsBox && preprocessing.Framing != Framing.Pad)
        {
            return new FrameView(scaled, null, covered);
        }

        using Image full = new(scaled.Width, scaled.Height, 1, scaled.Judged.ToArray());
        using Image cut = RegionCut.Copy(full, box);
        var judged = new byte[preprocessing.Width * preprocessing.Height];
        preprocessing.RunMask(cut, judged);
        return judged.AsSpan().IndexOf((byte)1) >= 0 ? new FrameView(scaled, judged, covered) : throw Nothing(region, width, height);
    }

    private static ImageFormatException Nothing(JudgedRegion region, int width, int height) => new(FormattableString.Invariant(
        $"no pixel of the judged region, drawn on {region.Width} x {region.Height}, is left in a picture of {width} x {height} at the model's size; give pictures of the size that the model was trained on, or train with a larger region or size."));
}

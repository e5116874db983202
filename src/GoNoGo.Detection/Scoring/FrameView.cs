using GoNoGo.Detection.Detectors;
using GoNoGo.Vision.Imaging;
using GoNoGo.Vision.Imaging.Regions;
using GoNoGo.Vision.Imaging.Resizing;
using GoNoGo.Vision.Imaging.Tiling;

namespace GoNoGo.Detection.Scoring;

/// <summary>How pictures of one size are seen through a <see cref="PictureFrame"/>.</summary>
public sealed class FrameView
{
    private readonly Lazy<(TileAxis Columns, TileAxis Rows)> _axes;
    private readonly Lazy<JudgedRegion> _reduced;

    private FrameView(PictureFrame frame, JudgedRegion? region, int width, int height)
    {
        Region = region;
        Box = region?.Box ?? new PixelRectangle(0, 0, width, height);
        Preprocessing input = frame.Preprocessing;
        (MapWidth, MapHeight) = (input.Width, input.Height);
        if (frame.Tiles is { } tiles)
        {
            Grid = new TileGrid(Box.Width, Box.Height, tiles.Side, tiles.Overlap);
            MapWidth = MapLength(Box.Width, input.Width, tiles.Side);
            MapHeight = MapLength(Box.Height, input.Height, tiles.Side);
            Covered = new PictureRegion(Box.X, Box.Y, Box.Width, Box.Height);
        }
        else
        {
            PictureRegion inner = input.RegionOf(Box.Width, Box.Height);
            Covered = inner with { X = inner.X + Box.X, Y = inner.Y + Box.Y };
        }

        _reduced = new(() => region?.ReducedBy(input.JpegScale) ?? throw Nothing(frame.Region!, width, height));
        _axes = new(() => (
            new TileAxis(Grid!.Value, Box.Width, MapWidth, input.Width),
            new TileAxis(Grid!.Value, Box.Height, MapHeight, input.Height)));
    }

    /// <summary>The judged region at that size; null: the whole picture.</summary>
    public JudgedRegion? Region { get; }

    /// <summary>The part of the picture that is seen, in whole pixels.</summary>
    public PixelRectangle Box { get; }

    /// <summary>Columns of the anomaly map of a picture.</summary>
    public int MapWidth { get; }

    /// <summary>Rows of the anomaly map of a picture.</summary>
    public int MapHeight { get; }

    /// <summary>The judged pixels of the anomaly map, <c>[MapHeight, MapWidth]</c>, 1 or 0; null: all.</summary>
    public byte[]? Judged { get; private init; }

    /// <summary>The part of the picture that the anomaly map covers.</summary>
    public PictureRegion Covered { get; }

    /// <summary>The tiles of the box, in pixels of the box; null: it is seen in one piece.</summary>
    public TileGrid? Grid { get; }

    internal TileAxis Columns => _axes.Value.Columns;

    internal TileAxis Rows => _axes.Value.Rows;

    /// <summary>The box of a picture, with everything that is not judged painted over; the picture may have been decoded smaller.</summary>
    /// <param name="image">A picture of this view's size in its file.</param>
    /// <returns>The caller's to dispose.</returns>
    internal Image Cut(Image image) => RegionCut.Run(image, image.Width == image.FullWidth && image.Height == image.FullHeight ? Region! : _reduced.Value);

    /// <summary>Whether a tile holds a judged pixel; the others are passed over.</summary>
    public bool HasJudged(int tile)
    {
        if (Region is not { } region)
        {
            return true;
        }

        PixelRectangle r = Grid!.Value[tile];
        int width = Math.Min(r.Width, Box.Width - r.X);
        for (int y = r.Y; y < Math.Min(r.Y + r.Height, Box.Height); y++)
        {
            if (region.Judged.Slice(((Box.Y + y) * region.Width) + Box.X + r.X, width).IndexOfAnyExcept((byte)0) >= 0)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The numbers of the tiles that hold a judged pixel.</summary>
    public IEnumerable<int> JudgedTiles() => Enumerable.Range(0, Grid!.Value.Count).Where(HasJudged);

    /// <summary>Which pixels of a tile's map are judged.</summary>
    /// <param name="tile">A tile that holds a judged pixel.</param>
    /// <param name="width">Columns of the tile's map.</param>
    /// <param name="judged">Receives 1 or 0, <c>[*, width]</c>; at least one is 1.</param>
    /// <returns>Whether all are.</returns>
    public bool MaskTile(int tile, int width, Span<byte> judged)
    {
        PixelRectangle r = Grid!.Value[tile];
        int height = judged.Length / width;
        if ((Region is null || Region.FillsBox) && r.X + r.Width <= Box.Width && r.Y + r.Height <= Box.Height)
        {
            judged.Fill(1);
            return true;
        }

        bool any = false;
        bool all = true;
        for (int y = 0; y < height; y++)
        {
            int row = r.Y + (int)(((2L * y) + 1) * r.Height / (2L * height));
            for (int x = 0; x < width; x++)
            {
                int column = r.X + (int)(((2L * x) + 1) * r.Width / (2L * width));
                bool isJudged = IsJudged(column, row);
                judged[(y * width) + x] = isJudged ? (byte)1 : (byte)0;
                any |= isJudged;
                all &= isJudged;
            }
        }

        if (!any)
        {
            MarkEach(r, width, height, judged);
        }

        return all;
    }

    /// <summary>Where the nearest rule passes every judged pixel over: each marks the map pixel that it lies in.</summary>
    private void MarkEach(PixelRectangle r, int width, int height, Span<byte> judged)
    {
        for (int y = 0; y < r.Height; y++)
        {
            for (int x = 0; x < r.Width; x++)
            {
                if (IsJudged(r.X + x, r.Y + y))
                {
                    judged[((int)((long)y * height / r.Height) * width) + (int)((long)x * width / r.Width)] = 1;
                }
            }
        }
    }

    private bool IsJudged(int column, int row) =>
        column < Box.Width && row < Box.Height && (Region is null || Region.Judged[((Box.Y + row) * Region.Width) + Box.X + column] != 0);

    internal static FrameView Make(PictureFrame frame, int width, int height)
    {
        if (frame.Region is null)
        {
            return new FrameView(frame, null, width, height);
        }

        JudgedRegion scaled = (frame.Region.ScaledTo(width, height) ?? throw Nothing(frame.Region, width, height)).AlignedTo(frame.Preprocessing.JpegScale);
        var view = new FrameView(frame, scaled, width, height);
        if (scaled.FillsBox && frame.Preprocessing.Framing != Framing.Pad)
        {
            return view;
        }

        using Image full = new(scaled.Width, scaled.Height, 1, scaled.Judged.ToArray());
        using Image cut = RegionCut.Copy(full, scaled.Box);
        var judged = new byte[checked(view.MapWidth * view.MapHeight)];
        frame.Reduce(cut, view, judged, MaskRule.Nearest);
        return judged.AsSpan().IndexOf((byte)1) >= 0
            ? new FrameView(frame, scaled, width, height) { Judged = judged }
            : throw Nothing(frame.Region, width, height);
    }

    /// <summary>A map of tiles has as many pixels to a picture pixel as the model has to a tile's pixel, but never more than one.</summary>
    private static int MapLength(int length, int modelSide, int tileSide) =>
        modelSide >= tileSide ? length : (int)((((long)length * modelSide) + tileSide - 1) / tileSide);

    private static ImageFormatException Nothing(JudgedRegion region, int width, int height) => new(FormattableString.Invariant(
        $"no pixel of the judged region, drawn on {region.Width} x {region.Height}, is left in a picture of {width} x {height} at the model's size; give pictures of the size that the model was trained on, or train with a larger region or size."));
}

using GoNoGo.Detection.Scoring;
using GoNoGo.Tensors;
using GoNoGo.Tensors.Kernels;
using GoNoGo.Tensors.Memory;
using GoNoGo.Vision.Imaging;

namespace GoNoGo.Evaluating;

/// <summary>An anomaly map at the size of its picture: the part of the picture that the model saw.</summary>
internal sealed class NativeMap
{
    private readonly int _left;
    private readonly int _top;

    private NativeMap(float[] values, byte[] judged, int left, int top, int width, int height)
    {
        Values = values;
        Judged = judged;
        _left = left;
        _top = top;
        Width = width;
        Height = height;
    }

    public float[] Values { get; }

    /// <summary>Which pixels are judged, 1 or 0; empty: all.</summary>
    public byte[] Judged { get; }

    public int Width { get; }

    public int Height { get; }

    /// <summary>Resizes a map <c>[h, w]</c> to the pixels of the picture that it covers.</summary>
    /// <param name="scored">The map, and which pixels of it are judged.</param>
    /// <param name="view">How pictures of that size are seen.</param>
    /// <param name="pictureWidth">Width of the picture.</param>
    /// <param name="pictureHeight">Height of the picture.</param>
    public static NativeMap Make(in ScoredPicture scored, FrameView view, int pictureWidth, int pictureHeight)
    {
        PictureRegion region = view.Covered;
        int left = Math.Clamp((int)Math.Round(region.X), 0, pictureWidth - 1);
        int top = Math.Clamp((int)Math.Round(region.Y), 0, pictureHeight - 1);
        int right = Math.Clamp((int)Math.Round(region.X + region.Width), left + 1, pictureWidth);
        int bottom = Math.Clamp((int)Math.Round(region.Y + region.Height), top + 1, pictureHeight);
        int width = right - left;
        int height = bottom - top;
        using var scope = new TensorScope();
        if (scored.Judged.IsEmpty)
        {
            return new NativeMap(Resize(scope, scored.Map, width, height).ToArray(), [], left, top, width, height);
        }

        // Judged values only: the resized map of what is judged (zero elsewhere) divided by the resized share that is.
        Tensor share = scope.New(scored.Map.Shape);
        Tensor values = scope.New(scored.Map.Shape);
        for (int i = 0; i < scored.Judged.Length; i++)
        {
            bool isJudged = scored.Judged.Span[i] != 0;
            share.Span[i] = isJudged ? 1 : 0;
            values.Span[i] = isJudged ? scored.Map.Span[i] : 0;
        }

        float[] resized = Resize(scope, values, width, height).ToArray();
        ReadOnlySpan<float> shares = Resize(scope, share, width, height).Span;
        var judged = new byte[resized.Length];
        for (int i = 0; i < judged.Length; i++)
        {
            int at = (((i / width) + top) * pictureWidth) + (i % width) + left;
            bool isJudged = shares[i] > 0 && (view.Region is not { } own || own.Judged[at] != 0);
            judged[i] = isJudged ? (byte)1 : (byte)0;
            resized[i] = isJudged ? resized[i] / shares[i] : float.NaN;
        }

        return new NativeMap(resized, judged, left, top, width, height);
    }

    private static Tensor Resize(TensorScope scope, Tensor map, int width, int height)
    {
        Tensor target = scope.New(new Shape(1, 1, height, width));
        Interpolate.Forward(map.Reshape(new Shape(1, 1, map.Shape[0], map.Shape[1])), InterpolationMode.Bilinear, alignCorners: false, target);
        return target;
    }

    /// <summary>The same part of a mask, 0 or 1; zeros where there is none and where nothing is judged.</summary>
    public byte[] Cut(Image? mask)
    {
        var cut = new byte[Width * Height];
        if (mask is null)
        {
            return cut;
        }

        for (int y = 0; y < Height; y++)
        {
            for (int x = 0; x < Width; x++)
            {
                int at = ((((y + _top) * mask.Width) + x + _left) * mask.Channels);
                bool set = mask.Samples8 is { } samples8 ? samples8[at] != 0
                    : mask.SamplesFloat is { } samplesFloat ? samplesFloat[at] != 0
                    : mask.Samples16![at] != 0;
                cut[(y * Width) + x] = set && (Judged.Length == 0 || Judged[(y * Width) + x] != 0) ? (byte)1 : (byte)0;
            }
        }

        return cut;
    }
}

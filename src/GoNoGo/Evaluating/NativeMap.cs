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

    private NativeMap(float[] values, int left, int top, int width, int height)
    {
        Values = values;
        _left = left;
        _top = top;
        Width = width;
        Height = height;
    }

    public float[] Values { get; }

    public int Width { get; }

    public int Height { get; }

    /// <summary>Resizes a map <c>[h, w]</c> to the pixels of the picture that it covers.</summary>
    public static NativeMap Make(Tensor map, Preprocessing preprocessing, int pictureWidth, int pictureHeight)
    {
        PictureRegion region = preprocessing.RegionOf(pictureWidth, pictureHeight);
        int left = Math.Clamp((int)Math.Round(region.X), 0, pictureWidth - 1);
        int top = Math.Clamp((int)Math.Round(region.Y), 0, pictureHeight - 1);
        int right = Math.Clamp((int)Math.Round(region.X + region.Width), left + 1, pictureWidth);
        int bottom = Math.Clamp((int)Math.Round(region.Y + region.Height), top + 1, pictureHeight);
        int width = right - left;
        int height = bottom - top;
        using var scope = new TensorScope();
        Tensor target = scope.New(new Shape(1, 1, height, width));
        Interpolate.Forward(map.Reshape(new Shape(1, 1, map.Shape[0], map.Shape[1])), InterpolationMode.Bilinear, alignCorners: false, target);
        return new NativeMap(target.ToArray(), left, top, width, height);
    }

    /// <summary>The same part of a mask, 0 or 1; zeros where there is none.</summary>
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
                cut[(y * Width) + x] = set ? (byte)1 : (byte)0;
            }
        }

        return cut;
    }
}

using GoNoGo.Vision.Imaging;
using GoNoGo.Vision.Imaging.Resizing;

namespace GoNoGo.Detection.Backbones;

/// <summary>How pictures become the input of weights that were trained on ImageNet.</summary>
internal static class BackbonePreprocessing
{
    /// <summary>The whole picture straight to the input size, with mean and deviation of ImageNet.</summary>
    public static Preprocessing Whole(int size) => new Preprocessing { Width = size, Height = size }.WithImageNet();

    /// <summary>
    /// The weights' own resize and centre crop, as their classification accuracy is stated. At another input size than the trained one the
    /// resize grows by the same factor, so that the crop keeps the same share of the picture.
    /// </summary>
    /// <param name="size">Rows and columns of the input.</param>
    /// <param name="trainedSize">Rows and columns that the weights were trained at.</param>
    /// <param name="resize">Pixels of the shorter side before the crop, at the trained size.</param>
    /// <param name="filter">The filter of the resize.</param>
    public static Preprocessing Classification(int size, int trainedSize, int resize, ResizeFilter filter) => Whole(size) with
    {
        Framing = Framing.ShortSide,
        FrameSize = (int)((long)resize * size / trainedSize),
        Filter = filter,
    };
}

using GoNoGo.Vision.Imaging;

namespace GoNoGo.Vision.Datasets.Synthetic;

/// <summary>One picture of the sample product line.</summary>
/// <param name="Picture">The picture, RGB, 8 bits.</param>
/// <param name="Mask">The ground truth: one channel, 255 on the defect, else 0; null for a good part.</param>
public sealed record ProductPicture(Image Picture, Image? Mask) : IDisposable
{
    /// <summary>Hands the samples of both back.</summary>
    public void Dispose()
    {
        Picture.Dispose();
        Mask?.Dispose();
    }
}

namespace GoNoGo.Vision.Imaging;

/// <summary>
/// The rectangle of a picture that a network's input, hence its anomaly map, covers: in picture pixels, continuous, with pixel
/// i between i and i + 1. With padding it reaches beyond the picture.
/// </summary>
/// <param name="X">Left edge.</param>
/// <param name="Y">Top edge.</param>
/// <param name="Width">Width.</param>
/// <param name="Height">Height.</param>
public readonly record struct PictureRegion(double X, double Y, double Width, double Height);

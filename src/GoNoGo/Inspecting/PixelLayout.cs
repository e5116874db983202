namespace GoNoGo.Inspecting;

/// <summary>How the samples of a picture lie in memory, as cameras and frame grabbers give them.</summary>
public enum PixelLayout
{
    /// <summary>One byte a pixel (Mono8).</summary>
    Gray8,

    /// <summary>Three bytes a pixel: red, green, blue (RGB8).</summary>
    Rgb24,

    /// <summary>Three bytes a pixel: blue, green, red (BGR8; OpenCV, Windows bitmaps).</summary>
    Bgr24,

    /// <summary>Four bytes a pixel: red, green, blue, alpha, which is ignored.</summary>
    Rgba32,

    /// <summary>Four bytes a pixel: blue, green, red, alpha, which is ignored.</summary>
    Bgra32,

    /// <summary>
    /// Two bytes a pixel, the lower one first, of which 10 or 12 bits may be used (Mono10, Mono12, Mono16, not packed): samples are compared as the
    /// model's training pictures stored them, so use the same camera format for both.
    /// </summary>
    Gray16,

    /// <summary>Three times two bytes a pixel, the lower one first: red, green, blue.</summary>
    Rgb48,
}

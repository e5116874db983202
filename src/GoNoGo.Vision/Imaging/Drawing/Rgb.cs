namespace GoNoGo.Vision.Imaging.Drawing;

/// <summary>An 8-bit colour.</summary>
/// <param name="Red">Red.</param>
/// <param name="Green">Green.</param>
/// <param name="Blue">Blue.</param>
public readonly record struct Rgb(byte Red, byte Green, byte Blue)
{
    /// <summary>Black.</summary>
    public static Rgb Black { get; } = new(0, 0, 0);

    /// <summary>White.</summary>
    public static Rgb White { get; } = new(255, 255, 255);

    /// <summary>A light blue that stands out from the heat scale and from outlines: boxes around what was found.</summary>
    public static Rgb Box { get; } = new(80, 210, 255);

    /// <summary>A light green that stands out from the heat scale: outlines of ground truth.</summary>
    public static Rgb Outline { get; } = new(64, 255, 128);
}

namespace GoNoGo.Vision.Imaging.Jpeg;

/// <summary>The refusals that several parts of the decoder share.</summary>
internal static class JpegError
{
    /// <summary>Something in the file contradicts the format.</summary>
    public static ImageFormatException Damaged(string what) =>
        new($"the JPEG file is damaged: {what}; copy it again from its source.");

    /// <summary>A legal kind of JPEG that is not read.</summary>
    public static ImageFormatException Unsupported(string what) =>
        new($"{what} is not supported; convert the picture to baseline or progressive JPEG of 8 bits (gray or RGB), or to PNG.");

    /// <summary>The coded data end too early.</summary>
    public static ImageFormatException CutOff() =>
        new("the coded data of the JPEG file end before the last pixel: the file is cut off or damaged; copy it again from its source.");
}

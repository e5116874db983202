namespace GoNoGo.Vision.Imaging;

/// <summary>A picture file that cannot be decoded: damaged, cut off, hostile, or of a kind that is not supported.</summary>
public sealed class ImageFormatException : IOException
{
    /// <summary>One sentence: what is wrong in the file.</summary>
    public ImageFormatException(string message) : base(message) { }

    /// <summary>One sentence, with the cause.</summary>
    public ImageFormatException(string message, Exception inner) : base(message, inner) { }

    /// <summary>No message.</summary>
    public ImageFormatException() { }
}

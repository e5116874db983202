namespace GoNoGo.Tensors.Formats;

/// <summary>A file that could not be written (no permission, no such folder, no space left). A former file of that name is as it was.</summary>
public sealed class FileWriteException : IOException
{
    /// <summary>One sentence: the file and the cause.</summary>
    public FileWriteException(string message) : base(message) { }

    /// <summary>One sentence, with the cause.</summary>
    public FileWriteException(string message, Exception inner) : base(message, inner) { }

    /// <summary>No message.</summary>
    public FileWriteException() { }
}

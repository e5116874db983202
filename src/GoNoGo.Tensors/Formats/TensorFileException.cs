namespace GoNoGo.Tensors.Formats;

/// <summary>A tensor file (safetensors, NPY) that cannot be read: damaged, cut off, hostile, or without what was asked for.</summary>
public sealed class TensorFileException : IOException
{
    /// <summary>One sentence: the file, what was expected, what was found.</summary>
    public TensorFileException(string message) : base(message) { }

    /// <summary>One sentence, with the cause.</summary>
    public TensorFileException(string message, Exception inner) : base(message, inner) { }

    /// <summary>No message.</summary>
    public TensorFileException() { }
}

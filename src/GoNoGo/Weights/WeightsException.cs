namespace GoNoGo.Weights;

/// <summary>Pre-trained weights that are not here, cannot be fetched, are damaged, or do not fit.</summary>
public sealed class WeightsException : IOException
{
    /// <summary>One sentence: which weights, what is wrong, what to do.</summary>
    public WeightsException(string message) : base(message) { }

    /// <summary>One sentence, with the cause.</summary>
    public WeightsException(string message, Exception inner) : base(message, inner) { }

    /// <summary>No message.</summary>
    public WeightsException() { }
}

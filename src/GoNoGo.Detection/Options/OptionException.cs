namespace GoNoGo.Detection.Options;

/// <summary>An unknown option, preset, detector or value: wrong usage, with the nearest right word where there is one.</summary>
public sealed class OptionException : Exception
{
    /// <summary>One sentence: what is wrong and what is allowed.</summary>
    public OptionException(string message) : base(message) { }

    /// <summary>One sentence, with the cause.</summary>
    public OptionException(string message, Exception inner) : base(message, inner) { }

    /// <summary>No message.</summary>
    public OptionException() { }
}

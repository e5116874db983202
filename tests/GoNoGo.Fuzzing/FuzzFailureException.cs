namespace GoNoGo.Fuzzing;

/// <summary>A reader that gave something contradictory.</summary>
public sealed class FuzzFailureException : Exception
{
    /// <summary>What is contradictory.</summary>
    public FuzzFailureException(string message) : base(message) { }

    /// <summary>The same with its cause.</summary>
    public FuzzFailureException(string message, Exception inner) : base(message, inner) { }

    /// <summary>No message.</summary>
    public FuzzFailureException() { }
}

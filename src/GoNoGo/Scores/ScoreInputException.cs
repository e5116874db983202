namespace GoNoGo.Scores;

/// <summary>A list of scores, a folder of maps or a folder of masks that cannot be measured: where, what is wrong, what to do.</summary>
public sealed class ScoreInputException : IOException
{
    /// <summary>One sentence.</summary>
    public ScoreInputException(string message) : base(message) { }

    /// <summary>One sentence, with the cause.</summary>
    public ScoreInputException(string message, Exception inner) : base(message, inner) { }

    /// <summary>No message.</summary>
    public ScoreInputException() { }
}

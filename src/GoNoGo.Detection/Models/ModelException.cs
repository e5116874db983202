namespace GoNoGo.Detection.Models;

/// <summary>A model file that cannot be used: missing, damaged, of a newer format, or not made for what is asked of it.</summary>
public sealed class ModelException : Exception
{
    /// <summary>One sentence: which file, what is wrong, what to do.</summary>
    public ModelException(string message) : base(message) { }

    /// <summary>One sentence, with the cause.</summary>
    public ModelException(string message, Exception inner) : base(message, inner) { }

    /// <summary>Whether a training had no loss that is a number from its first epoch on: another seed may do better.</summary>
    public bool IsDivergence { get; init; }

    /// <summary>No message.</summary>
    public ModelException() { }
}

namespace GoNoGo.Detection.Backbones;

/// <summary>A backbone, level or input size that does not exist.</summary>
public sealed class BackboneException : Exception
{
    /// <summary>One sentence: what was asked for, what there is.</summary>
    public BackboneException(string message) : base(message) { }

    /// <summary>One sentence, with the cause.</summary>
    public BackboneException(string message, Exception inner) : base(message, inner) { }

    /// <summary>No message.</summary>
    public BackboneException() { }
}

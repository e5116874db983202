namespace GoNoGo.Detection.Features.Caching;

/// <summary>The feature cache cannot be used: what, where and what to do.</summary>
public sealed class FeatureCacheException : IOException
{
    /// <summary>With a sentence for people.</summary>
    public FeatureCacheException(string message) : base(message) { }

    /// <summary>With a sentence for people and what caused it.</summary>
    public FeatureCacheException(string message, Exception inner) : base(message, inner) { }

    /// <summary>Without a message.</summary>
    public FeatureCacheException() { }
}

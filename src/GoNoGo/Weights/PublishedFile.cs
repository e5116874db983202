namespace GoNoGo.Weights;

/// <summary>A file in which weights were published. What is not known is empty or 0, never guessed.</summary>
/// <param name="Name">The name that it is published under.</param>
public sealed record PublishedFile(string Name)
{
    /// <summary>Where it can be fetched; empty where no address is known.</summary>
    public string Address { get; init; } = "";

    /// <summary>Its size in bytes; 0 where it is not known.</summary>
    public long Bytes { get; init; }

    /// <summary>Its SHA-256 in lower-case hexadecimal digits: all 64, the first 8 (as PyTorch puts them into file names), or empty.</summary>
    public string Sha256 { get; init; } = "";

    /// <summary>Whether size and hash were taken from a listing and never compared with the file.</summary>
    public bool IsSecondHand { get; init; }

    /// <summary>Where the facts come from.</summary>
    public string Origin { get; init; } = "";

    /// <summary>Whether a hash contradicts what is known; false where nothing is known.</summary>
    public bool IsContradictedBy(string sha256)
    {
        ArgumentNullException.ThrowIfNull(sha256);
        return !sha256.StartsWith(Sha256, StringComparison.OrdinalIgnoreCase);
    }
}

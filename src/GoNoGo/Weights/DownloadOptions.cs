namespace GoNoGo.Weights;

/// <summary>How patient a download is.</summary>
public sealed record DownloadOptions
{
    /// <summary>The longest that a server may send nothing.</summary>
    public TimeSpan InactivityTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How often a broken download is taken up again before it fails; each goes on where the last one ended.</summary>
    public int Attempts { get; init; } = 4;

    /// <summary>The pause before the second attempt; it doubles with each.</summary>
    public TimeSpan RetryDelay { get; init; } = TimeSpan.FromSeconds(1);
}

namespace GoNoGo.Fuzzing;

/// <summary>How long a run is and what becomes of its failures.</summary>
public sealed record FuzzOptions
{
    /// <summary>Number of cases.</summary>
    public long Cases { get; init; } = 10_000;

    /// <summary>Index of the first case: with <see cref="Cases"/> = 1, exactly one case of a run again.</summary>
    public long First { get; init; }

    /// <summary>The seed of all mutations; case i of a seed is the same file in every run over the same seed files.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>Ends earlier after this time; null for never.</summary>
    public TimeSpan? Time { get; init; }

    /// <summary>Where failing cases are written.</summary>
    public string Folder { get; init; } = Path.GetTempPath();

    /// <summary>Ends after so many failures.</summary>
    public int MostFailures { get; init; } = 20;

    /// <summary>Called about every two seconds.</summary>
    public Action<FuzzReport>? Progress { get; init; }

    /// <summary>Called on another thread when a case does not come to an end; its file is written.</summary>
    public Action<FuzzFailure>? Stuck { get; init; }
}

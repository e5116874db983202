using System.Globalization;

namespace GoNoGo.Fuzzing;

/// <summary>A case that did what no case may do.</summary>
/// <param name="Index">Its index in the run.</param>
/// <param name="Message">What happened.</param>
/// <param name="Path">The file that it was written to.</param>
public sealed record FuzzFailure(long Index, string Message, string Path);

/// <summary>What a run saw so far.</summary>
public sealed record FuzzReport
{
    /// <summary>The reader.</summary>
    public required string Target { get; init; }

    /// <summary>The seed.</summary>
    public required int Seed { get; init; }

    /// <summary>Cases run.</summary>
    public long Cases { get; init; }

    /// <summary>Files that were read.</summary>
    public long Accepted { get; init; }

    /// <summary>Time since the start.</summary>
    public TimeSpan Elapsed { get; init; }

    /// <summary>The longest time of a case, and its index.</summary>
    public (TimeSpan Time, long Index) Slowest { get; init; }

    /// <summary>The most bytes that a case allocated, and its index.</summary>
    public (long Bytes, long Index) Largest { get; init; }

    /// <summary>What went wrong.</summary>
    public IReadOnlyList<FuzzFailure> Failures { get; init; } = [];

    /// <summary>All of it in one line.</summary>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{Target}: {Cases} cases of seed {Seed} in {Elapsed.TotalSeconds:F0} s, {Accepted} read, {Cases - Accepted - Failures.Count} refused, {Failures.Count} failures; "
        + $"slowest {Slowest.Time.TotalMilliseconds:F0} ms (case {Slowest.Index}), most memory {Largest.Bytes / 1e6:F1} MB (case {Largest.Index})");
}

namespace GoNoGo.Learning.Checkpoints;

/// <summary>How a checkpoint is opened.</summary>
public sealed record CheckpointOptions
{
    /// <summary>
    /// The dictionary to take from a training checkpoint, for example <c>teacher</c> (nested: with '/'). Default: the first of
    /// <c>state_dict</c>, <c>model_state_dict</c>, <c>model</c>, <c>student</c>, <c>teacher</c> that holds tensors; else the file's own.
    /// </summary>
    public string? Branch { get; init; }

    /// <summary>Map the file instead of reading it.</summary>
    public bool MemoryMapped { get; init; }

    /// <summary>Whether the prefixes of wrappers (<c>module.</c>, <c>_orig_mod.</c>, <c>model.</c>, <c>backbone.</c>) are taken off the names.</summary>
    public bool StripPrefixes { get; init; } = true;
}

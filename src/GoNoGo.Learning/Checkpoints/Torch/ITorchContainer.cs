namespace GoNoGo.Learning.Checkpoints.Torch;

/// <summary>One of the two containers that torch.save has written: what was pickled, and where the storages lie.</summary>
internal interface ITorchContainer
{
    CheckpointFormat Format { get; }

    /// <summary>The pickled value as inert data.</summary>
    object? Root { get; }

    /// <summary>Where the bytes of a storage's record lie.</summary>
    StorageRange Locate(StorageReference storage);
}

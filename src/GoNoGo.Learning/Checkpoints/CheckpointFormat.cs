namespace GoNoGo.Learning.Checkpoints;

/// <summary>The kinds of checkpoint files, told apart by their content.</summary>
public enum CheckpointFormat
{
    /// <summary>A JSON header and raw data.</summary>
    Safetensors,

    /// <summary>What torch.save writes since torch 1.6: a zip archive of a pickle and storages.</summary>
    TorchZip,

    /// <summary>What torch.save wrote before: pickles, then storages.</summary>
    TorchLegacy,
}

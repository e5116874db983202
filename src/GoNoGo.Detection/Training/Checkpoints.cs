namespace GoNoGo.Detection.Training;

/// <summary>Checkpoint folders, from outside of a training.</summary>
public static class Checkpoints
{
    /// <summary>Whether a folder holds a checkpoint to go on from.</summary>
    public static bool Exists(string folder) => new Checkpoint(folder).Exists;

    /// <summary>Removes a checkpoint after the model was written.</summary>
    public static void Remove(string folder) => new Checkpoint(folder).Remove();
}

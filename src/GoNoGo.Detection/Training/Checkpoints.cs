using System.Globalization;

namespace GoNoGo.Detection.Training;

/// <summary>Checkpoint folders, from outside of a training. Where several networks are trained, each has a folder inside.</summary>
public static class Checkpoints
{
    private const string PartPattern = "p*";

    /// <summary>Whether a folder holds a checkpoint to go on from.</summary>
    public static bool Exists(string folder) => IsOfOneSeed(folder) || new SeedCheckpoint(folder).Exists;

    /// <summary>Whether the checkpoint in a folder, if there is one, is that of a training with one seed.</summary>
    public static bool IsOfOneSeed(string folder) => new Checkpoint(folder).Exists || Parts(folder).Any(part => new Checkpoint(part).Exists);

    /// <summary>Removes a checkpoint after the model was written.</summary>
    public static void Remove(string folder)
    {
        foreach (string part in Parts(folder))
        {
            new Checkpoint(part).Remove();
        }

        new SeedCheckpoint(folder).Remove();
        new Checkpoint(folder).Remove();
    }

    /// <summary>The folder of one of several networks.</summary>
    public static string PartOf(string folder, int number) => Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"p{number:D4}"));

    private static string[] Parts(string folder) => Directory.Exists(folder) ? Directory.GetDirectories(folder, PartPattern) : [];
}

using GoNoGo.Detection.Backbones.Weights;
using GoNoGo.Learning.Checkpoints;
using GoNoGo.Tensors;
using GoNoGo.Tensors.Formats;
using GoNoGo.Tensors.Formats.Safetensors;
using GoNoGo.Tensors.Memory;

namespace GoNoGo.Weights;

/// <summary>Turns a checkpoint of any kind into one safetensors file of float32 tensors: those that the backbone reads, and its classifier.</summary>
internal static class WeightImporter
{
    /// <summary>Not read for features; they let the weights be checked on labelled photographs. Other heads are left out.</summary>
    private static readonly string[] Classifiers = ["head.weight", "head.bias", "head_dist.weight", "head_dist.bias", "fc.weight", "fc.bias"];

    /// <summary>Checks that a file has what a backbone reads, without reading tensors.</summary>
    /// <returns>The levels that it serves.</returns>
    /// <exception cref="WeightsException">It does not fit, or is no checkpoint.</exception>
    public static IReadOnlyList<string> Check(string id, string path)
    {
        using CheckpointFile file = Open(path, null);
        return Fit(id, file).Levels;
    }

    /// <summary>Writes the weights.</summary>
    /// <returns>The levels that they serve, warnings, and whether the file also holds a teacher.</returns>
    public static (IReadOnlyList<string> Levels, IReadOnlyList<string> Warnings, bool HasTeacher) Convert(string id, string source, string? branch, string destination)
    {
        using CheckpointFile file = Open(source, branch);
        WeightFit fit = Fit(id, file);
        using var scope = new TensorScope(new MemoryPool());
        var warnings = new List<string>();
        SafetensorsWriter writer = new SafetensorsWriter().SetMetadata("backbone", id).SetMetadata("format", "pt");
        if (file.Branch.Length > 0)
        {
            writer.SetMetadata(CheckpointFile.BranchKey, file.Branch);
        }

        IEnumerable<string> names = WeightManifests.Of(id).Keys.Select(key => key.Name).Concat(Classifiers).Where(file.Contains);
        foreach (string name in names)
        {
            Tensor tensor = file.ReadTensor(name, scope);
            writer.Add(name, tensor);
            if (NonFinite.Warning(source, name, tensor) is { } warning)
            {
                warnings.Add(warning);
            }
        }

        writer.Save(destination);
        return (fit.Levels, warnings, file.Branch == "student" && file.Branches.Contains("teacher"));
    }

    private static CheckpointFile Open(string path, string? branch)
    {
        try
        {
            return CheckpointFile.Open(path, new CheckpointOptions { Branch = branch });
        }
        catch (TensorFileException exception)
        {
            throw new WeightsException(exception.Message, exception);
        }
    }

    private static WeightFit Fit(string id, CheckpointFile file)
    {
        try
        {
            return WeightCheck.Require(file, WeightManifests.Of(id), others: WeightManifests.All);
        }
        catch (TensorFileException exception)
        {
            throw new WeightsException($"these are not the weights of '{id}': {exception.Message}", exception);
        }
    }
}

using System.Globalization;

namespace GoNoGo.Fuzzing;

/// <summary>Writes failing cases: the file as it was read, named by reader, seed and index, and beside it a text that says what happened.</summary>
internal sealed class CaseFiles(FuzzTarget target, FuzzOptions options)
{
    public FuzzFailure Write(long index, byte[] file, string message)
    {
        Directory.CreateDirectory(options.Folder);
        string path = Path.Combine(options.Folder, string.Create(CultureInfo.InvariantCulture, $"fuzz-{target.Name}-seed{options.Seed}-case{index}{target.Extension}"));
        File.WriteAllBytes(path, file);
        File.WriteAllText(path + ".txt", message + "\n");
        return new FuzzFailure(index, message, path);
    }
}

using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using GoNoGo.Detection.Models;
using GoNoGo.Tensors;
using GoNoGo.Tensors.Formats;
using GoNoGo.Tensors.Formats.Safetensors;

namespace GoNoGo.Detection.Training;

/// <summary>
/// The folder <c>MODEL.gonogo.checkpoint/</c>: two generations, so that a process killed while writing leaves the one before.
/// </summary>
internal sealed class Checkpoint
{
    private const string StateKey = "gonogo-training";
    private const string IdentityKey = "gonogo-identity";

    private readonly string _folder;

    public Checkpoint(string folder) => _folder = folder;

    /// <summary>Whether any generation exists.</summary>
    public bool Exists => Generations().Any(File.Exists);

    /// <summary>Replaces the older generation; <paramref name="more"/> adds what is not in <paramref name="tensors"/>.</summary>
    public void Write(TrainingState state, IReadOnlyDictionary<string, string> identity, IEnumerable<KeyValuePair<string, Tensor>> tensors, Action<SafetensorsWriter> more)
    {
        try
        {
            Directory.CreateDirectory(_folder);
        }
        catch (IOException exception)
        {
            throw new FileWriteException($"cannot make the checkpoint folder '{_folder}': {exception.Message}", exception);
        }

        string[] files = [.. Generations()];
        string target = StepOf(files[0]) <= StepOf(files[1]) ? files[0] : files[1];
        var writer = new SafetensorsWriter();
        writer.SetMetadata(StateKey, JsonSerializer.Serialize(state, TrainingStateJson.Default.TrainingState));
        writer.SetMetadata(IdentityKey, JsonSerializer.Serialize(new SortedDictionary<string, string>(identity.ToDictionary(), StringComparer.Ordinal), TrainingStateJson.Default.SortedDictionaryStringString));
        foreach ((string name, Tensor tensor) in tensors)
        {
            writer.Add(name, tensor);
        }

        more(writer);

        writer.Save(target);
    }

    /// <summary>
    /// Fills the tensors from the newest whole generation; <paramref name="more"/> reads the rest.
    /// </summary>
    /// <exception cref="ModelException">There is none, or it belongs to another training; the message shows the difference.</exception>
    public TrainingState Read(IReadOnlyDictionary<string, string> identity, IEnumerable<KeyValuePair<string, Tensor>> tensors, Action<SafetensorsReader> more)
    {
        var targets = tensors.ToList();
        Exception? damage = null;
        foreach (string file in Generations().Where(File.Exists).OrderByDescending(StepOf))
        {
            try
            {
                using SafetensorsReader reader = SafetensorsReader.Open(file);
                CheckIdentity(file, reader, identity);
                TrainingState state = JsonSerializer.Deserialize(reader.Metadata[StateKey], TrainingStateJson.Default.TrainingState)
                    ?? throw new TensorFileException($"'{file}' holds no training state.");
                foreach ((string name, Tensor tensor) in targets)
                {
                    reader.Read(name, tensor);
                }

                more(reader);

                return state;
            }
            catch (Exception exception) when (exception is TensorFileException or JsonException or KeyNotFoundException)
            {
                damage = exception;
            }
        }

        throw damage is null
            ? new ModelException($"there is no checkpoint in '{_folder}' to go on from; run the command with --force instead of --resume.")
            : new ModelException($"no generation of the checkpoint in '{_folder}' can be read ({damage.Message}); run the command with --force instead of --resume.", damage);
    }

    /// <summary>Removes the folder after success.</summary>
    public void Remove()
    {
        foreach (string file in Generations().Where(File.Exists))
        {
            File.Delete(file);
        }

        if (Directory.Exists(_folder))
        {
            // What a process left that was killed while it wrote.
            foreach (string file in Directory.EnumerateFiles(_folder, ".?.safetensors.*.tmp", new EnumerationOptions { AttributesToSkip = FileAttributes.None }))
            {
                File.Delete(file);
            }
        }

        if (Directory.Exists(_folder) && !Directory.EnumerateFileSystemEntries(_folder).Any())
        {
            Directory.Delete(_folder);
        }
    }

    private IEnumerable<string> Generations() => [Path.Combine(_folder, "a.safetensors"), Path.Combine(_folder, "b.safetensors")];

    private static void CheckIdentity(string file, SafetensorsReader reader, IReadOnlyDictionary<string, string> identity)
    {
        SortedDictionary<string, string> stored =
            JsonSerializer.Deserialize(reader.Metadata[IdentityKey], TrainingStateJson.Default.SortedDictionaryStringString) ?? [];
        RequireSame(file, stored, identity);
    }

    /// <summary>Refuses to go on with another training.</summary>
    /// <exception cref="ModelException">It is another; the message shows the difference.</exception>
    internal static void RequireSame(string file, IReadOnlyDictionary<string, string> stored, IReadOnlyDictionary<string, string> identity)
    {
        string[] differences = [.. identity.Keys.Union(stored.Keys).Order(StringComparer.Ordinal)
            .Where(key => identity.GetValueOrDefault(key) != stored.GetValueOrDefault(key))
            .Select(key => $"{key}: {stored.GetValueOrDefault(key) ?? "(none)"} there, {identity.GetValueOrDefault(key) ?? "(none)"} now")];
        if (differences.Length > 0)
        {
            throw new ModelException(
                $"the checkpoint '{file}' belongs to another training ({string.Join("; ", differences)}); use the same options and data, or run with --force instead of --resume.");
        }
    }

    /// <summary>The step that a generation holds; -1 where it is missing or damaged.</summary>
    private static long StepOf(string file)
    {
        try
        {
            if (!File.Exists(file))
            {
                return -1;
            }

            using SafetensorsReader reader = SafetensorsReader.Open(file);
            return JsonSerializer.Deserialize(reader.Metadata[StateKey], TrainingStateJson.Default.TrainingState)?.Step ?? -1;
        }
        catch (Exception exception) when (exception is TensorFileException or JsonException or KeyNotFoundException or IOException)
        {
            return -1;
        }
    }
}

[JsonSourceGenerationOptions(NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals)]
[JsonSerializable(typeof(TrainingState))]
[JsonSerializable(typeof(SortedDictionary<string, string>))]
internal sealed partial class TrainingStateJson : JsonSerializerContext;

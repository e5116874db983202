using System.Globalization;
using System.Runtime.InteropServices;
using GoNoGo.Tensors.Simd;

namespace GoNoGo.Benchmarks.Measurement;

/// <summary>The processor that the numbers belong to.</summary>
internal static class Machine
{
    /// <summary>The processor's name and family, as the system tells it.</summary>
    public static string Processor { get; } = ReadProcessor();

    /// <summary>The name of the result folder: letters, digits and dashes.</summary>
    public static string Slug { get; } = string.Join(
        '-',
        string.Concat(Processor.Select(c => char.IsAsciiLetterOrDigit(c) ? char.ToLowerInvariant(c) : ' ')).Split(' ', StringSplitOptions.RemoveEmptyEntries));

    /// <summary>One line: processor, cores, vector width, system, runtime.</summary>
    public static string Description => string.Create(
        CultureInfo.InvariantCulture,
        $"{Processor}, {Environment.ProcessorCount} processors, {(int)VectorWidths.Current}-bit vectors, {RuntimeInformation.RuntimeIdentifier}, {RuntimeInformation.FrameworkDescription}");

    private static string ReadProcessor()
    {
        const string Path = "/proc/cpuinfo";
        if (!File.Exists(Path))
        {
            return Environment.GetEnvironmentVariable("PROCESSOR_IDENTIFIER") ?? RuntimeInformation.ProcessArchitecture.ToString();
        }

        var fields = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (string line in File.ReadLines(Path))
        {
            int colon = line.IndexOf(':', StringComparison.Ordinal);
            if (colon > 0)
            {
                fields.TryAdd(line[..colon].Trim(), line[(colon + 1)..].Trim());
            }
        }

        // Virtual machines hide the model; family and model numbers still tell the generation.
        string name = fields.GetValueOrDefault("model name", RuntimeInformation.ProcessArchitecture.ToString());
        return fields.TryGetValue("cpu family", out string? family) ? $"{name} family {family} model {fields.GetValueOrDefault("model", "?")}" : name;
    }
}

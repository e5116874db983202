using System.Runtime.InteropServices;

namespace GoNoGo;

/// <summary>What a measurement must name: processor and versions.</summary>
public static class MachineInfo
{
    /// <summary>The processor's name as the system gives it.</summary>
    public static string Processor { get; } = FindProcessor();

    /// <summary>The version of GoNoGo.</summary>
    public static string Version { get; } = typeof(MachineInfo).Assembly.GetName().Version?.ToString(3) ?? "unknown";

    /// <summary>The .NET runtime and the operating system.</summary>
    public static string Platform { get; } = $"{RuntimeInformation.FrameworkDescription}, {RuntimeInformation.OSDescription}, {RuntimeInformation.ProcessArchitecture}";

    private static string FindProcessor()
    {
        try
        {
            if (OperatingSystem.IsLinux())
            {
                string? line = File.ReadLines("/proc/cpuinfo").FirstOrDefault(text => text.StartsWith("model name", StringComparison.Ordinal));
                if (line is not null)
                {
                    return line[(line.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim();
                }
            }
        }
        catch (IOException)
        {
            // The name is a courtesy: without it the architecture is named.
        }

        return Environment.GetEnvironmentVariable("PROCESSOR_IDENTIFIER") ?? RuntimeInformation.ProcessArchitecture.ToString();
    }
}

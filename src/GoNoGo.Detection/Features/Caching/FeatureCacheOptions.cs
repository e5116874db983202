using System.Globalization;

namespace GoNoGo.Detection.Features.Caching;

/// <summary>Where computed features are kept between runs, and how much.</summary>
public sealed record FeatureCacheOptions
{
    /// <summary>The environment variable that names the folder; <c>off</c> keeps nothing on disk.</summary>
    public const string FolderVariable = "GONOGO_CACHE";

    /// <summary>The environment variable that limits the folder's size in GB.</summary>
    public const string LimitVariable = "GONOGO_CACHE_GB";

    /// <summary>The folder; null keeps nothing on disk.</summary>
    public string? Folder { get; init; }

    /// <summary>The most bytes on disk; sets used longest ago make way. 20 GB.</summary>
    public long MostBytes { get; init; } = 20_000_000_000;

    /// <summary>The most bytes of features that a run holds in memory; beyond it they are read from the mapped file. 1 GB.</summary>
    public long MostMemoryBytes { get; init; } = 1L << 30;

    /// <summary>What the environment says; otherwise a folder of the user's.</summary>
    /// <exception cref="FeatureCacheException">A limit that is no positive number.</exception>
    public static FeatureCacheOptions FromEnvironment()
    {
        var options = new FeatureCacheOptions();
        if (Environment.GetEnvironmentVariable(LimitVariable) is { Length: > 0 } limit)
        {
            options = double.TryParse(limit, NumberStyles.Float, CultureInfo.InvariantCulture, out double gigabytes) && gigabytes > 0 && gigabytes < 1e9
                ? options with { MostBytes = (long)(gigabytes * 1e9) }
                : throw new FeatureCacheException($"{LimitVariable} is '{limit}', expected a number of gigabytes above 0; set it to one, for example 20.");
        }

        string? folder = Environment.GetEnvironmentVariable(FolderVariable);
        if (folder is "off")
        {
            return options;
        }

        string user = Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify);
        return options with
        {
            Folder = folder is { Length: > 0 } ? Path.GetFullPath(folder) : user.Length > 0 ? Path.Combine(user, "gonogo", "cache") : null,
        };
    }
}

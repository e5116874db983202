using System.Text.Json;
using System.Text.Json.Serialization;
using GoNoGo.Vision.Imaging;
using GoNoGo.Vision.Imaging.Regions;

namespace GoNoGo.Detection.Models;

/// <summary>
/// What a <c>.gonogo</c> file says about itself, as JSON in the safetensors metadata under <c>gonogo</c>. It holds no
/// time, duration, host name or path: the same training gives the same bytes.
/// </summary>
public sealed record Manifest
{
    /// <summary>The newest format that this version reads and the one it writes.</summary>
    public const int CurrentFormat = 1;

    /// <summary>The oldest format that is read.</summary>
    public const int OldestFormat = 1;

    /// <summary>The format's number.</summary>
    public required int FormatVersion { get; init; }

    /// <summary>The detector's id.</summary>
    public required string Detector { get; init; }

    /// <summary>Every option of the detector in its written form.</summary>
    public required SortedDictionary<string, string> Options { get; init; }

    /// <summary>The backbone whose features the detector looks at; null where it brings its own network.</summary>
    public StoredBackbone? Backbone { get; init; }

    /// <summary>How a picture becomes the network's input.</summary>
    public required Preprocessing Preprocessing { get; init; }

    /// <summary>Which part of a picture is judged; null: all of it. The pixels are the tensor <see cref="ModelFile.Judged"/>.</summary>
    public StoredRegion? Region { get; init; }

    /// <summary>The category the model was trained on.</summary>
    public required string Category { get; init; }

    /// <summary>The seed of initialisation, order and noise.</summary>
    public required ulong Seed { get; init; }

    /// <summary>What the model learned from.</summary>
    public required TrainingData TrainingData { get; init; }

    /// <summary>How the training went.</summary>
    public required TrainingOutcome Training { get; init; }

    /// <summary>Width of an anomaly map.</summary>
    public required int MapWidth { get; init; }

    /// <summary>Height of an anomaly map.</summary>
    public required int MapHeight { get; init; }

    /// <summary>The decision rule for pictures; null where none was stored.</summary>
    public StoredThreshold? ImageThreshold { get; init; }

    /// <summary>The decision rule for pixels; null where none was stored.</summary>
    public StoredThreshold? PixelThreshold { get; init; }

    /// <summary>The statistics that a detector needs to score (means and deviations by name).</summary>
    public SortedDictionary<string, double> Statistics { get; init; } = new(StringComparer.Ordinal);

    /// <summary>The manifest as one line of JSON with a fixed key order.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, ManifestJson.Default.Manifest);
}

/// <summary>Counts and a hash of the training pictures; no pictures and no paths.</summary>
/// <param name="FitCount">Pictures the network was fitted to.</param>
/// <param name="ValidationCount">Good pictures held out for early stopping and thresholds.</param>
/// <param name="SplitSeed">The seed of that division.</param>
/// <param name="Sha256">SHA-256 over the relative names and contents of all training pictures, in order.</param>
/// <param name="Widths">Smallest and largest picture width in pixels.</param>
/// <param name="Heights">Smallest and largest picture height in pixels.</param>
/// <param name="Channels">The channel counts that occur.</param>
public sealed record TrainingData(
    int FitCount,
    int ValidationCount,
    int SplitSeed,
    string Sha256,
    IReadOnlyList<int> Widths,
    IReadOnlyList<int> Heights,
    IReadOnlyList<int> Channels)
{
    /// <summary>The bits a sample that occur (32: float); null in models of versions that did not store them.</summary>
    public IReadOnlyList<int>? BitDepths { get; init; }
}

/// <summary>The judged region of a model.</summary>
/// <param name="Width">Width of the picture that it is drawn on.</param>
/// <param name="Height">Its height.</param>
/// <param name="Box">Left, top, width and height of the smallest rectangle around all judged pixels: what the network sees.</param>
/// <param name="Pixels">Number of judged pixels.</param>
public sealed record StoredRegion(int Width, int Height, IReadOnlyList<int> Box, int Pixels)
{
    /// <summary>As the manifest has it; null where there is none.</summary>
    public static StoredRegion? Of(JudgedRegion? region) => region is null
        ? null
        : new StoredRegion(region.Width, region.Height, [region.Box.X, region.Box.Y, region.Box.Width, region.Box.Height], region.Count);

    /// <summary>Whether it describes the given region.</summary>
    public bool Describes(JudgedRegion region) => Of(region) is { } other
        && (Width, Height, Pixels) == (other.Width, other.Height, other.Pixels) && Box.SequenceEqual(other.Box);
}

/// <summary>How a training went.</summary>
/// <param name="Epochs">Epochs run, a last incomplete one included.</param>
/// <param name="BestEpoch">The 0-based epoch whose weights are stored.</param>
/// <param name="BestLoss">Its validation loss (training loss where nothing was held out).</param>
/// <param name="StopReason"><c>max-epochs</c>, <c>patience</c>, <c>max-minutes</c>, <c>sigma-floor</c>, <see cref="Diverged"/> or <see cref="OnePass"/>.</param>
public sealed record TrainingOutcome(int Epochs, int BestEpoch, double? BestLoss, string StopReason)
{
    /// <summary>The stop reason of detectors that look at every picture once and are done.</summary>
    public const string OnePass = "one-pass";

    /// <summary>The stop reason of a training whose loss stopped being a number.</summary>
    public const string Diverged = "diverged";
}

/// <summary>A stored decision rule: no-go if and only if score &gt;= value.</summary>
/// <param name="Value">The threshold.</param>
/// <param name="Rule">How it was found: <c>false-reject-rate</c>, <c>cost</c> or <c>value</c>.</param>
/// <param name="FalseRejectRate">The share of good parts that may be refused, where that was the rule.</param>
/// <param name="Note">What the reader must know (for example that too few normals support the rate).</param>
public sealed record StoredThreshold(float Value, string Rule, double? FalseRejectRate, string? Note)
{
    /// <summary>What the rule <c>cost</c> was given and what it found; null with other rules and in models of earlier versions.</summary>
    public StoredCosts? Costs { get; init; }
}

/// <summary>How a threshold by cost was chosen.</summary>
/// <param name="CostMiss">What a defective part that passes costs.</param>
/// <param name="CostFalseAlarm">What a good part that is refused costs.</param>
/// <param name="Good">Good pictures it was chosen on.</param>
/// <param name="Defective">Defective pictures it was chosen on.</param>
/// <param name="Misses">How many of the defective it misses.</param>
/// <param name="FalseAlarms">How many of the good it refuses.</param>
public sealed record StoredCosts(double CostMiss, double CostFalseAlarm, int Good, int Defective, int Misses, int FalseAlarms)
{
    /// <summary>What all misses and false alarms cost together, the smallest that any threshold reaches there.</summary>
    [JsonIgnore]
    public double Cost => (Misses * CostMiss) + (FalseAlarms * CostFalseAlarm);
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
    MaxDepth = 16,
    RespectNullableAnnotations = true,
    UseStringEnumConverter = true)]
[JsonSerializable(typeof(Manifest))]
internal sealed partial class ManifestJson : JsonSerializerContext;

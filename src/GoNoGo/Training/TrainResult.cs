using GoNoGo.Detection.Models;
using GoNoGo.Detection.Training;

namespace GoNoGo.Training;

/// <summary>What a training made.</summary>
/// <param name="Model">The model file.</param>
/// <param name="Manifest">What it says about itself.</param>
/// <param name="Notes">What a reader must know; sentences.</param>
/// <param name="Elapsed">Time of this run, reading and calibration included.</param>
public sealed record TrainResult(string Model, Manifest Manifest, IReadOnlyList<string> Notes, TimeSpan Elapsed)
{
    /// <summary>How each seed went, in their order; one where one was trained.</summary>
    public IReadOnlyList<SeedResult> Seeds { get; init; } = [];
}

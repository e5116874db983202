using GoNoGo.Detection.Backbones;
using GoNoGo.Detection.Detectors;
using GoNoGo.Detection.Features;
using GoNoGo.Detection.Options;
using GoNoGo.Learning.Layers;
using GoNoGo.Tensors.Memory;

namespace GoNoGo.Detection.Models;

/// <summary>How many numbers a detector has.</summary>
/// <param name="Trainable">Numbers that gradient descent changes; 0 for detectors without it, whose means, matrices and banks are found in one pass.</param>
/// <param name="Published">The head as the parameter table of the paper that published it counts it; null where none lists it.</param>
/// <param name="Backbone">Frozen numbers of the backbone, as far as the levels need it, without running statistics; null where there is none.</param>
public sealed record ParameterCounts(long Trainable, long? Published, long? Backbone)
{
    /// <summary>Counts without the weights of anything.</summary>
    /// <param name="entry">The detector.</param>
    /// <param name="options">Its options.</param>
    /// <param name="backbone">The backbone; null where the detector has none.</param>
    /// <param name="levels">The levels that are looked at.</param>
    /// <exception cref="OptionException">The options do not fit together, or not the backbone.</exception>
    public static ParameterCounts Of(DetectorEntry entry, OptionSet options, Backbone? backbone, IReadOnlyList<string> levels)
    {
        ArgumentNullException.ThrowIfNull(entry);
        var pool = new MemoryPool();
        var scope = new TensorScope(pool);
        FeatureExtractor? features = backbone is null ? null : FeatureExtractor.Describe(backbone, levels);
        IDetector? detector = null;
        try
        {
            detector = entry.Create(options, WeightSource.Unfilled(scope), scope, null, features);
            return new ParameterCounts(
                detector.Parameters.Sum(parameter => parameter.Shape.ElementCount),
                detector.PublishedParameterCount,
                backbone?.RequiredParameters(levels).Where(parameter => !parameter.IsBuffer).Sum(parameter => parameter.Shape.ElementCount));
        }
        finally
        {
            if (detector is null)
            {
                scope.Dispose();
                features?.Dispose();
            }

            detector?.Dispose();
            pool.Trim();
        }
    }

    /// <summary>Counts a stored model; of a network for each position of a tile, one.</summary>
    /// <exception cref="OptionException">An option or value that this version does not know.</exception>
    /// <exception cref="BackboneException">A backbone that this version does not know.</exception>
    public static ParameterCounts Of(Manifest manifest)
    {
        ArgumentNullException.ThrowIfNull(manifest);
        DetectorEntry entry = DetectorCatalog.Find(manifest.Detector);
        return Of(entry, entry.Options.FromStored(manifest.Options), manifest.Backbone?.Make(), manifest.Backbone?.Levels ?? []);
    }
}

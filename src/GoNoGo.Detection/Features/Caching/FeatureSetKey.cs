using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using GoNoGo.Detection.Backbones;
using GoNoGo.Detection.Scoring;
using GoNoGo.Tensors.Simd;
using GoNoGo.Vision.Imaging;

namespace GoNoGo.Detection.Features.Caching;

/// <summary>
/// What the features of a level depend on beside the picture: weights, backbone and its options, preprocessing, level, input size,
/// the version of the kernels, and the vector width (another width rounds differently).
/// </summary>
/// <param name="Id">SHA-256 over all of it, 32 hexadecimal digits: the name of the set's folder.</param>
/// <param name="Text">The same in words, for people who look into the folder.</param>
public sealed record FeatureSetKey(string Id, string Text)
{
    /// <summary>Raised whenever a change of the engine changes features.</summary>
    public const int EngineVersion = 1;

    /// <summary>The key of a level.</summary>
    /// <param name="extractor">Backbone and weights.</param>
    /// <param name="level">One of its levels.</param>
    /// <param name="frame">What of a picture becomes its input, and how.</param>
    /// <param name="view">What else decides what is seen of a picture (tiles); empty for whole pictures.</param>
    public static FeatureSetKey Of(FeatureExtractor extractor, FeatureLevel level, PictureFrame frame, string view = "")
    {
        ArgumentNullException.ThrowIfNull(extractor);
        ArgumentNullException.ThrowIfNull(level);
        ArgumentNullException.ThrowIfNull(frame);
        BackboneOptions options = extractor.Backbone.Options;
        string text = string.Create(CultureInfo.InvariantCulture,
            $"""
            backbone {extractor.Backbone.Id}
            weights {extractor.WeightsSha256}
            level {level.Name} [{level.Width}, {level.Rows}, {level.Columns}]
            input {extractor.Backbone.InputSize}
            block-norm {options.BlockNorm} norm-eps {options.NormEpsilon} branch {options.Branch}
            preprocessing {JsonSerializer.Serialize(frame.Preprocessing, PreprocessingJson.Default.Preprocessing)}
            region {frame.Region?.Hash() ?? "whole"}
            view {view}
            engine {EngineVersion} vectors {(int)VectorWidths.Current} {RuntimeInformation.ProcessArchitecture}

            """).ReplaceLineEndings("\n");
        return new FeatureSetKey(Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..32], text);
    }
}

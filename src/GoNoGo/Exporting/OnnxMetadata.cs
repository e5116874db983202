using System.Globalization;
using System.Reflection;
using System.Text.Json;
using GoNoGo.Detection.Models;
using GoNoGo.Vision.Imaging;

namespace GoNoGo.Exporting;

/// <summary>What a program that runs an exported file must know, as text by key in the file.</summary>
internal static class OnnxMetadata
{
    /// <summary>How a picture becomes the input, and who wrote the file.</summary>
    public static Dictionary<string, string> Of(Preprocessing preprocessing)
    {
        string version = typeof(OnnxMetadata).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown";
        return new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["input_size"] = string.Create(CultureInfo.InvariantCulture, $"{preprocessing.Width}x{preprocessing.Height}"),
            ["mean"] = Numbers(preprocessing.Mean, 0, preprocessing.Channels),
            ["deviation"] = Numbers(preprocessing.Deviation, 1, preprocessing.Channels),
            ["resize"] = Resize(preprocessing),
            ["preprocessing"] = JsonSerializer.Serialize(preprocessing, PreprocessingJson.Default.Preprocessing),
            ["gonogo_version"] = version.Split('+')[0],
        };
    }

    /// <summary>The same of a whole model, with what it learned from and its thresholds.</summary>
    public static Dictionary<string, string> Of(Manifest manifest)
    {
        Preprocessing preprocessing = manifest.Preprocessing;
        Dictionary<string, string> metadata = Of(preprocessing);
        metadata["detector"] = manifest.Detector;
        metadata["category"] = manifest.Category;
        metadata["options"] = Options(manifest.Options);
        metadata["channels"] = preprocessing.Channels == 1 ? "1: gray; colour becomes luma" : "3: red, green, blue; gray is repeated; alpha is dropped";
        metadata["intensity"] = preprocessing.Intensity is { } range
            ? string.Create(CultureInfo.InvariantCulture, $"samples {range.Text} become 0 to 1, clamped outside")
            : "samples divided by the full scale of their depth (255, 65535)";
        metadata["scaling"] = "then (value - mean) / deviation for each channel";
        if (preprocessing.JpegScale > 1)
        {
            metadata["jpeg_scale"] = string.Create(CultureInfo.InvariantCulture, $"JPEG pictures are decoded {preprocessing.JpegScale} times smaller first");
        }

        metadata["map_size"] = string.Create(CultureInfo.InvariantCulture, $"{manifest.MapWidth}x{manifest.MapHeight}");
        metadata["verdict"] = "no-go if and only if score >= threshold_image; a pixel is defective if and only if map >= threshold_pixel";
        metadata["threshold_image"] = Threshold(manifest.ImageThreshold);
        metadata["threshold_pixel"] = Threshold(manifest.PixelThreshold);
        if (manifest.Backbone is { } backbone)
        {
            metadata["backbone"] = backbone.Id;
            metadata["backbone_options"] = Options(backbone.Options);
            metadata["levels"] = string.Join(' ', backbone.Levels);
            metadata["weights_sha256"] = backbone.Sha256;
        }

        return metadata;
    }

    /// <summary>Options and values in one line.</summary>
    public static string Options(IEnumerable<KeyValuePair<string, string>> values) => string.Join(' ', values.Select(pair => $"{pair.Key}={pair.Value}"));

    private static string Resize(Preprocessing preprocessing) => preprocessing.Framing switch
    {
        Framing.Whole => $"whole picture to the input size, {preprocessing.Filter}, antialiased",
        Framing.Pad => "none: the picture in the middle of zeros",
        _ => string.Create(CultureInfo.InvariantCulture, $"{preprocessing.Framing} {preprocessing.FrameSize}, centre cut out, {preprocessing.Filter}, antialiased"),
    };

    private static string Threshold(StoredThreshold? threshold) => threshold?.Value.ToString("R", CultureInfo.InvariantCulture) ?? "none";

    private static string Numbers(IReadOnlyList<float> values, float otherwise, int channels) =>
        string.Join(' ', (values.Count > 0 ? values : [.. Enumerable.Repeat(otherwise, channels)]).Select(value => value.ToString("R", CultureInfo.InvariantCulture)));
}

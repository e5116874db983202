using System.Globalization;
using GoNoGo.Detection.Models;
using GoNoGo.Evaluating;
using GoNoGo.Reports.Html;

namespace GoNoGo.Reports.Sections;

/// <summary>Everything that makes the result repeatable: model, thresholds, preprocessing, training, options.</summary>
internal static class SettingsSection
{
    public static void Write(HtmlBuilder html, EvaluationResult result)
    {
        Manifest manifest = result.Manifest;
        html.Raw("<section>\n<h2>Settings</h2>\n<div class=\"columns\">\n<div>\n");
        Table(html, "Model", Model(result));
        Table(html, "Thresholds", Thresholds(result));
        html.Raw("</div>\n<div>\n");
        Table(html, "Training", Training(manifest));
        Table(html, "Preprocessing", Preprocessing(manifest));
        html.Raw("</div>\n</div>\n<h3>Options of the detector</h3>\n<div class=\"columns\">\n");
        KeyValuePair<string, string>[] options = [.. manifest.Options];
        int half = (options.Length + 1) / 2;
        Rows(html, options[..half]);
        Rows(html, options[half..]);
        html.Raw("</div>\n</section>\n");
    }

    private static void Table(HtmlBuilder html, string title, IEnumerable<KeyValuePair<string, string>> rows)
    {
        html.Add($"<h3>{title}</h3>\n");
        Rows(html, rows);
    }

    private static void Rows(HtmlBuilder html, IEnumerable<KeyValuePair<string, string>> rows)
    {
        html.Raw("<table class=\"long\">\n<tbody>\n");
        foreach ((string name, string value) in rows)
        {
            html.Add($"<tr><td style=\"width:42%\">{name}</td><td class=\"wide\">{value}</td></tr>\n");
        }

        html.Raw("</tbody>\n</table>\n");
    }

    private static IEnumerable<KeyValuePair<string, string>> Model(EvaluationResult result)
    {
        Manifest manifest = result.Manifest;
        yield return new("file", result.ModelName);
        yield return new("detector", manifest.Detector);
        yield return new("category it was trained on", manifest.Category);
        yield return new("seed", Text(manifest.Seed));
        yield return new("map size", $"{Text(manifest.MapWidth)}x{Text(manifest.MapHeight)}");
        yield return new("file format", Text(manifest.FormatVersion));
        foreach ((string name, double value) in manifest.Statistics)
        {
            yield return new(name, value.ToString("G6", CultureInfo.InvariantCulture));
        }
    }

    private static IEnumerable<KeyValuePair<string, string>> Thresholds(EvaluationResult result)
    {
        yield return new("image threshold of the model", Describe(result.Manifest.ImageThreshold));
        if (result.Threshold is { } used && used != result.Manifest.ImageThreshold?.Value)
        {
            yield return new("image threshold used here", Number(used));
        }

        yield return new("pixel threshold", Describe(result.Manifest.PixelThreshold));
    }

    private static string Describe(StoredThreshold? threshold) => threshold is null
        ? "none"
        : $"{Number(threshold.Value)} ({threshold.Rule}{(threshold.FalseRejectRate is { } rate ? " " + Text(rate) : "")})";

    private static IEnumerable<KeyValuePair<string, string>> Training(Manifest manifest)
    {
        TrainingData data = manifest.TrainingData;
        TrainingOutcome outcome = manifest.Training;
        yield return new("pictures fitted", Text(data.FitCount));
        yield return new("good pictures held out", $"{Text(data.ValidationCount)} (split seed {Text(data.SplitSeed)})");
        yield return new("picture sizes", $"{Span(data.Widths)} x {Span(data.Heights)}, {string.Join(" or ", data.Channels.Select(channels => Text(channels)))} channel(s){(data.BitDepths is { } depths ? $", {string.Join(" or ", depths.Select(bits => Text(bits)))} bits" : "")}");
        yield return new("SHA-256 of the pictures", data.Sha256);
        yield return new("epochs", $"{Text(outcome.Epochs)} (ended by {outcome.StopReason}; weights of epoch {Text(outcome.BestEpoch)}, counted from 0)");
        yield return new("best loss", outcome.BestLoss is { } loss ? loss.ToString("G6", CultureInfo.InvariantCulture) : "none");
    }

    private static IEnumerable<KeyValuePair<string, string>> Preprocessing(Manifest manifest)
    {
        Vision.Imaging.Preprocessing input = manifest.Preprocessing;
        if (manifest.Region is { } region)
        {
            yield return new("judged", $"{Text(region.Pixels)} pixels in the box {string.Join(',', region.Box.Select(value => Text(value)))} of a picture of {Text(region.Width)}x{Text(region.Height)}");
        }

        yield return new("network input", $"{Text(input.Width)}x{Text(input.Height)}, {Text(input.Channels)} channel(s)");
        yield return new("framing", input.Framing.ToString() + (input.FrameSize > 0 ? ", frame size " + Text(input.FrameSize) : ""));
        yield return new("resize", input.Filter.ToString());
        yield return new("intensity", input.Intensity?.Text ?? "full scale");
        yield return new("scaling", input.Scaling.ToString());
        if (input.Mean.Count > 0)
        {
            yield return new("mean", string.Join(", ", input.Mean.Select(Number)));
        }

        if (input.Deviation.Count > 0)
        {
            yield return new("deviation", string.Join(", ", input.Deviation.Select(Number)));
        }
    }

    private static string Span(IReadOnlyList<int> range) => range.Count == 0 ? "unknown" : range[0] == range[^1] ? Text(range[0]) : $"{Text(range[0])} to {Text(range[^1])}";

    private static string Number(float value) => value.ToString("G7", CultureInfo.InvariantCulture);

    private static string Text(IFormattable value) => value.ToString(null, CultureInfo.InvariantCulture);
}

using System.Text.Json;
using GoNoGo.Evaluating;
using GoNoGo.Evaluation.Metrics;
using GoNoGo.Evaluation.Thresholds;

namespace GoNoGo.Cli.Rendering;

/// <summary>An evaluation as JSON.</summary>
internal static class EvaluationJson
{
    /// <summary>One object; of several models one with the list <c>models</c>.</summary>
    public static string Text(IReadOnlyList<EvaluationResult> results, IReadOnlyList<string?> reports) => JsonText.Object(json =>
    {
        if (results.Count == 1)
        {
            Write(json, results[0], reports[0]);
            return;
        }

        json.Objects("models", results.Zip(reports), model => Write(json, model.First, model.Second));
    });

    private static void Write(Utf8JsonWriter json, EvaluationResult result, string? report)
    {
        json.WriteString("model", result.ModelName);
        json.WriteString("detector", result.Manifest.Detector);
        json.WriteString("category", result.Category);
        json.WriteNumber("good", result.ImageMetrics.Normals);
        json.WriteNumber("defective", result.ImageMetrics.Defects);
        json.Metrics(EvaluationText.Metrics(result), result.MapSize);
        json.Value("threshold", result.Threshold);
        json.Value("pixel_threshold", result.PixelThreshold);
        Confusion(json, result.Confusion);
        json.Objects("kinds", result.KindRecalls, kind =>
        {
            json.WriteString("kind", kind.Kind);
            json.WriteNumber("count", kind.Count);
            json.WriteNumber("found", kind.Found);
            json.Value("recall", kind.Recall);
        });
        json.Objects("pictures", result.Pictures, picture =>
        {
            json.WriteString("picture", picture.Name);
            json.WriteBoolean("defective", picture.IsDefective);
            json.WriteString("kind", picture.DefectKind);
            json.Value("image_score", picture.Score);
            json.Value("display_score", picture.DisplayScore);
            json.WriteString("verdict", picture.IsNoGo is { } noGo ? InspectionText.Verdict(noGo) : null);
        });
        json.Objects("unreadable", result.Unreadable, picture =>
        {
            json.WriteString("picture", picture.Key);
            json.WriteString("reason", picture.Value);
        });
        json.List("notes", result.Notes);
        json.Value("scoring_seconds", result.ScoringTime.TotalSeconds);
        json.Value("metrics_seconds", result.MetricsTime.TotalSeconds);
        json.WriteString("report", report);
    }

    private static void Confusion(Utf8JsonWriter json, ConfusionCounts? counts)
    {
        if (counts is not { } confusion)
        {
            json.WriteNull("confusion");
            return;
        }

        json.WriteStartObject("confusion");
        json.WriteNumber("true_positives", confusion.TruePositives);
        json.WriteNumber("false_positives", confusion.FalsePositives);
        json.WriteNumber("true_negatives", confusion.TrueNegatives);
        json.WriteNumber("false_negatives", confusion.FalseNegatives);
        Share(json, "recall", confusion.Recall);
        Share(json, "precision", confusion.Precision);
        Share(json, "false_alarm_rate", confusion.FalseAlarmRate);
        Share(json, "accuracy", confusion.Accuracy);
        json.WriteEndObject();
    }

    private static void Share(Utf8JsonWriter json, string name, MetricValue value) => json.Value(name, value.Value);
}

using System.Text.Json;
using GoNoGo.Detection.Models;
using GoNoGo.Detection.Training;
using GoNoGo.Training;

namespace GoNoGo.Cli.Rendering;

/// <summary>A finished training as JSON.</summary>
internal static class TrainingJson
{
    public static string Text(TrainResult result) => JsonText.Object(json =>
    {
        Manifest manifest = result.Manifest;
        json.WriteString("model", result.Model);
        json.WriteString("detector", manifest.Detector);
        json.WriteString("category", manifest.Category);
        json.WriteString("backbone", manifest.Backbone?.Id);
        json.WriteNumber("fit", manifest.TrainingData.FitCount);
        json.WriteNumber("held_out", manifest.TrainingData.ValidationCount);
        json.WriteNumber("seed", manifest.Seed);
        Outcome(json, manifest.Training);
        ThresholdText.Json(json, "image", manifest.ImageThreshold);
        ThresholdText.Json(json, "pixel", manifest.PixelThreshold);
        json.WriteStartArray("seeds");
        foreach (SeedResult seed in result.Seeds)
        {
            json.WriteStartObject();
            json.WriteNumber("seed", seed.Seed);
            Outcome(json, seed.Training);
            json.Value("held_out_median", seed.HeldOutMedian);
            json.Value("held_out_highest", seed.HeldOutHighest);
            json.Value("image_threshold", seed.ImageThreshold);
            json.WriteString("failure", seed.Failure);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartObject("spread");
        foreach ((string name, IEnumerable<double?> values) in SeedText.Columns(result))
        {
            var spread = Spread.Of(values);
            json.WriteStartObject(name);
            json.WriteNumber("count", spread.Count);
            json.Value("mean", spread.Mean);
            json.Value("deviation", spread.Deviation);
            json.Value("lowest", spread.Lowest);
            json.Value("highest", spread.Highest);
            json.WriteEndObject();
        }

        json.WriteEndObject();
        json.List("notes", result.Notes);
        json.Value("seconds", result.Elapsed.TotalSeconds);
    });

    private static void Outcome(Utf8JsonWriter json, TrainingOutcome? training)
    {
        json.Value("epochs", (double?)training?.Epochs);
        json.Value("best_epoch", training is null ? null : (double?)(training.BestEpoch + 1));
        json.Value("best_loss", training?.BestLoss);
        json.WriteString("stop_reason", training?.StopReason);
    }
}

using System.Text.Json;
using GoNoGo.Detection.Models;
using GoNoGo.Detection.Options;
using GoNoGo.Detection.Training;
using GoNoGo.Tensors.Formats;

namespace GoNoGo.Training;

/// <summary>
/// <c>NAME.log.jsonl</c> beside the model: one JSON object a line, with the times and paths that the model itself does not
/// hold. A line is written through at once, so that a killed run leaves all it did.
/// </summary>
internal sealed class TrainingLog : IDisposable
{
    private readonly FileStream _stream;

    public TrainingLog(string modelPath, bool append)
    {
        string path = PathFor(modelPath);
        try
        {
            _stream = new FileStream(path, append ? FileMode.Append : FileMode.Create, FileAccess.Write, FileShare.Read);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new FileWriteException($"cannot write the log '{path}': {exception.Message}", exception);
        }
    }

    /// <summary>The log that belongs to a model file.</summary>
    public static string PathFor(string modelPath) =>
        (modelPath.EndsWith(".gonogo", StringComparison.OrdinalIgnoreCase) ? modelPath[..^".gonogo".Length] : modelPath) + ".log.jsonl";

    public void Start(TrainRequest request, string detector, OptionSet options, TrainingData data) => Write("start", json =>
    {
        json.WriteString("data", Path.GetFullPath(request.DataFolder));
        json.WriteString("detector", detector);
        json.WriteString("preset", request.Preset);
        json.WriteBoolean("resume", request.Resume);
        json.WriteNumber("seed", request.Seed);
        json.WriteNumber("seeds", request.SeedCount);
        json.WriteNumber("fit", data.FitCount);
        json.WriteNumber("validation", data.ValidationCount);
        json.WriteString("training_pictures_sha256", data.Sha256);
        json.WriteString("processor", MachineInfo.Processor);
        json.WriteNumber("threads", Tensors.Parallel.Workers.ThreadCount);
        json.WriteNumber("vector_width", (int)Tensors.Simd.VectorWidths.Current);
        json.WriteStartObject("options");
        foreach ((string id, string value) in options.Values)
        {
            json.WriteString(id, value);
        }

        json.WriteEndObject();
    });

    /// <summary>Writes the end of an epoch; batches are not logged.</summary>
    public void Report(TrainingProgress progress)
    {
        if (!progress.IsEpochEnd)
        {
            return;
        }

        Write("epoch", json =>
        {
            if (progress.Seed is { } seed)
            {
                json.WriteNumber("seed", seed);
            }

            json.WriteNumber("epoch", progress.Epoch);
            json.WriteNumber("elapsed_seconds", Math.Round(progress.Elapsed.TotalSeconds, 3));
            foreach ((string name, double value) in progress.Losses)
            {
                Number(json, name, value);
            }

            if (progress.ValidationLoss is { } held)
            {
                Number(json, "validation_loss", held);
            }

            json.WriteNumber("best_epoch", progress.BestEpoch);
        });
    }

    /// <summary>Writes how one of several seeds went.</summary>
    public void Seed(SeedResult result) => Write("seed", json =>
    {
        json.WriteNumber("seed", result.Seed);
        if (result.Training is { } training)
        {
            json.WriteNumber("epochs", training.Epochs);
            json.WriteNumber("best_epoch", training.BestEpoch);
            Number(json, "best_loss", training.BestLoss ?? double.NaN);
            json.WriteString("stop_reason", training.StopReason);
        }

        Number(json, "held_out_median", result.HeldOutMedian ?? double.NaN);
        Number(json, "held_out_highest", result.HeldOutHighest ?? double.NaN);
        Number(json, "image_threshold", result.ImageThreshold ?? double.NaN);
        json.WriteString("failure", result.Failure);
    });

    public void End(Manifest manifest, IReadOnlyList<string> notes, IReadOnlyList<SeedResult> seeds, TimeSpan elapsed) => Write("end", json =>
    {
        json.WriteNumber("elapsed_seconds", Math.Round(elapsed.TotalSeconds, 3));
        json.WriteNumber("seed", manifest.Seed);
        if (seeds.Count > 1)
        {
            var spread = Spread.Of(seeds.Select(result => result.Loss));
            json.WriteNumber("losses", spread.Count);
            Number(json, "loss_mean", spread.Mean);
            Number(json, "loss_deviation", spread.Deviation);
        }

        json.WriteNumber("epochs", manifest.Training.Epochs);
        json.WriteNumber("best_epoch", manifest.Training.BestEpoch);
        json.WriteString("stop_reason", manifest.Training.StopReason);
        json.WriteStartArray("notes");
        foreach (string note in notes)
        {
            json.WriteStringValue(note);
        }

        json.WriteEndArray();
    });

    public void Dispose() => _stream.Dispose();

    private static void Number(Utf8JsonWriter json, string name, double value)
    {
        if (double.IsFinite(value))
        {
            json.WriteNumber(name, value);
        }
        else
        {
            json.WriteNull(name);
        }
    }

    private void Write(string name, Action<Utf8JsonWriter> content)
    {
        using (var json = new Utf8JsonWriter(_stream))
        {
            json.WriteStartObject();
            json.WriteString("time", DateTime.UtcNow.ToString("O", System.Globalization.CultureInfo.InvariantCulture));
            json.WriteString("event", name);
            content(json);
            json.WriteEndObject();
        }

        _stream.WriteByte((byte)'\n');
        _stream.Flush();
    }
}

using System.Text.Json;
using GoNoGo.Cli.Terminals;
using GoNoGo.Weights;

namespace GoNoGo.Cli.Rendering;

/// <summary>Shows the weights store.</summary>
internal static class WeightsText
{
    public static void Show(WeightStore store, Terminal terminal)
    {
        var table = new TextTable("backbone", "here", ">size", "licence", "source");
        bool hasSecondHand = false;
        foreach (StoredWeights weights in store.List())
        {
            WeightVariant variant = weights.Variant;
            long known = weights.Bytes ?? variant.Downloadable?.Bytes ?? 0;
            bool isSecondHand = !weights.IsPresent && variant.Downloadable is { IsSecondHand: true };
            hasSecondHand |= isSecondHand;
            table.Add(
                variant.Id,
                weights.IsPresent ? new Cell("yes", Tone.Good) : "no",
                known == 0 ? "?" : Format.Bytes(known) + (isSecondHand ? " *" : ""),
                variant.License,
                weights.Source.Length > 0 ? weights.Source : variant.Downloadable?.Address ?? $"{variant.Project.Split(',')[0]}: import a file");
        }

        terminal.Table(table);
        terminal.Line($"{store.Folder}{(hasSecondHand ? "; * second-hand figure" : "")}");
    }

    public static string Json(WeightStore store) => JsonText.Object(json =>
    {
        json.WriteString("folder", store.Folder);
        json.Objects("weights", store.List(), weights =>
        {
            WeightVariant variant = weights.Variant;
            json.WriteString("id", variant.Id);
            json.WriteBoolean("present", weights.IsPresent);
            json.WriteString("path", weights.Path);
            Number(json, "bytes", weights.Bytes ?? 0);
            json.WriteString("source", weights.Source);
            json.WriteString("license", variant.License);
            json.WriteString("project", variant.Project);
            json.WriteString("trained_on", variant.TrainedOn);
            Numbers(json, "mean", variant.Mean);
            Numbers(json, "deviation", variant.Deviation);
            json.WriteNumber("input_size", variant.InputSize);
            json.Objects("files", variant.Files, file =>
            {
                json.WriteString("name", file.Name);
                json.WriteString("address", file.Address);
                Number(json, "bytes", file.Bytes);
                json.WriteString("sha256", file.Sha256);
                json.WriteBoolean("second_hand", file.IsSecondHand);
                json.WriteString("origin", file.Origin);
            });
        });
    });

    public static void Show(ImportedWeights weights, bool asJson, Terminal terminal)
    {
        foreach (string warning in weights.Warnings)
        {
            terminal.Warn(warning);
        }

        if (!asJson)
        {
            terminal.Line(weights.Path);
            terminal.Log($"levels {string.Join(", ", weights.Levels)}; SHA-256 {weights.Sha256}");
            return;
        }

        terminal.Line(JsonText.Object(json =>
        {
            json.WriteString("path", weights.Path);
            json.WriteString("sha256", weights.Sha256);
            json.List("levels", weights.Levels);
            json.List("warnings", weights.Warnings);
        }));
    }

    public static void Show(IReadOnlyList<VerifiedWeights> results, Terminal terminal)
    {
        if (results.Count == 0)
        {
            terminal.Line("no weights are here; 'gonogo weights list' says which there are.");
            return;
        }

        foreach (VerifiedWeights result in results)
        {
            terminal.Line(new Cell(Word(result.Condition), result.Condition == WeightCondition.Damaged ? Tone.Bad : Tone.Good), $"  {result.Path}: {result.Detail}");
        }
    }

    public static string Json(IReadOnlyList<VerifiedWeights> results) => JsonText.Object(json =>
    {
        json.Objects("weights", results, result =>
        {
            json.WriteString("id", result.Id);
            json.WriteString("path", result.Path);
            json.WriteString("condition", Word(result.Condition));
            json.WriteString("sha256", result.Sha256);
            json.WriteString("detail", result.Detail);
        });
    });

    private static string Word(WeightCondition condition) => condition switch
    {
        WeightCondition.Good => "good",
        WeightCondition.Damaged => "damaged",
        _ => "unknown",
    };

    private static void Number(Utf8JsonWriter json, string name, long value)
    {
        if (value == 0)
        {
            json.WriteNull(name);
        }
        else
        {
            json.WriteNumber(name, value);
        }
    }

    private static void Numbers(Utf8JsonWriter json, string name, IEnumerable<float> values)
    {
        json.WriteStartArray(name);
        foreach (float value in values)
        {
            json.WriteNumberValue(value);
        }

        json.WriteEndArray();
    }
}

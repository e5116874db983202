using System.Globalization;
using System.Text.Json;
using GoNoGo.Cli.Terminals;
using GoNoGo.Vision.Datasets;
using GoNoGo.Vision.Datasets.Description;

namespace GoNoGo.Cli.Rendering;

/// <summary>What a data set holds, for people and as JSON.</summary>
internal static class DataText
{
    public static void Show(DataDescription description, Terminal terminal)
    {
        terminal.Line($"{description.Root}: {description.LayoutName} ({description.Layout}), {Format.Count(description.Categories.Count)} categor{(description.Categories.Count == 1 ? "y" : "ies")}");
        terminal.Line();
        bool many = description.Categories.Count > 1;
        var table = new TextTable(["category", ">train", ">fit", ">held out", ">test good", ">defective", ">masks", .. many ? ["pictures"] : Array.Empty<string>()]);
        foreach (CategoryDescription category in description.Categories)
        {
            table.Add(
            [
                category.Name, Format.Count(category.TrainGood), Format.Count(category.Fit), Format.Count(category.Validation), Format.Count(category.TestGood),
                Format.Count(category.TestDefective), Format.Count(category.MasksPresent),
                .. many ? [new Cell(Sizes(category.Formats.Take(1)) + (category.Formats.Count > 1 ? $" and {Format.Count(category.Formats.Count - 1)} more" : ""))] : Array.Empty<Cell>(),
            ]);
        }

        terminal.Table(table);
        foreach (CategoryDescription category in description.Categories)
        {
            ShowOne(category, terminal, many);
        }
    }

    public static string Json(DataDescription description, string? report) => JsonText.Object(json =>
    {
        json.WriteString("root", description.Root);
        json.WriteString("layout", description.Layout);
        json.Objects("categories", description.Categories, category => Json(json, category));
        json.WriteString("report", report);
    });

    /// <summary><c>384 x 384 8-bit RGB (292)</c>, the most frequent first.</summary>
    private static string Sizes(IEnumerable<FormatCount> formats) => string.Join(", ", formats.Select(format =>
    {
        var picture = new PictureFormat(format.Width, format.Height, format.Channels, format.BitDepth);
        return $"{picture.Size} {picture.Colour} ({Format.Count(format.Count)})";
    }));

    private static void ShowOne(CategoryDescription category, Terminal terminal, bool named)
    {
        if (!named && category.Formats.Count > 0)
        {
            const int Listed = 6;
            terminal.Line($"pictures: {Sizes(category.Formats.Take(Listed))}{(category.Formats.Count > Listed ? $" and {Format.Count(category.Formats.Count - Listed)} more" : "")}");
        }

        if (!named && category.Kinds.Count > 0)
        {
            var kinds = new TextTable("kind of defect", ">pictures", ">masks");
            foreach (KindDescription kind in category.Kinds)
            {
                kinds.Add(kind.Kind, Format.Count(kind.Count), Format.Count(kind.Masks));
            }

            terminal.Line();
            terminal.Table(kinds);
        }

        if (!named && category.Exposure is { } exposure)
        {
            terminal.Line(string.Create(CultureInfo.InvariantCulture, $"brightness of good pictures: median {exposure.Median:F0} of 255 ({exposure.Darkest:F0} to {exposure.Brightest:F0})"));
        }

        string prefix = named ? $"{category.Name}: " : "";
        if (category.IgnoredFiles > 0)
        {
            terminal.Line($"{prefix}{Format.Count(category.IgnoredFiles)} file(s) that are no pictures ignored.");
        }

        foreach (string note in category.Notes)
        {
            terminal.Line($"{prefix}note: {note}");
        }

        foreach (string problem in category.Problems)
        {
            terminal.Line(new Cell($"{prefix}problem: ", Tone.Bad), problem);
        }

        if (terminal.IsVerbose)
        {
            foreach (UnreadableFile file in category.Unreadable)
            {
                terminal.Line($"{prefix}cannot be used: {file.Path}: {file.Reason}");
            }

            foreach (string finding in DataFindings.Lines(category))
            {
                terminal.Line(prefix + finding);
            }
        }
    }

    private static void Json(Utf8JsonWriter json, CategoryDescription category)
    {
        json.WriteString("name", category.Name);
        json.WriteNumber("train_good", category.TrainGood);
        json.WriteNumber("fit", category.Fit);
        json.WriteNumber("held_out", category.Validation);
        json.WriteNumber("test_good", category.TestGood);
        json.WriteNumber("test_defective", category.TestDefective);
        json.Objects("kinds", category.Kinds, kind =>
        {
            json.WriteString("kind", kind.Kind);
            json.WriteNumber("count", kind.Count);
            json.WriteNumber("masks", kind.Masks);
        });
        json.WriteNumber("masks_present", category.MasksPresent);
        json.WriteNumber("masks_missing", category.MasksMissing);
        json.WriteNumber("masks_empty", category.MasksEmpty);
        json.Objects("formats", category.Formats, format =>
        {
            json.WriteNumber("width", format.Width);
            json.WriteNumber("height", format.Height);
            json.WriteNumber("channels", format.Channels);
            json.WriteNumber("bit_depth", format.BitDepth);
            json.WriteNumber("count", format.Count);
        });
        json.WriteNumber("unreadable_count", category.UnreadableCount);
        json.Objects("unreadable", category.Unreadable, file =>
        {
            json.WriteString("path", file.Path);
            json.WriteString("reason", file.Reason);
        });
        DataFindings.Json(json, category);
        json.WriteNumber("ignored_files", category.IgnoredFiles);
        json.List("notes", category.Notes);
        json.List("problems", category.Problems);
    }
}

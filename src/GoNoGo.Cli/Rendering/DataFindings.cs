using System.Text.Json;
using GoNoGo.Vision.Datasets.Description;

namespace GoNoGo.Cli.Rendering;

/// <summary>What comparing the pictures of a category found, one by one.</summary>
internal static class DataFindings
{
    public static IEnumerable<string> Lines(CategoryDescription category) =>
    [
        .. category.Duplicates.Select(group => $"{(group.SameBytes ? "same file" : "same pixels")}: {string.Join(", ", group.Paths)}"),
        .. category.NearDuplicates.Select(pair => $"nearly the same: {pair.First}, {pair.Second}"),
        .. category.ExposureOutliers.Select(picture => $"exposure: {picture.Path}: {picture.Reason}"),
        .. category.Turned.Select(path => $"to be turned: {path}"),
        .. category.SeveralPages.Select(path => $"several pictures in a file: {path}"),
    ];

    public static void Json(Utf8JsonWriter json, CategoryDescription category)
    {
        if (category.Exposure is { } exposure)
        {
            json.WriteStartObject("brightness");
            json.Value("median", exposure.Median);
            json.Value("darkest", exposure.Darkest);
            json.Value("brightest", exposure.Brightest);
            json.WriteEndObject();
        }
        else
        {
            json.WriteNull("brightness");
        }

        json.WriteNumber("exposure_outlier_count", category.ExposureOutlierCount);
        json.Objects("exposure_outliers", category.ExposureOutliers, outlier =>
        {
            json.WriteString("path", outlier.Path);
            json.Value("brightness", outlier.Brightness);
            json.Value("black_share", outlier.DarkShare);
            json.Value("white_share", outlier.BrightShare);
            json.WriteString("reason", outlier.Reason);
        });
        json.WriteNumber("duplicate_count", category.DuplicateCount);
        json.Objects("duplicates", category.Duplicates, group =>
        {
            json.List("paths", group.Paths);
            json.WriteBoolean("same_bytes", group.SameBytes);
            json.WriteBoolean("train_and_test", group.AcrossTrainAndTest);
            json.WriteBoolean("good_and_defective", group.GoodAndDefective);
        });
        json.WriteNumber("near_duplicate_count", category.NearDuplicateCount);
        json.Objects("near_duplicates", category.NearDuplicates, pair =>
        {
            json.List("paths", [pair.First, pair.Second]);
            json.WriteBoolean("train_and_test", pair.AcrossTrainAndTest);
        });
        json.WriteNumber("turned_count", category.TurnedCount);
        json.List("turned", category.Turned);
        json.WriteNumber("several_pages_count", category.SeveralPagesCount);
        json.List("several_pages", category.SeveralPages);
    }
}

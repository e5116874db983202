using GoNoGo.Evaluating;
using GoNoGo.Reports;

namespace GoNoGo.Cli.Rendering;

/// <summary>Where reports go: the folder itself for one model, a folder of its own below it for each of two.</summary>
internal static class ReportFolders
{
    public static string? Of(string? folder, string[] models, int index)
    {
        if (folder is null || models.Length == 1)
        {
            return folder;
        }

        string[] names = [.. models.Select(model => Path.GetFileNameWithoutExtension(model))];
        return Path.Combine(folder, names.Distinct(StringComparer.OrdinalIgnoreCase).Count() == names.Length ? names[index] : $"{index + 1}-{names[index]}");
    }

    /// <summary>Refuses before the long work what could not be written after it.</summary>
    public static void Require(string? folder, bool force)
    {
        if (folder is not null)
        {
            HtmlReport.Require(folder, force);
        }
    }

    /// <summary>Writes the page.</summary>
    /// <returns>Its path; null without a folder.</returns>
    public static string? Write(EvaluationResult result, string? folder, bool force) =>
        folder is null ? null : HtmlReport.Write(result, folder, force);
}

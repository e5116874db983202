using GoNoGo.Evaluating;
using GoNoGo.Reports.Html;
using GoNoGo.Reports.Sections;
using GoNoGo.Tensors.Formats;

namespace GoNoGo.Reports;

/// <summary>
/// An evaluation as one HTML page that needs nothing besides itself: no script, no network, pictures and charts inside. Equal
/// results give equal pages, and no folder of the machine is in it.
/// </summary>
public static class HtmlReport
{
    /// <summary>The page's file name.</summary>
    public const string FileName = "index.html";

    /// <summary>Makes the folder and refuses an existing page unless it may be overwritten: to be called before long work.</summary>
    /// <param name="folder">The folder of the page.</param>
    /// <param name="overwrite">Whether an existing page may be overwritten.</param>
    /// <exception cref="FileWriteException">The page exists, or the folder cannot be made or written to.</exception>
    public static void Require(string folder, bool overwrite)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        OutputFile.RequireFolder(folder);
        OutputFile.Require(Path.Combine(folder, FileName), overwrite);
    }

    /// <summary>Writes the page <c>index.html</c>.</summary>
    /// <param name="result">What to report; with <see cref="EvaluateRequest.ShowcaseCount"/> above 0 it has pictures.</param>
    /// <param name="folder">The folder of the page; made where missing.</param>
    /// <param name="overwrite">Whether an existing page is overwritten.</param>
    /// <param name="title">What the page is about; the category's name where null.</param>
    /// <returns>The path of the page.</returns>
    /// <exception cref="FileWriteException">The page exists or cannot be written.</exception>
    public static string Write(EvaluationResult result, string folder, bool overwrite, string? title = null)
    {
        ArgumentNullException.ThrowIfNull(result);
        Require(folder, overwrite);
        string path = Path.Combine(folder, FileName);
        AtomicFile.WriteAllText(path, Render(result, title));
        return path;
    }

    /// <summary>The page as text.</summary>
    internal static string Render(EvaluationResult result, string? title = null)
    {
        title ??= result.Category;
        var html = new HtmlBuilder();
        html.Raw("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n");
        html.Raw("<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; img-src data:; style-src 'unsafe-inline'\">\n");
        html.Add($"<title>{title}: inspection report of {result.ModelName}</title>\n<style>\n");
        html.Raw(ReportStyle.Css).Raw("\n</style>\n</head>\n<body>\n<main>\n");
        HeaderSection.Write(html, result, title);
        MetricsSection.Write(html, result);
        ConfusionSection.Write(html, result);
        CurvesSection.Write(html, result);
        ScoresSection.Write(html, result);
        PicturesSection.Write(html, result);
        SettingsSection.Write(html, result);
        RunSection.Write(html, result);
        return html.Raw("</main>\n</body>\n</html>\n").ToString();
    }
}

using GoNoGo.Reports.Html;
using GoNoGo.Reports.Sections;
using GoNoGo.Tensors.Formats;
using GoNoGo.Vision.Datasets;
using GoNoGo.Vision.Datasets.Description;

namespace GoNoGo.Reports;

/// <summary>
/// What a data set holds as one HTML page that needs nothing besides itself: counts, a contact sheet of each category, and the
/// pictures behind each problem. At most 800 thumbnails are in it, however large the data set is.
/// </summary>
public static class DataReport
{
    /// <summary>Writes the page <c>index.html</c>.</summary>
    /// <param name="dataset">The data set.</param>
    /// <param name="description">What was found in it.</param>
    /// <param name="folder">The folder of the page; made where missing.</param>
    /// <param name="overwrite">Whether an existing page is overwritten.</param>
    /// <param name="cancellation">Ends the work early; no page is written.</param>
    /// <returns>The path of the page.</returns>
    /// <exception cref="FileWriteException">The page exists or cannot be written.</exception>
    public static string Write(
        Dataset dataset, DataDescription description, string folder, bool overwrite, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(dataset);
        ArgumentNullException.ThrowIfNull(description);
        HtmlReport.Require(folder, overwrite);
        string path = Path.Combine(folder, HtmlReport.FileName);
        AtomicFile.WriteAllText(path, Render(dataset, description, cancellation));
        return path;
    }

    /// <summary>The page as text.</summary>
    internal static string Render(Dataset dataset, DataDescription description, CancellationToken cancellation)
    {
        string name = Path.GetFileName(description.Root);
        var html = new HtmlBuilder();
        html.Raw("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n");
        html.Raw("<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; img-src data:; style-src 'unsafe-inline'\">\n");
        html.Add($"<title>{name}: data set</title>\n<style>\n").Raw(ReportStyle.Css).Raw(ThumbnailStyle.Css).Raw("\n</style>\n</head>\n<body>\n<main>\n");
        DataHeaderSection.Write(html, name, description);
        var thumbnails = new ThumbnailSheet(description.Categories.Count);
        foreach (CategoryDescription category in description.Categories)
        {
            cancellation.ThrowIfCancellationRequested();
            thumbnails.Open(dataset, category, cancellation);
            DataCategorySection.Write(html, category, thumbnails);
        }

        html.Add($"<footer>Made by GoNoGo {MachineInfo.Version}. Pictures are shown as they are stored; what stands out is a hint to look, not a verdict.</footer>\n");
        return html.Raw("</main>\n</body>\n</html>\n").ToString();
    }
}

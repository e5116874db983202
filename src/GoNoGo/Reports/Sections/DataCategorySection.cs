using GoNoGo.Reports.Html;
using GoNoGo.Vision.Datasets;
using GoNoGo.Vision.Datasets.Description;

namespace GoNoGo.Reports.Sections;

/// <summary>One category: what it holds, a contact sheet, and the pictures behind its problems.</summary>
internal static class DataCategorySection
{
    public static void Write(HtmlBuilder html, CategoryDescription category, ThumbnailSheet thumbnails)
    {
        html.Add($"<section>\n<h2>{Display.Name(category.Name)}</h2>\n");
        Sentences(html, "Problems", category.Problems);
        Sentences(html, "To keep in mind", category.Notes);
        WriteFacts(html, category);
        if (thumbnails.Good.Count > 0)
        {
            html.Add($"<h3>Good, to learn from: {thumbnails.Good.Count} of {category.TrainGood}</h3>\n");
            Sheet(html, thumbnails, thumbnails.Good, nameOnly: true);
        }

        foreach ((string kind, IReadOnlyList<string> paths) in thumbnails.Defective)
        {
            html.Add($"<h3>Defective, {Display.Name(kind)}: {paths.Count} of {category.Kinds.FirstOrDefault(one => one.Kind == kind)?.Count ?? paths.Count}</h3>\n");
            Sheet(html, thumbnails, paths, nameOnly: true);
        }

        WriteProblems(html, category, thumbnails);
        html.Raw("</section>\n");
    }

    private static void WriteFacts(HtmlBuilder html, CategoryDescription category)
    {
        html.Raw("<table>\n<tbody>\n");
        foreach (FormatCount format in category.Formats.Take(8))
        {
            var picture = new PictureFormat(format.Width, format.Height, format.Channels, format.BitDepth);
            html.Add($"<tr><td style=\"width:34%\">Pictures of {picture.Size}, {picture.Colour}</td><td>{format.Count}</td></tr>\n");
        }

        if (category.Formats.Count > 8)
        {
            html.Add($"<tr><td>Other sizes or depths</td><td>{category.Formats.Count - 8}</td></tr>\n");
        }

        if (category.Exposure is { } exposure)
        {
            html.Add($"<tr><td>Mean brightness of good pictures</td><td>median {exposure.Median:F0} of 255, from {exposure.Darkest:F0} to {exposure.Brightest:F0}</td></tr>\n");
        }

        html.Add($"<tr><td>Good pictures to fit on, to validate on</td><td>{category.Fit}, {category.Validation}</td></tr>\n");
        html.Raw("</tbody>\n</table>\n");
    }

    private static void WriteProblems(HtmlBuilder html, CategoryDescription category, ThumbnailSheet thumbnails)
    {
        if (category.Unreadable.Count > 0)
        {
            html.Add($"<h3>Cannot be used: {category.Unreadable.Count} of {category.UnreadableCount}</h3>\n<table class=\"long\">\n<tbody>\n");
            foreach (UnreadableFile file in category.Unreadable)
            {
                html.Add($"<tr><td class=\"wide\" style=\"width:34%\">{Display.Name(file.Path)}</td><td class=\"wide\">{PathText.WithoutFolders(file.Reason)}</td></tr>\n");
            }

            html.Raw("</tbody>\n</table>\n");
        }

        int most = ThumbnailSheet.OfProblem;
        Groups(html, thumbnails, $"The same picture more than once: {category.DuplicateCount}", [.. category.Duplicates.Select(group =>
            ((IReadOnlyList<string>)[.. group.Paths.Take(3)], group.AcrossTrainAndTest || group.GoodAndDefective))], most);
        Groups(html, thumbnails, $"Nearly the same: {Display.Count(category.NearDuplicateCount, "pair")}", [.. category.NearDuplicates.Select(pair =>
            ((IReadOnlyList<string>)[pair.First, pair.Second], pair.AcrossTrainAndTest))], most);
        if (category.ExposureOutliers.Count > 0)
        {
            html.Add($"<h3>Exposed unlike the good ones: {category.ExposureOutlierCount}</h3>\n<div class=\"sheet\">\n");
            foreach (ExposureOutlier outlier in category.ExposureOutliers.Take(most))
            {
                thumbnails.Write(html, outlier.Path, outlier.Reason);
            }

            html.Raw("</div>\n");
        }

        Titled(html, thumbnails, $"To be turned before showing, which is not done: {category.TurnedCount}", category.Turned, most);
        Titled(html, thumbnails, $"Files of several pictures, of which the first is read: {category.SeveralPagesCount}", category.SeveralPages, most);
    }

    private static void Groups(HtmlBuilder html, ThumbnailSheet thumbnails, string title, IReadOnlyList<(IReadOnlyList<string> Paths, bool IsBad)> groups, int most)
    {
        if (groups.Count == 0)
        {
            return;
        }

        html.Add($"<h3>{title}</h3>\n<p class=\"caption\">A line at the left begins a new group; it is red where a group lies across train and test, or across good and defective.</p>\n<div class=\"sheet\">\n");
        int shown = 0;
        foreach ((IReadOnlyList<string> paths, bool isBad) in groups)
        {
            if (shown + paths.Count > most)
            {
                break;
            }

            shown += paths.Count;
            for (int index = 0; index < paths.Count; index++)
            {
                thumbnails.Write(html, paths[index], null, index == 0 ? (isBad ? "group bad" : "group") : null);
            }
        }

        html.Raw("</div>\n");
    }

    private static void Titled(HtmlBuilder html, ThumbnailSheet thumbnails, string title, IReadOnlyList<string> paths, int most)
    {
        if (paths.Count > 0)
        {
            html.Add($"<h3>{title}</h3>\n");
            Sheet(html, thumbnails, [.. paths.Take(most)], nameOnly: false);
        }
    }

    private static void Sheet(HtmlBuilder html, ThumbnailSheet thumbnails, IReadOnlyList<string> paths, bool nameOnly)
    {
        html.Raw("<div class=\"sheet\">\n");
        foreach (string path in paths)
        {
            thumbnails.Write(html, path, nameOnly: nameOnly);
        }

        html.Raw("</div>\n");
    }

    private static void Sentences(HtmlBuilder html, string title, IReadOnlyList<string> sentences)
    {
        if (sentences.Count > 0)
        {
            html.Add($"<div class=\"notes\"><b>{title}</b>\n<ul>\n");
            foreach (string sentence in sentences)
            {
                html.Add($"<li>{PathText.WithoutFolders(sentence)}</li>\n");
            }

            html.Raw("</ul></div>\n");
        }
    }
}

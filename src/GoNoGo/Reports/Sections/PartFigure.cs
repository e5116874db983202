using GoNoGo.Evaluating;
using GoNoGo.Inspecting;
using GoNoGo.Reports.Html;
using GoNoGo.Vision.Imaging;
using GoNoGo.Vision.Imaging.Drawing;
using GoNoGo.Vision.Imaging.Png;

namespace GoNoGo.Reports.Sections;

/// <summary>One part: picture, heat map, ground truth, and what was found.</summary>
internal static class PartFigure
{
    // Twice what a column of the page shows: sharp on paper, and a page of 30 parts stays under 20 MB.
    private const int LongestSide = 320;

    // A line of two pixels would hide a hairline in a small picture.
    private const int ThinBelow = 200;

    private const int MostListed = 3;

    public static void Write(HtmlBuilder html, ShowcasePicture shown, HeatScale scale)
    {
        JudgedPicture judged = shown.Picture;
        using var seen = new Image(shown.Width, shown.Height, 3, shown.Rgb);
        using Image picture = Canvas.Thumbnail(seen, LongestSide);
        using Image heat = HeatOverlay.Draw(picture, shown.Map, shown.Width, shown.Height, HeatOverlay.Whole(picture), scale);
        HeatOverlay.Boxes(heat, shown.Defects, shown.Region);
        html.Add($"<figure class=\"part\"><div class=\"three\" style=\"--ratio:{picture.Width}/{picture.Height}\">");
        Picture(html, picture, "picture");
        Picture(html, heat, "heat map");
        if (shown.Mask is { } mask)
        {
            Overlay.Outline(picture, mask, shown.Width, shown.Height, HeatOverlay.Whole(picture), Rgb.Outline, thickness: picture.Width < ThinBelow ? 1 : 2);
            Picture(html, picture, "outline of the defect");
        }
        else
        {
            html.Add($"<div class=\"none\">{(judged.IsDefective ? "no mask" : "good part")}</div>");
        }

        html.Add($"</div>\n<figcaption>{Badge(judged)}<span>{Truth(judged)}</span><span>score {Display.Score(judged.Score)}{Shown(judged)}</span><span class=\"name\">{Display.Name(judged.Name)}</span>{Defects(shown.Defects)}</figcaption></figure>\n");
    }

    private static Markup Defects(DefectList? defects)
    {
        if (defects is not { Count: > 0 })
        {
            return Markup.Empty;
        }

        var html = new HtmlBuilder();
        html.Raw("<table class=\"defects\"><thead><tr><th>Defect</th><th class=\"n\">left, top</th><th class=\"n\">size</th><th class=\"n\">area</th><th class=\"n\">peak</th></tr></thead><tbody>");
        int number = 0;
        foreach (Defect defect in defects.Take(MostListed))
        {
            html.Add($"<tr><td>{++number}</td><td class=\"n\">{defect.X}, {defect.Y}</td><td class=\"n\">{defect.Width} x {defect.Height}</td><td class=\"n\">{Display.SmallPercent(defect.Share)}</td><td class=\"n\">{Display.Score(defect.Peak)}</td></tr>");
        }

        html.Raw("</tbody></table>");
        if (defects.Total > MostListed)
        {
            html.Add($"<span class=\"name\">and {Display.Count(defects.Total - MostListed, "weaker one")}</span>");
        }

        return html.ToMarkup();
    }

    private static void Picture(HtmlBuilder html, Image image, string description) =>
        html.Add($"<img alt=\"{description}\" width=\"{image.Width}\" height=\"{image.Height}\" src=\"data:image/png;base64,{new Markup(Convert.ToBase64String(PngEncoder.Encode(image)))}\">");

    private static Markup Badge(JudgedPicture judged) => new(judged.IsNoGo switch
    {
        true => "<span class=\"badge nogo\">no-go</span>",
        false => "<span class=\"badge go\">go</span>",
        null => "<span class=\"badge\">no verdict</span>",
    });

    private static string Shown(JudgedPicture judged) => judged.DisplayScore is { } shown ? $", {Display.Shown(shown)} of 100" : "";

    private static Markup Truth(JudgedPicture judged) => judged.IsDefective ? Display.Name(judged.DefectKind) : new Markup("good");
}

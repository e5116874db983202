using GoNoGo.Reports.Html;

namespace GoNoGo.Reports.Charts;

/// <summary>One row of a table as a strip: a dot for each part at its score, a line at the threshold.</summary>
internal static class StripChart
{
    private const double Width = 340;
    private const double Height = 22;

    public static Markup Draw(string description, IEnumerable<float> scores, float? threshold, ScoreAxis axis, bool isGood)
    {
        var frame = new Frame(6, 0, Width - 12, Height, axis.Low, axis.High, 0, 1);
        var svg = new HtmlBuilder();
        svg.Add($"<svg class=\"strip\" viewBox=\"0 0 {Width} {Height}\" role=\"img\" aria-label=\"{description}\">");
        svg.Add($"<line x1=\"6\" y1=\"11\" x2=\"{Width - 6}\" y2=\"11\" stroke=\"#d9dee6\"/>");
        if (threshold is { } at)
        {
            svg.Add($"<line x1=\"{frame.X(at):F1}\" y1=\"1\" x2=\"{frame.X(at):F1}\" y2=\"21\" stroke=\"#1b2430\" stroke-width=\"1.5\" stroke-dasharray=\"3 2\"/>");
        }

        // Thousands of parts share few positions: one dot for each.
        foreach (double x in scores.Where(score => !float.IsNaN(score)).Select(score => Math.Round(frame.X(score))).Distinct().Order())
        {
            svg.Add($"<circle cx=\"{x:F0}\" cy=\"11\" r=\"4\" fill=\"{(isGood ? "#1d6f8c" : "#b3362b")}\" fill-opacity=\"0.55\"/>");
        }

        return svg.Raw("</svg>").ToMarkup();
    }
}

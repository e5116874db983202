using GoNoGo.Reports.Html;

namespace GoNoGo.Reports.Charts;

/// <summary>Image scores of good parts (upwards) and of defective parts (downwards) over one axis, with the threshold.</summary>
internal static class HistogramChart
{
    private const string Halo = "paint-order:stroke;stroke:#fff;stroke-width:4px;";
    private const int Bins = 48;
    private const double Width = 1060;
    private const double PanelHeight = 120;
    private const string GoodColor = "#1d6f8c";
    private const string BadColor = "#b3362b";

    public static Markup Draw(IReadOnlyList<float> good, IReadOnlyList<float> defective, float? threshold, ScoreAxis axis)
    {
        int[] above = Count(good, axis);
        int[] below = Count(defective, axis);
        int most = Math.Max(1, Math.Max(above.Max(), below.Max()));
        var upper = new Frame(50, 22, Width - 62, PanelHeight, axis.Low, axis.High, 0, most);
        double middle = upper.Bottom;
        double bottom = middle + PanelHeight;
        var svg = new HtmlBuilder();
        svg.Add($"<svg viewBox=\"0 0 {Width} {bottom + 42:F0}\" role=\"img\" aria-label=\"Histogram of image scores: good parts above, defective parts below the axis\">");
        foreach ((double value, string text) in Ticks.Of(axis.Low, axis.High, 10))
        {
            svg.Add($"<line x1=\"{upper.X(value):F1}\" y1=\"{upper.Top:F1}\" x2=\"{upper.X(value):F1}\" y2=\"{bottom:F1}\" stroke=\"#e6eaef\"/>");
            svg.Add($"<text x=\"{upper.X(value):F1}\" y=\"{bottom + 17:F1}\" text-anchor=\"middle\">{text}</text>");
        }

        foreach ((double value, string text) in Ticks.Of(0, most, 3).Where(tick => tick.Value == Math.Floor(tick.Value)))
        {
            double height = value / most * PanelHeight;
            svg.Add($"<text x=\"43\" y=\"{middle - height + 4:F1}\" text-anchor=\"end\">{text}</text>");
            if (value > 0)
            {
                svg.Add($"<text x=\"43\" y=\"{middle + height + 4:F1}\" text-anchor=\"end\">{text}</text>");
            }
        }

        double step = upper.Width / Bins;
        for (int i = 0; i < Bins; i++)
        {
            double left = upper.Left + (i * step);
            Bar(svg, left, step, middle, -above[i] * PanelHeight / most, GoodColor);
            Bar(svg, left, step, middle, below[i] * PanelHeight / most, BadColor);
        }

        svg.Add($"<line x1=\"{upper.Left:F1}\" y1=\"{middle:F1}\" x2=\"{upper.Right:F1}\" y2=\"{middle:F1}\" stroke=\"#1b2430\"/>");
        svg.Add($"<text x=\"{upper.Left + (upper.Width / 2):F1}\" y=\"{bottom + 36:F1}\" text-anchor=\"middle\">image score</text>");
        if (threshold is { } at)
        {
            DrawThreshold(svg, upper, at, bottom);
        }

        // Last, so that a threshold at the right end does not cross them out.
        svg.Add($"<text x=\"{upper.Right:F1}\" y=\"{upper.Top + 12:F1}\" text-anchor=\"end\" style=\"{Halo}fill:{GoodColor};font-weight:600\">good parts ({good.Count})</text>");
        svg.Add($"<text x=\"{upper.Right:F1}\" y=\"{bottom - 6:F1}\" text-anchor=\"end\" style=\"{Halo}fill:{BadColor};font-weight:600\">defective parts ({defective.Count})</text>");
        return svg.Raw("</svg>").ToMarkup();
    }

    private static void DrawThreshold(HtmlBuilder svg, Frame frame, float threshold, double bottom)
    {
        double x = frame.X(threshold);
        bool isRight = x > frame.Left + (frame.Width / 2);
        svg.Add($"<line x1=\"{x:F1}\" y1=\"8\" x2=\"{x:F1}\" y2=\"{bottom:F1}\" stroke=\"#1b2430\" stroke-width=\"1.5\" stroke-dasharray=\"5 3\"/>");
        svg.Add($"<text x=\"{x + (isRight ? -6 : 6):F1}\" y=\"15\" text-anchor=\"{(isRight ? "end" : "start")}\" style=\"fill:#1b2430;font-weight:600\">threshold {Display.Score(threshold)}: no-go from here on</text>");
    }

    private static void Bar(HtmlBuilder svg, double left, double width, double middle, double height, string color)
    {
        if (height != 0)
        {
            svg.Add($"<rect x=\"{left + 0.75:F1}\" y=\"{middle + Math.Min(height, 0):F1}\" width=\"{width - 1.5:F1}\" height=\"{Math.Abs(height):F1}\" fill=\"{color}\"/>");
        }
    }

    private static int[] Count(IReadOnlyList<float> scores, ScoreAxis axis)
    {
        var counts = new int[Bins];
        foreach (float score in scores)
        {
            if (!float.IsNaN(score))
            {
                double share = Math.Clamp((score - axis.Low) / (axis.High - axis.Low), 0, 1);
                counts[Math.Min((int)(share * Bins), Bins - 1)]++;
            }
        }

        return counts;
    }
}

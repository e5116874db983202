using GoNoGo.Reports.Html;
using GoNoGo.Vision.Imaging.Drawing;

namespace GoNoGo.Reports.Charts;

/// <summary>What the colours of the heat maps mean.</summary>
internal static class ColorBar
{
    private const double Width = 560;
    private const int Stops = 16;

    public static Markup Draw(HeatScale scale, bool hasThreshold)
    {
        var frame = new Frame(30, 18, Width - 60, 16, scale.Low, scale.High, 0, 1);
        var svg = new HtmlBuilder();
        svg.Add($"<svg class=\"colorbar\" viewBox=\"0 0 {Width} 56\" role=\"img\" aria-label=\"Colour scale of the heat maps\">");
        svg.Raw("<defs><linearGradient id=\"heat\">");
        for (int i = 0; i <= Stops; i++)
        {
            Rgb color = ColorScale.At((float)i / Stops);
            svg.Add($"<stop offset=\"{(double)i / Stops:F4}\" stop-color=\"#{color.Red:x2}{color.Green:x2}{color.Blue:x2}\"/>");
        }

        svg.Raw("</linearGradient></defs>");
        svg.Add($"<rect x=\"{frame.Left}\" y=\"{frame.Top}\" width=\"{frame.Width}\" height=\"{frame.Height}\" fill=\"url(#heat)\"/>");
        Tick(svg, frame, scale.Low, "start");
        Tick(svg, frame, scale.High, "end");
        if (hasThreshold)
        {
            double x = frame.X(scale.Threshold);
            svg.Add($"<line x1=\"{x:F1}\" y1=\"13\" x2=\"{x:F1}\" y2=\"39\" stroke=\"#1b2430\" stroke-width=\"2\"/>");
            svg.Add($"<text x=\"{x:F1}\" y=\"10\" text-anchor=\"middle\" style=\"fill:#1b2430;font-weight:600\">pixel threshold {Display.Score(scale.Threshold)}</text>");
        }

        return svg.Add($"<text x=\"{frame.Left + (frame.Width / 2):F1}\" y=\"51\" text-anchor=\"middle\">anomaly map value</text></svg>").ToMarkup();
    }

    private static void Tick(HtmlBuilder svg, Frame frame, float value, string anchor) =>
        svg.Add($"<text x=\"{frame.X(value):F1}\" y=\"51\" text-anchor=\"{anchor}\">{Display.Score(value)}</text>");
}

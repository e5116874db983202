using GoNoGo.Reports.Html;

namespace GoNoGo.Reports.Charts;

/// <summary>The plot area of an SVG chart: from values to SVG units, with axes.</summary>
internal sealed record Frame(double Left, double Top, double Width, double Height, double LowX, double HighX, double LowY, double HighY)
{
    private const string Grid = "#e6eaef";
    private const string Axis = "#8a94a3";

    public double Right => Left + Width;

    public double Bottom => Top + Height;

    public double X(double value) => Left + (Share(value, LowX, HighX) * Width);

    public double Y(double value) => Bottom - (Share(value, LowY, HighY) * Height);

    /// <summary>Grid, axes, ticks and titles.</summary>
    public void DrawAxes(HtmlBuilder svg, string titleX, string titleY, int ticksX, int ticksY)
    {
        foreach ((double value, string text) in Ticks.Of(LowX, HighX, ticksX))
        {
            svg.Add($"<line x1=\"{X(value):F1}\" y1=\"{Top:F1}\" x2=\"{X(value):F1}\" y2=\"{Bottom:F1}\" stroke=\"{Grid}\"/>");
            svg.Add($"<text x=\"{X(value):F1}\" y=\"{Bottom + 17:F1}\" text-anchor=\"middle\">{text}</text>");
        }

        foreach ((double value, string text) in Ticks.Of(LowY, HighY, ticksY))
        {
            svg.Add($"<line x1=\"{Left:F1}\" y1=\"{Y(value):F1}\" x2=\"{Right:F1}\" y2=\"{Y(value):F1}\" stroke=\"{Grid}\"/>");
            svg.Add($"<text x=\"{Left - 7:F1}\" y=\"{Y(value) + 4:F1}\" text-anchor=\"end\">{text}</text>");
        }

        svg.Add($"<path d=\"M{Left:F1} {Top:F1}V{Bottom:F1}H{Right:F1}\" fill=\"none\" stroke=\"{Axis}\"/>");
        svg.Add($"<text x=\"{Left + (Width / 2):F1}\" y=\"{Bottom + 36:F1}\" text-anchor=\"middle\">{titleX}</text>");
        double middle = Top + (Height / 2);
        svg.Add($"<text x=\"12\" y=\"{middle:F1}\" text-anchor=\"middle\" transform=\"rotate(-90 12 {middle:F1})\">{titleY}</text>");
    }

    private static double Share(double value, double low, double high) => Math.Clamp((value - low) / (high - low), 0, 1);
}

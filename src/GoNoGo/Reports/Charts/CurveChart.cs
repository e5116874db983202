using System.Globalization;
using System.Text;
using GoNoGo.Evaluation.Metrics.Pixel;
using GoNoGo.Reports.Html;

namespace GoNoGo.Reports.Charts;

/// <summary>A curve of a chart.</summary>
/// <param name="Name">As the legend shows it.</param>
/// <param name="Points">In order.</param>
/// <param name="Color">CSS colour.</param>
/// <param name="IsDashed">So that two curves differ in a gray print.</param>
internal sealed record CurveSeries(string Name, IReadOnlyList<CurvePoint> Points, string Color, bool IsDashed = false);

/// <summary>Curves in the unit square: ROC, precision-recall, PRO.</summary>
internal sealed record CurveChart(string Description, string TitleX, string TitleY, IReadOnlyList<CurveSeries> Series)
{
    private const double Side = 360;

    /// <summary>The area under the first curve is shaded up to here; null = none.</summary>
    public double? ShadedUpTo { get; init; }

    /// <summary>Where the threshold in use lies; null = nowhere.</summary>
    public (double X, double Y)? Mark { get; init; }

    /// <summary>Whether the line of guessing is drawn.</summary>
    public bool HasDiagonal { get; init; }


    /// <summary>Whether the legend stands at the lower left instead of the lower right: where this chart's curves are not.</summary>
    public bool HasLegendAtLeft { get; init; }

    public Markup Draw()
    {
        var frame = new Frame(50, 10, Side - 62, Side - 62, 0, 1, 0, 1);
        var svg = new HtmlBuilder();
        svg.Add($"<svg viewBox=\"0 0 {Side} {Side}\" role=\"img\" aria-label=\"{Description}\">");
        if (ShadedUpTo is { } limit && Series.Count > 0 && Series[0].Points.Count > 1)
        {
            svg.Add($"<path d=\"{Area(frame, Series[0].Points, limit)}\" fill=\"{Series[0].Color}\" fill-opacity=\"0.16\"/>");
        }

        frame.DrawAxes(svg, TitleX, TitleY, 5, 5);
        if (HasDiagonal)
        {
            svg.Add($"<path d=\"M{frame.X(0):F1} {frame.Y(0):F1}L{frame.X(1):F1} {frame.Y(1):F1}\" stroke=\"#8a94a3\" stroke-dasharray=\"2 4\" fill=\"none\"/>");
        }

        if (ShadedUpTo is { } at)
        {
            svg.Add($"<line x1=\"{frame.X(at):F1}\" y1=\"{frame.Top:F1}\" x2=\"{frame.X(at):F1}\" y2=\"{frame.Bottom:F1}\" stroke=\"#566273\" stroke-dasharray=\"4 3\"/>");
            svg.Add($"<text x=\"{frame.X(at) + 5:F1}\" y=\"{frame.Bottom - 8:F1}\">limit {at}</text>");
        }

        foreach (CurveSeries series in Series)
        {
            svg.Add($"<path d=\"{Line(frame, series.Points)}\" fill=\"none\" stroke=\"{series.Color}\" stroke-width=\"2\" stroke-linejoin=\"round\"{Dashes(series)}/>");
        }

        if (Mark is { } mark)
        {
            svg.Add($"<circle cx=\"{frame.X(mark.X):F1}\" cy=\"{frame.Y(mark.Y):F1}\" r=\"5\" fill=\"#fff\" stroke=\"#b3362b\" stroke-width=\"2.5\"/>");
        }

        DrawLegend(svg, frame);
        return svg.Raw("</svg>").ToMarkup();
    }

    private void DrawLegend(HtmlBuilder svg, Frame frame)
    {
        int lines = Series.Count + (Mark is null ? 0 : 1);
        if (lines < 2)
        {
            return;
        }

        double y = frame.Bottom - 8 - (18 * (lines - 1));
        double left = HasLegendAtLeft ? frame.Left + 18 : frame.Right - 158;
        svg.Add($"<rect x=\"{left - 6:F1}\" y=\"{y - 14:F1}\" width=\"162\" height=\"{(18 * lines) + 1}\" fill=\"#fff\" fill-opacity=\"0.85\"/>");

        foreach (CurveSeries series in Series)
        {
            svg.Add($"<line x1=\"{left:F1}\" y1=\"{y - 4:F1}\" x2=\"{left + 22:F1}\" y2=\"{y - 4:F1}\" stroke=\"{series.Color}\" stroke-width=\"2\"{Dashes(series)}/>");
            svg.Add($"<text x=\"{left + 28:F1}\" y=\"{y:F1}\">{series.Name}</text>");
            y += 18;
        }

        if (Mark is not null)
        {
            svg.Add($"<circle cx=\"{left + 11:F1}\" cy=\"{y - 4:F1}\" r=\"4.5\" fill=\"#fff\" stroke=\"#b3362b\" stroke-width=\"2.5\"/>");
            svg.Add($"<text x=\"{left + 28:F1}\" y=\"{y:F1}\">threshold in use</text>");
        }
    }

    private static Markup Dashes(CurveSeries series) => series.IsDashed ? new Markup(" stroke-dasharray=\"6 4\"") : Markup.Empty;

    /// <summary>Points closer than half a unit to the last one drawn are left out; the last is always drawn.</summary>
    private static string Line(Frame frame, IReadOnlyList<CurvePoint> points)
    {
        var path = new StringBuilder();
        (double X, double Y) last = (double.NegativeInfinity, 0);
        for (int i = 0; i < points.Count; i++)
        {
            (double x, double y) = (frame.X(points[i].X), frame.Y(points[i].Y));
            if (i == 0 || i == points.Count - 1 || Math.Abs(x - last.X) + Math.Abs(y - last.Y) >= 0.5)
            {
                path.Append(CultureInfo.InvariantCulture, $"{(i == 0 ? 'M' : 'L')}{x:F1} {y:F1}");
                last = (x, y);
            }
        }

        return path.ToString();
    }

    private static string Area(Frame frame, IReadOnlyList<CurvePoint> points, double limit)
    {
        var inside = new List<CurvePoint>();
        for (int i = 0; i < points.Count; i++)
        {
            CurvePoint point = points[i];
            if (point.X > limit)
            {
                if (i > 0 && point.X > points[i - 1].X)
                {
                    double share = (limit - points[i - 1].X) / (point.X - points[i - 1].X);
                    inside.Add(point with { X = limit, Y = points[i - 1].Y + (share * (point.Y - points[i - 1].Y)) });
                }

                break;
            }

            inside.Add(point);
        }

        return inside.Count == 0
            ? ""
            : string.Create(CultureInfo.InvariantCulture, $"{Line(frame, inside)}V{frame.Bottom:F1}H{frame.X(inside[0].X):F1}Z");
    }
}

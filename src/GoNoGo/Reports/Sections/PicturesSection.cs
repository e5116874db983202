using GoNoGo.Evaluating;
using GoNoGo.Reports.Charts;
using GoNoGo.Reports.Html;

namespace GoNoGo.Reports.Sections;

/// <summary>The pictures that a reader asks for first: misses and false alarms, then the clearest and the hardest finds, then good parts.</summary>
internal static class PicturesSection
{
    private static readonly ShowcaseGroup[] Order =
        [ShowcaseGroup.Miss, ShowcaseGroup.FalseAlarm, ShowcaseGroup.Best, ShowcaseGroup.Worst, ShowcaseGroup.Good];

    public static void Write(HtmlBuilder html, EvaluationResult result)
    {
        if (result.Showcase.Count == 0)
        {
            return;
        }

        HeatScale scale = result.HeatScale ?? ScaleOfShown(result.Showcase);
        html.Raw("<section>\n<h2>Pictures</h2>\n<p>Each part as picture, as picture with heat map, and with the outline of the true defect (green). The heat map shows where the model sees something unusual; ");
        html.Raw(result.HeatScale is not null
            ? "a white line surrounds what lies at or above the pixel threshold, a blue box each of the strongest such defects, listed below in pixels of the picture with their share of it and the largest map value. All pictures share one colour scale, fixed by the model:</p>\n"
            : "the model has no pixel threshold, so the colours span the values of the pictures shown, the same for all of them:</p>\n");
        if (result.Manifest.Region is not null)
        {
            html.Raw("<p>Hatched areas are not judged: the model does not see what is there.</p>\n");
        }

        html.Add($"{ColorBar.Draw(scale, result.HeatScale is not null)}\n");
        foreach (ShowcaseGroup group in Order)
        {
            ShowcasePicture[] shown = [.. result.Showcase.Where(picture => picture.Group == group)];
            if (shown.Length > 0)
            {
                html.Add($"<h3>{Title(group, shown.Length, result)}</h3>\n<div class=\"parts\">\n");
                foreach (ShowcasePicture picture in shown)
                {
                    PartFigure.Write(html, picture, scale);
                }

                html.Raw("</div>\n");
            }
        }

        html.Raw("</section>\n");
    }

    private static string Title(ShowcaseGroup group, int shown, EvaluationResult result) => group switch
    {
        ShowcaseGroup.Miss => $"Missed defects: the {shown} with the lowest scores, of {Display.Plain(result.Confusion?.Misses ?? shown)}",
        ShowcaseGroup.FalseAlarm when result.Confusion is { } counts => $"False alarms: the {shown} with the highest scores, of {Display.Plain(counts.FalseAlarms)}",
        ShowcaseGroup.FalseAlarm => "Good parts with the highest scores",
        ShowcaseGroup.Best => "Clearest defects: the highest scores, of each kind the highest first",
        ShowcaseGroup.Worst when result.Confusion is not null => "Other defective parts with the lowest scores",
        ShowcaseGroup.Worst => "Defective parts with the lowest scores",
        _ => "Good parts with the lowest scores",
    };

    /// <summary>One scale for all pictures shown where the model fixes none: from their middle value to their largest.</summary>
    private static HeatScale ScaleOfShown(IReadOnlyList<ShowcasePicture> shown)
    {
        float[] values = [.. shown.SelectMany(picture => picture.Map).Where(float.IsFinite).Order()];
        float low = values.Length > 0 ? values[values.Length / 2] : 0;
        float high = values.Length > 0 && values[^1] > low ? values[^1] : low + 1;
        return new HeatScale(low, float.PositiveInfinity, high);
    }
}

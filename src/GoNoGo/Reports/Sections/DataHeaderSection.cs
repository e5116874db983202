using GoNoGo.Reports.Html;
using GoNoGo.Vision.Datasets.Description;

namespace GoNoGo.Reports.Sections;

/// <summary>The data set as a whole: counts, and a line for each category.</summary>
internal static class DataHeaderSection
{
    public static void Write(HtmlBuilder html, string name, DataDescription description)
    {
        IReadOnlyList<CategoryDescription> all = description.Categories;
        int problems = all.Sum(category => category.Problems.Count);
        html.Raw("<header>\n<div class=\"eyebrow\">Data set</div>\n");
        html.Add($"<h1>{Display.Name(name)}</h1>\n<div class=\"soft\">Layout {description.LayoutName}, {all.Count} {(all.Count == 1 ? "category" : "categories")}.</div>\n");
        html.Raw("<div class=\"tiles\">\n");
        Tile(html, "good", "Good, to learn from", all.Sum(category => (long)category.TrainGood), $"{all.Sum(category => category.Validation)} of them to validate on");
        Tile(html, "plain", "Good, to judge", all.Sum(category => (long)category.TestGood), "");
        Tile(html, "plain", "Defective, to judge", all.Sum(category => (long)category.TestDefective), $"{all.Sum(category => category.MasksPresent)} with a mask");
        Tile(html, problems > 0 ? "bad" : "good", "Problems", problems, $"{Display.Count(all.Sum(category => category.UnreadableCount), "file")} cannot be used");
        html.Raw("</div>\n");
        if (all.Count > 1)
        {
            html.Raw("<table>\n<thead><tr><th>category</th><th class=\"n\">train</th><th class=\"n\">test good</th><th class=\"n\">defective</th><th class=\"n\">masks</th><th class=\"n\">problems</th></tr></thead>\n<tbody>\n");
            foreach (CategoryDescription category in all)
            {
                html.Add($"<tr><td>{Display.Name(category.Name)}</td><td class=\"n\">{category.TrainGood}</td><td class=\"n\">{category.TestGood}</td><td class=\"n\">{category.TestDefective}</td><td class=\"n\">{category.MasksPresent}</td><td class=\"n\">{category.Problems.Count}</td></tr>\n");
            }

            html.Raw("</tbody>\n</table>\n");
        }

        html.Raw("</header>\n");
    }

    private static void Tile(HtmlBuilder html, string kind, string label, long value, string more) =>
        html.Add($"<div class=\"tile {kind}\"><div class=\"label\">{label}</div><b>{value}</b><div class=\"more\">{more}</div></div>\n");
}

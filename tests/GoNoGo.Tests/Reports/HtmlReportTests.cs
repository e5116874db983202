using System.Globalization;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using GoNoGo.Evaluating;
using GoNoGo.Inspecting;
using GoNoGo.Reports;
using GoNoGo.Tensors.Formats;
using GoNoGo.Testing.SyntheticData;
using GoNoGo.Vision.Imaging;
using Xunit;

namespace GoNoGo.Tests.Reports;

public sealed partial class HtmlReportTests
{
    [Fact]
    public void Page_SaysWhatWasFoundAndAtWhichSizes()
    {
        string page = HtmlReport.Render(SampleResult.Usual());
        Assert.Contains("found 2 of 3 defective parts and refused 1 of 3 good parts", page, StringComparison.Ordinal);
        Assert.Contains("at map size 16x12", page, StringComparison.Ordinal);
        Assert.Contains("Missed defects: the 1 with the lowest scores, of 1", page, StringComparison.Ordinal);
        Assert.Contains("False alarms: the 1 with the highest scores, of 1", page, StringComparison.Ordinal);
        Assert.Contains("abc123", page, StringComparison.Ordinal);
        Assert.Contains("20 normal scores cannot support it.", page, StringComparison.Ordinal);
        Assert.Contains("pixel threshold 0.400", page, StringComparison.Ordinal);
        Assert.Contains("limit 0.3", page, StringComparison.Ordinal);
    }

    [Fact]
    public void Page_ShowsDisplayScoresRoundedDown()
    {
        EvaluationResult result = SampleResult.Usual();
        string page = HtmlReport.Render(result with { Showcase = [.. result.Showcase.Select(shown => shown with { Picture = shown.Picture with { DisplayScore = 49.97 } })] });
        Assert.Contains("score 0.900, 49 of 100", page, StringComparison.Ordinal);
        Assert.DoesNotContain("of 100", HtmlReport.Render(result), StringComparison.Ordinal);
    }

    [Fact]
    public void Page_ListsTheStrongestDefectsOfAPart()
    {
        EvaluationResult result = SampleResult.Usual();
        float[] map = new float[16 * 12];
        // In order of their peaks: 2 map pixels at (4, 2), then single ones at (0, 0), (15, 11), (8, 8).
        (map[(2 * 16) + 4], map[(2 * 16) + 5], map[0], map[^1], map[(8 * 16) + 8]) = (9, 8, 7, 6, 5);
        DefectList defects = DefectList.Find(map, 16, 12, 5, new PictureRegion(100, 50, 160, 120), 400, 300)!;
        Assert.Equal(4, defects.Total);
        Assert.Equal(new Defect(140, 70, 20, 10, 200, 200d / 120_000, 9, 145, 75), defects[0]);
        string page = HtmlReport.Render(result with
        {
            Showcase = [.. result.Showcase.Take(1).Select(shown => shown with { Map = map, Defects = defects, Region = new MapRegion(100, 50, 160, 120) })],
        });
        WellFormed(page);
        Assert.Contains("<td class=\"n\">140, 70</td><td class=\"n\">20 x 10</td><td class=\"n\">0.17", page, StringComparison.Ordinal);
        Assert.Equal(3, Count(page, " x 10</td>"));
        Assert.Contains("and 1 weaker one", page, StringComparison.Ordinal);
    }

    [Fact]
    public void Defects_StayInThePicture_AndTheirNumberIsBounded()
    {
        float[] map = [.. Enumerable.Range(0, 99 * 3).Select(i => i / 99 == 1 && i % 2 == 0 ? 1f : 0f)];
        DefectList defects = DefectList.Find(map, 99, 3, 1, new PictureRegion(0, 0, 7, 1), 7, 1)!;
        Assert.Equal((DefectList.Most, 49), (defects.Count, defects.Total));
        Assert.All(defects, defect => Assert.True(defect.X >= 0 && defect.X + defect.Width <= 7 && defect is { Y: 0, Height: 1, Area: 1 }));
        Assert.Null(DefectList.Find(map, 99, 3, null, new PictureRegion(0, 0, 7, 1), 7, 1));
        Assert.Empty(DefectList.Find(map, 99, 3, 2, new PictureRegion(0, 0, 7, 1), 7, 1)!);
    }

    [Fact]
    public void Page_ShowsThreePicturesForADefectivePartAndTwoForAGoodOne()
    {
        string page = HtmlReport.Render(SampleResult.Usual());
        Assert.Equal((3 * 3) + (3 * 2), Count(page, "<img "));
        Assert.Equal(Count(page, "<img "), Count(page, "src=\"data:image/png;base64,iVBOR"));
    }

    [Fact]
    public void Page_IsWellFormedAndNeedsNothingOutside()
    {
        string page = HtmlReport.Render(SampleResult.Usual());
        WellFormed(page);
        Assert.DoesNotContain("http:", page, StringComparison.Ordinal);
        Assert.DoesNotContain("https:", page, StringComparison.Ordinal);
        Assert.DoesNotContain("<script", page, StringComparison.Ordinal);
        Assert.DoesNotContain("<link", page, StringComparison.Ordinal);
        Assert.DoesNotContain("@import", page, StringComparison.Ordinal);
        Assert.All(Sources().Matches(page), match => Assert.StartsWith("data:", match.Groups[1].Value, StringComparison.Ordinal));
        Assert.All(Urls().Matches(page), match => Assert.Equal("url(#heat)", match.Value));
    }

    [Fact]
    public void HostileNames_AreOnlyText()
    {
        const string Hostile = "\"><script>alert('x')</script><img src=x onerror=y>&\u0001\u202E";
        EvaluationResult result = SampleResult.Of([("good", 0.1f), (Hostile, 0.9f)], name: index => Hostile + index) with
        {
            Category = Hostile,
            ModelName = Hostile,
            Notes = [Hostile],
            Unreadable = [new(Hostile, Hostile)],
        };
        string page = HtmlReport.Render(result);
        WellFormed(page);
        Assert.DoesNotContain("<script", page, StringComparison.Ordinal);
        Assert.DoesNotContain("<img src=x", page, StringComparison.Ordinal);
        Assert.Contains("&quot;&gt;&lt;script&gt;alert(&#39;x&#39;)", page, StringComparison.Ordinal);
        Assert.DoesNotContain('\u0001', page);
    }

    [Fact]
    public void Folders_OfTheMachineAreLeftOut()
    {
        EvaluationResult result = SampleResult.Usual() with
        {
            Notes = [@"the file 'C:\Users\me\my data\part 1.png' is odd.", "see /home/me/line/x.png, compare test/good/1.png and 1/2."],
            Unreadable = [new("test/good/009.png", "'/home/me/my data/test/good/009.png' is cut off")],
        };
        string page = HtmlReport.Render(result);
        Assert.DoesNotContain("/home", page, StringComparison.Ordinal);
        Assert.DoesNotContain("Users", page, StringComparison.Ordinal);
        Assert.Contains("&#39;part 1.png&#39; is odd", page, StringComparison.Ordinal);
        Assert.Contains("See x.png, compare test/good/1.png and 1/2.", page, StringComparison.Ordinal);
        Assert.Contains("&#39;009.png&#39; is cut off", page, StringComparison.Ordinal);
    }

    [Fact]
    public void OneClassOnly_NamesWhyMetricsAreUndefined()
    {
        string onlyGood = HtmlReport.Render(SampleResult.Of([("good", 0.1f), ("good", 0.9f)]));
        WellFormed(onlyGood);
        Assert.Contains("there are no defective samples", onlyGood, StringComparison.Ordinal);
        Assert.Contains("refused 1 of 2 good parts", onlyGood, StringComparison.Ordinal);
        Assert.DoesNotContain("NaN", onlyGood, StringComparison.Ordinal);

        string onlyDefective = HtmlReport.Render(SampleResult.Of([("dent", 0.1f), ("dent", 0.9f)]));
        WellFormed(onlyDefective);
        Assert.Contains("there are no normal samples", onlyDefective, StringComparison.Ordinal);
        Assert.DoesNotContain("NaN", onlyDefective, StringComparison.Ordinal);
    }

    [Fact]
    public void NoMasks_SaysSoInsteadOfPixelMetrics()
    {
        string page = HtmlReport.Render(SampleResult.Of([("good", 0.1f), ("dent", 0.9f)], hasMasks: false));
        WellFormed(page);
        Assert.Contains("no pixel metrics, because no picture has a mask", page, StringComparison.Ordinal);
        Assert.DoesNotContain("aupro", page, StringComparison.Ordinal);
        Assert.Contains("no mask</div>", page, StringComparison.Ordinal);
    }

    [Fact]
    public void NoThreshold_GivesNoVerdicts()
    {
        string page = HtmlReport.Render(SampleResult.Of([("good", 0.1f), ("dent", 0.9f)], threshold: null));
        WellFormed(page);
        Assert.Contains("has no threshold, so there are no verdicts", page, StringComparison.Ordinal);
        Assert.DoesNotContain("Verdicts at the threshold", page, StringComparison.Ordinal);
        Assert.Contains("no verdict</span>", page, StringComparison.Ordinal);
        Assert.Contains("the same for all of them", page, StringComparison.Ordinal);
    }

    [Fact]
    public void EqualScores_AndInfiniteOnes_AreDrawn()
    {
        string page = HtmlReport.Render(SampleResult.Of([("good", 0.5f), ("dent", 0.5f), ("dent", float.PositiveInfinity)]));
        WellFormed(page);
        Assert.DoesNotContain("NaN", page, StringComparison.Ordinal);
        Assert.Contains("infinite", page, StringComparison.Ordinal);
    }

    [Fact]
    public void Page_IsTheSameForTheSameResultInEveryCulture()
    {
        string page = HtmlReport.Render(SampleResult.Usual());
        CultureInfo before = CultureInfo.CurrentCulture;
        try
        {
            CultureInfo.CurrentCulture = CultureInfo.GetCultureInfo("de-DE");
            Assert.Equal(page, HtmlReport.Render(SampleResult.Usual()));
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    [Fact]
    public void Write_OverwritesOnlyWhenTold()
    {
        using var folder = new TemporaryFolder();
        string path = HtmlReport.Write(SampleResult.Usual(), folder["report"], overwrite: false);
        Assert.Equal(folder["report/index.html"], path);
        Assert.Throws<FileWriteException>(() => HtmlReport.Write(SampleResult.Usual(), folder["report"], overwrite: false));
        Assert.Throws<FileWriteException>(() => HtmlReport.Require(folder["report"], overwrite: false));
        HtmlReport.Write(SampleResult.Usual(), folder["report"], overwrite: true);
        Assert.Throws<FileWriteException>(() => HtmlReport.Require(folder["report/index.html/below"], overwrite: false));
    }

    /// <summary>The page is written as XML that HTML parsers read too, but for two lines; then every tag is closed and every value escaped.</summary>
    private static void WellFormed(string page)
    {
        string xml = VoidTags().Replace(page.Replace("<!DOCTYPE html>", "", StringComparison.Ordinal), "<$1/>");
        XElement root = XElement.Parse(xml);
        Assert.Equal("html", root.Name.LocalName);
    }

    private static int Count(string text, string part) => text.Split(part).Length - 1;

    [GeneratedRegex("<((?:meta|img)\\b[^>]*)>")]
    private static partial Regex VoidTags();

    [GeneratedRegex("(?:src|href)=\"([^\"]*)\"")]
    private static partial Regex Sources();

    [GeneratedRegex("url\\([^)]*\\)")]
    private static partial Regex Urls();
}

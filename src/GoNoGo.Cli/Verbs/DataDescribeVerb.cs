using System.CommandLine;
using GoNoGo.Cli.Parsing;
using GoNoGo.Cli.Rendering;
using GoNoGo.Reports;
using GoNoGo.Vision.Datasets;
using GoNoGo.Vision.Datasets.Description;

namespace GoNoGo.Cli.Verbs;

/// <summary><c>gonogo data describe</c></summary>
internal sealed class DataDescribeVerb : Verb
{
    private readonly Argument<string> _folder = new("DIR") { Description = "folder of the data set" };
    private readonly Option<string?> _category = DataOptions.Category("only this category");
    private readonly Option<string?> _layout = DataOptions.Layout();
    private readonly Option<bool> _headersOnly = new("--headers-only") { Description = "read headers instead of decoding pictures: quick, but finds no damage inside, duplicates or exposure outliers" };
    private readonly Option<string?> _report = new("--report") { HelpName = "DIR", Description = "write a page with thumbnails of each category and each problem: one HTML page that opens offline" };
    private readonly Option<bool> _force = DataOptions.Force("overwrite an existing report");
    private readonly Option<bool> _json = DataOptions.Json();

    public DataDescribeVerb()
        : base("describe", "says what a folder of pictures holds: layout, categories, counts, sizes, problems")
    {
        Add(_folder);
        AddAll(_category, _layout, _headersOnly, _report, _force, _json);
    }

    public override IReadOnlyList<string> Examples => ["data describe parts", "data describe mvtec --category bottle --report bottle-data"];

    public override int Run(ParseResult parsed, Session session)
    {
        Dataset dataset = Dataset.Open(parsed.GetRequiredValue(_folder), parsed.GetValue(_layout));
        string? report = parsed.GetValue(_report);
        bool force = parsed.GetValue(_force);
        ReportFolders.Require(report, force);
        var options = new DescribeOptions { DecodePictures = !parsed.GetValue(_headersOnly) };
        DataDescription description = session.Terminal.Count(
            "looking at pictures", progress => DataDescriber.Describe(dataset, parsed.GetValue(_category), options, progress, session.Cancellation));
        string? page = report is null ? null : DataReport.Write(dataset, description, report, force, session.Cancellation);
        if (parsed.GetValue(_json))
        {
            session.Terminal.Line(DataText.Json(description, page));
            return ExitCode.Done;
        }

        DataText.Show(description, session.Terminal);
        if (page is not null)
        {
            session.Terminal.Line();
            session.Terminal.Line($"report: {page}");
        }

        return ExitCode.Done;
    }
}

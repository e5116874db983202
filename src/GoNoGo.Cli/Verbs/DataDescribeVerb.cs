using System.CommandLine;
using GoNoGo.Cli.Parsing;
using GoNoGo.Cli.Rendering;
using GoNoGo.Vision.Datasets;
using GoNoGo.Vision.Datasets.Description;

namespace GoNoGo.Cli.Verbs;

/// <summary><c>gonogo data describe</c></summary>
internal sealed class DataDescribeVerb : Verb
{
    private readonly Argument<string> _folder = new("DIR") { Description = "folder of the data set" };
    private readonly Option<string?> _category = DataOptions.Category("only this category");
    private readonly Option<string?> _layout = DataOptions.Layout();
    private readonly Option<bool> _decode = new("--decode") { Description = "decode every picture instead of reading headers (slower; finds damage inside)" };
    private readonly Option<bool> _json = DataOptions.Json();

    public DataDescribeVerb()
        : base("describe", "says what a folder of pictures holds: layout, categories, counts, sizes, problems")
    {
        Add(_folder);
        AddAll(_category, _layout, _decode, _json);
    }

    public override IReadOnlyList<string> Examples => ["data describe parts"];

    public override int Run(ParseResult parsed, Session session)
    {
        Dataset dataset = Dataset.Open(parsed.GetRequiredValue(_folder), parsed.GetValue(_layout));
        DataDescription description = DataDescriber.Describe(
            dataset, parsed.GetValue(_category), new DescribeOptions { DecodePictures = parsed.GetValue(_decode) }, session.Cancellation);
        if (parsed.GetValue(_json))
        {
            session.Terminal.Line(DataText.Json(description));
        }
        else
        {
            DataText.Show(description, session.Terminal);
        }

        return ExitCode.Done;
    }
}

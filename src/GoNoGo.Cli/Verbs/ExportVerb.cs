using System.CommandLine;
using GoNoGo.Cli.Parsing;
using GoNoGo.Cli.Rendering;
using GoNoGo.Exporting;

namespace GoNoGo.Cli.Verbs;

/// <summary><c>gonogo export</c></summary>
internal sealed class ExportVerb : Verb
{
    private readonly BackboneArguments _backbone = new();
    private readonly Option<string?> _onnx = new("--onnx") { HelpName = "FILE", Description = "file to write: preprocessed pictures [batch, 3, h, w] in, for each level an output [batch, D, h, w] of its name", Required = true };
    private readonly Option<bool> _force = DataOptions.Force("overwrite an existing file");
    private readonly Option<bool> _json = DataOptions.Json();

    public ExportVerb()
        : base("export", "writes a backbone as an ONNX file, and checks that the file computes the same before it is left")
    {
        AddAll(_backbone.All);
        AddAll(_onnx, _force, _json);
    }

    public override IReadOnlyList<string> Examples => ["export --backbone deit-base --levels block7 --onnx deit-base.onnx"];

    public override IEnumerable<KeyValuePair<string, IReadOnlyList<string>>> MoreHelp => BackboneArguments.Help;

    public override int Run(ParseResult parsed, Session session)
    {
        var request = new ExportRequest(_backbone.Read(parsed), parsed.GetRequiredValue(_onnx)!) { Force = parsed.GetValue(_force) };
        ExportOutcome outcome = session.Terminal.Progress(
            "exporting", view => OnnxExport.Run(request, stage => view.Report(stage == "reading weights" ? 0 : stage == "writing" ? 0.2 : 0.4, stage), session.Cancellation));
        foreach (string warning in outcome.Warnings)
        {
            session.Terminal.Warn(warning);
        }

        if (parsed.GetValue(_json))
        {
            session.Terminal.Line(ExportText.Json(outcome));
        }
        else
        {
            ExportText.Show(outcome, session.Terminal);
        }

        return ExitCode.Done;
    }
}

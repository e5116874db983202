using System.CommandLine;
using GoNoGo.Cli.Parsing;
using GoNoGo.Cli.Rendering;
using GoNoGo.Exporting;

namespace GoNoGo.Cli.Verbs;

/// <summary><c>gonogo export</c></summary>
internal sealed class ExportVerb : Verb
{
    private readonly Argument<string?> _model = new("MODEL") { Description = "model file, written whole: preprocessed pictures [batch, C, H, W] in, outputs score [batch] and map [batch, H, W]", Arity = ArgumentArity.ZeroOrOne };
    private readonly BackboneArguments _backbone = new(isRequired: false);
    private readonly Option<string?> _onnx = new("--onnx") { HelpName = "FILE", Description = "file to write; of a backbone: preprocessed pictures [batch, 3, h, w] in, for each level an output [batch, D, h, w] of its name", Required = true };
    private readonly Option<bool> _externalData = new("--external-data") { Description = "large tensors in a second file, FILE.data; otherwise only where FILE would have more than the 2 GB it can hold" };
    private readonly Option<bool> _force = DataOptions.Force("overwrite existing files");
    private readonly Option<bool> _json = DataOptions.Json();

    public ExportVerb()
        : base("export", "writes a model, or a backbone alone, as an ONNX file, and checks that the file computes the same before it is left")
    {
        Add(_model);
        AddAll(_backbone.All);
        AddAll(_onnx, _externalData, _force, _json);
    }

    public override IReadOnlyList<string> Examples => ["export bottle.gonogo --onnx bottle.onnx", "export --backbone deit-base --levels block7 --onnx deit-base.onnx"];

    public override IEnumerable<KeyValuePair<string, IReadOnlyList<string>>> MoreHelp => BackboneArguments.Help;

    public override int Run(ParseResult parsed, Session session)
    {
        string? model = parsed.GetValue(_model);
        if ((model is null) == (_backbone.Id(parsed) is null))
        {
            throw new UsageException("give either a model file or --backbone ID; see 'gonogo export --help'.");
        }

        bool json = parsed.GetValue(_json);
        return model is null ? ExportBackbone(parsed, session, json) : ExportModel(model, parsed, session, json);
    }

    private int ExportModel(string model, ParseResult parsed, Session session, bool json)
    {
        if (_backbone.FirstDetail(parsed) is { } option)
        {
            throw new UsageException($"{option} goes with --backbone ID; a model has its own levels and options: leave it out.");
        }

        var request = new ModelExportRequest(model, parsed.GetRequiredValue(_onnx)!)
        {
            Weights = _backbone.Weights(parsed),
            ExternalData = parsed.GetValue(_externalData),
            Force = parsed.GetValue(_force),
        };
        ModelExportOutcome outcome = session.Terminal.Progress(
            "exporting", view => ModelExport.Run(request, stage => view.Report(stage == "reading the model" ? 0 : stage == "writing" ? 0.2 : 0.4, stage), session.Cancellation));
        if (json)
        {
            session.Terminal.Line(ExportText.Json(outcome));
        }
        else
        {
            ExportText.Show(outcome, session.Terminal);
        }

        return ExitCode.Done;
    }

    private int ExportBackbone(ParseResult parsed, Session session, bool json)
    {
        var request = new ExportRequest(_backbone.Read(parsed), parsed.GetRequiredValue(_onnx)!)
        {
            ExternalData = parsed.GetValue(_externalData),
            Force = parsed.GetValue(_force),
        };
        ExportOutcome outcome = session.Terminal.Progress(
            "exporting", view => OnnxExport.Run(request, stage => view.Report(stage == "reading weights" ? 0 : stage == "writing" ? 0.2 : 0.4, stage), session.Cancellation));
        foreach (string warning in outcome.Warnings)
        {
            session.Terminal.Warn(warning);
        }

        if (json)
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

using System.CommandLine;
using GoNoGo.Cli.Parsing;
using GoNoGo.Cli.Rendering;
using GoNoGo.Weights;

namespace GoNoGo.Cli.Verbs;

/// <summary><c>gonogo weights import</c></summary>
internal sealed class WeightsImportVerb : Verb
{
    private readonly Argument<string> _id = new("ID") { Description = "backbone, as in 'weights list'" };
    private readonly Argument<string> _file = new("FILE") { Description = "checkpoint: .pth of any form, or safetensors" };
    private readonly Option<bool> _force = DataOptions.Force("replace what is here");
    private readonly Option<bool> _json = DataOptions.Json();

    public WeightsImportVerb()
        : base("import", "brings in weights from a file: checks its tensors, keeps them as one safetensors file; executes nothing in it")
    {
        Add(_id);
        Add(_file);
        AddAll(_force, _json);
    }

    public override IReadOnlyList<string> Examples => ["weights import esvit-tiny checkpoint_best.pth"];

    public override int Run(ParseResult parsed, Session session)
    {
        ImportedWeights weights = WeightStore.Default.Import(
            parsed.GetRequiredValue(_id), parsed.GetRequiredValue(_file), parsed.GetValue(_force), session.Cancellation);
        WeightsText.Show(weights, parsed.GetValue(_json), session.Terminal);
        return ExitCode.Done;
    }
}

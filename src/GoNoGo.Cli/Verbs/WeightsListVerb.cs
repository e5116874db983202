using System.CommandLine;
using GoNoGo.Cli.Parsing;
using GoNoGo.Cli.Rendering;
using GoNoGo.Weights;

namespace GoNoGo.Cli.Verbs;

/// <summary><c>gonogo weights list</c></summary>
internal sealed class WeightsListVerb : Verb
{
    private readonly Option<bool> _json = DataOptions.Json();

    public WeightsListVerb()
        : base("list", "lists the pre-trained weights that are known: which are here, their size, licence and source") => Add(_json);

    public override IReadOnlyList<string> Examples => ["weights list"];

    public override int Run(ParseResult parsed, Session session)
    {
        WeightStore store = WeightStore.Default;
        if (parsed.GetValue(_json))
        {
            session.Terminal.Line(WeightsText.Json(store));
        }
        else
        {
            WeightsText.Show(store, session.Terminal);
        }

        return ExitCode.Done;
    }
}

using System.CommandLine;
using GoNoGo.Cli.Parsing;
using GoNoGo.Cli.Rendering;
using GoNoGo.Weights;

namespace GoNoGo.Cli.Verbs;

/// <summary><c>gonogo weights verify</c></summary>
internal sealed class WeightsVerifyVerb : Verb
{
    private readonly Argument<string?> _id = new("ID") { Description = "backbone (default: all that are here)", Arity = ArgumentArity.ZeroOrOne };
    private readonly Option<bool> _json = DataOptions.Json();

    public WeightsVerifyVerb()
        : base("verify", "hashes the weights that are here again; exit code 1 where one is damaged")
    {
        Add(_id);
        Add(_json);
    }

    public override IReadOnlyList<string> Examples => ["weights verify"];

    public override int Run(ParseResult parsed, Session session)
    {
        IReadOnlyList<VerifiedWeights> results = WeightStore.Default.Verify(parsed.GetValue(_id), session.Cancellation);
        if (parsed.GetValue(_json))
        {
            session.Terminal.Line(WeightsText.Json(results));
        }
        else
        {
            WeightsText.Show(results, session.Terminal);
        }

        return results.Any(result => result.Condition == WeightCondition.Damaged) ? ExitCode.Failed : ExitCode.Done;
    }
}

using System.CommandLine;
using GoNoGo.Cli.Parsing;

namespace GoNoGo.Cli.Verbs;

/// <summary><c>gonogo demo</c></summary>
internal sealed class DemoVerb : Verb
{
    private readonly Option<string?> _output = new("--output") { HelpName = "DIR", Description = "folder for pictures, model and report (default: gonogo-demo)" };
    private readonly Option<ulong?> _seed = Numbers.Seed("seed of the sample product line (default: 1)");
    private readonly Option<bool> _force = DataOptions.Force("overwrite an earlier demo");

    public DemoVerb()
        : base("demo", "makes a sample product line, trains on it, evaluates and writes a report; about two minutes on 2 cores") =>
        AddAll(_output, _seed, _force);

    public override IReadOnlyList<string> Examples => ["demo", "demo --output try --seed 3"];

    public override int Run(ParseResult parsed, Session session) => throw new NotImplementedException();
}

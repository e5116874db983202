using System.CommandLine;
using GoNoGo.Cli.Parsing;
using GoNoGo.Cli.Rendering;
using GoNoGo.Weights;

namespace GoNoGo.Cli.Verbs;

/// <summary><c>gonogo weights path</c></summary>
internal sealed class WeightsPathVerb : Verb
{
    private readonly Argument<string> _id = new("ID") { Description = "backbone, as in 'weights list'" };
    private readonly Option<bool> _json = DataOptions.Json();

    public WeightsPathVerb()
        : base("path", "prints where the weights of a backbone lie; fails where they are not here")
    {
        Add(_id);
        Add(_json);
    }

    public override IReadOnlyList<string> Examples => ["weights path resnet50"];

    public override int Run(ParseResult parsed, Session session)
    {
        string id = parsed.GetRequiredValue(_id);
        string path = WeightStore.Default.Require(id);
        session.Terminal.Line(parsed.GetValue(_json)
            ? JsonText.Object(json =>
            {
                json.WriteString("id", id);
                json.WriteString("path", path);
            })
            : path);
        return ExitCode.Done;
    }
}

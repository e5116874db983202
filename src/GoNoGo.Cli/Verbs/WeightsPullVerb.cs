using System.CommandLine;
using GoNoGo.Cli.Parsing;
using GoNoGo.Cli.Rendering;
using GoNoGo.Cli.Terminals;
using GoNoGo.Weights;

namespace GoNoGo.Cli.Verbs;

/// <summary><c>gonogo weights pull</c></summary>
internal sealed class WeightsPullVerb : Verb
{
    private readonly Argument<string> _id = new("ID") { Description = "backbone, as in 'weights list'" };
    private readonly Option<string?> _from = new("--from") { HelpName = "WHERE", Description = "folder, file or http address of a mirror instead of the published address" };
    private readonly Option<bool> _force = DataOptions.Force("fetch again what is here");
    private readonly Option<bool> _json = DataOptions.Json();

    public WeightsPullVerb()
        : base("pull", "fetches the weights of a backbone and checks them; goes on where a broken download ended")
    {
        Add(_id);
        AddAll(_from, _force, _json);
    }

    public override IReadOnlyList<string> Examples => ["weights pull resnet50", "weights pull deit-base --from /media/usb/weights"];

    public override int Run(ParseResult parsed, Session session)
    {
        ImportedWeights weights = session.Terminal.Progress("fetching weights", view => WeightStore.Default.Pull(
            new PullRequest(parsed.GetRequiredValue(_id))
            {
                From = parsed.GetValue(_from),
                MayOverwrite = parsed.GetValue(_force),
                Progress = Report(view),
                Note = session.Terminal.Log,
            },
            session.Cancellation));
        WeightsText.Show(weights, parsed.GetValue(_json), session.Terminal);
        return ExitCode.Done;
    }

    private static Action<long, long> Report(IProgressView view) => (done, all) =>
        view.Report(all > 0 ? (double)done / all : 0, all > 0 ? $"{Format.Bytes(done)} of {Format.Bytes(all)}" : Format.Bytes(done));
}

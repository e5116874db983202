using System.Globalization;
using System.Text;
using GoNoGo.Cli.Terminals;
using GoNoGo.Detection.Training;

namespace GoNoGo.Cli.Rendering;

/// <summary>Shows a training: losses, rate and remaining time beside a bar, or one line an epoch.</summary>
internal sealed class TrainingText(IProgressView view, double? maxMinutes)
{
    private long _firstBatch;
    private (int Run, TrainingPass Pass) _part = (-1, default);
    private TimeSpan _firstTime;

    public void Report(TrainingProgress progress)
    {
        long each = (long)progress.MaxEpochs * progress.Batches;
        long all = each * progress.Runs;
        long done = (progress.Run * each) + Math.Min(each, ((long)progress.Epoch * progress.Batches) + progress.Batch);
        if (_part != (progress.Run, progress.Pass))
        {
            // The first report: a resumed training begins somewhere in the middle, and that of the seed before may have ended early.
            bool isNewRun = _part.Run != progress.Run;
            _part = (progress.Run, progress.Pass);
            _firstBatch = done;
            _firstTime = progress.Elapsed;
            if (isNewRun && progress.Seed is { } seed)
            {
                view.Milestone(string.Create(CultureInfo.InvariantCulture, $"seed {seed} ({progress.Run + 1} of {progress.Runs})"));
            }
        }

        TimeSpan spent = progress.Elapsed - _firstTime;
        double rate = (done - _firstBatch) / Math.Max(spent.TotalSeconds, 1e-6);
        double byEpochs = rate > 0 ? (all - done) / rate : double.PositiveInfinity;
        double byMinutes = maxMinutes is { } minutes ? (60 * minutes) - progress.Elapsed.TotalSeconds : double.PositiveInfinity;
        double left = Math.Min(byEpochs, byMinutes);
        double fraction = Math.Max((double)done / all, maxMinutes is { } limit ? progress.Elapsed.TotalMinutes / limit : 0);
        string pace = rate > 0 && double.IsFinite(left)
            ? $"{Rate.Number(rate)} steps/s, at most {Rate.Duration(TimeSpan.FromSeconds(Math.Max(0, Math.Min(left, 1e8))))} left"
            : "";
        if (progress.Pass != TrainingPass.Epochs)
        {
            (string what, string unit) = progress.Pass == TrainingPass.Features ? ("features of ", "pictures") : ("chosen ", "patches");
            string count = string.Create(CultureInfo.InvariantCulture, $"{what}{progress.Batch}/{progress.Batches} {unit}");
            view.Report(Math.Clamp(fraction, 0, 1), Join(Seed(progress), count, pace.Replace("steps/s", unit + "/s", StringComparison.Ordinal)));
            return;
        }

        view.Report(Math.Clamp(fraction, 0, 1), Join(Seed(progress), Epoch(progress), Losses(progress, parts: false), pace));
        if (progress.IsEpochEnd)
        {
            view.Milestone(Join($"{Epoch(progress)}: {Losses(progress, parts: true)}", Held(progress), pace));
        }

        if (progress.Note is { } note)
        {
            view.Milestone(note);
        }
    }

    private static string Seed(TrainingProgress progress) =>
        progress.Seed is { } seed ? string.Create(CultureInfo.InvariantCulture, $"seed {seed}") : "";

    private static string Epoch(TrainingProgress progress) =>
        string.Create(CultureInfo.InvariantCulture, $"epoch {progress.Epoch + 1}/{progress.MaxEpochs}");

    private static string Losses(TrainingProgress progress, bool parts)
    {
        var text = new StringBuilder();
        text.Append("loss ").Append(Format.Score(progress.Losses["loss"]));
        if (parts && progress.Losses.Count > 1)
        {
            text.Append(" (").AppendJoin(", ", progress.Losses.Where(part => part.Key != "loss").Select(part => $"{part.Key} {Format.Score(part.Value)}")).Append(')');
        }

        return text.ToString();
    }

    private static string Held(TrainingProgress progress) => string.Create(
        CultureInfo.InvariantCulture,
        $"{(progress.ValidationLoss is { } held ? $"held-out loss {Format.Score(held)}, " : "")}best epoch {progress.BestEpoch + 1}");

    private static string Join(params ReadOnlySpan<string> parts)
    {
        var text = new StringBuilder();
        foreach (string part in parts)
        {
            if (part.Length > 0)
            {
                text.Append(text.Length > 0 ? ", " : "").Append(part);
            }
        }

        return text.ToString();
    }
}

using System.Globalization;
using GoNoGo.Cli.Terminals;
using GoNoGo.Detection.Models;

namespace GoNoGo.Cli.Rendering;

/// <summary>How a training ended, as a row of a table: epochs and the loss of the best, or the loss alone of a fit in one pass.</summary>
internal static class OutcomeText
{
    public static void Add(TextTable table, TrainingOutcome training)
    {
        if (training.StopReason != TrainingOutcome.OnePass)
        {
            table.Add("epochs", string.Create(CultureInfo.InvariantCulture, $"{training.Epochs}, best {training.BestEpoch + 1} (loss {(training.BestLoss is { } best ? Format.Score(best) : "none")}), ended by {training.StopReason}"));
        }
        else if (training.BestLoss is { } loss)
        {
            table.Add("loss", Format.Score(loss));
        }
    }
}

using System.Globalization;
using GoNoGo.Cli.Terminals;
using GoNoGo.Detection.Models;
using GoNoGo.Detection.Training;
using GoNoGo.Training;

namespace GoNoGo.Cli.Rendering;

/// <summary>How each of several seeds went, and how much they differ.</summary>
internal static class SeedText
{
    public static void Table(TrainResult result, Terminal terminal)
    {
        var table = new TextTable("seed", ">epochs", ">best epoch", ">loss", ">held-out median", ">held-out highest", ">threshold", "ended by");
        foreach (SeedResult seed in result.Seeds)
        {
            bool isKept = seed.Seed == result.Manifest.Seed;
            string name = seed.Seed.ToString(CultureInfo.InvariantCulture) + (isKept ? " (kept)" : "");
            bool hasEpochs = seed.Training is { } training && training.StopReason != TrainingOutcome.OnePass;
            table.Add(
                new Cell(name, isKept ? Tone.Good : Tone.Plain),
                hasEpochs ? Format.Count(seed.Training!.Epochs) : "",
                hasEpochs ? Format.Count(seed.Training!.BestEpoch + 1) : "",
                Number(seed.Loss), Number(seed.HeldOutMedian), Number(seed.HeldOutHighest), Number(seed.ImageThreshold),
                seed.Training?.StopReason ?? "failed");
        }

        Spread[] spreads = [.. Columns(result).Select(column => Spread.Of(column.Values))];
        Add("mean", spread => spread.Mean);
        Add("deviation", spread => spread.Deviation);
        terminal.Line();
        terminal.Table(table);

        void Add(string name, Func<Spread, double> of) =>
            table.Add([name, "", "", .. spreads.Select(spread => new Cell(double.IsFinite(of(spread)) ? Format.Score(of(spread)) : "")), ""]);
    }

    /// <summary>The numbers that are compared, by their JSON names.</summary>
    public static IEnumerable<(string Name, IEnumerable<double?> Values)> Columns(TrainResult result) =>
    [
        ("best_loss", result.Seeds.Select(seed => seed.Loss)),
        ("held_out_median", result.Seeds.Select(seed => (double?)seed.HeldOutMedian)),
        ("held_out_highest", result.Seeds.Select(seed => (double?)seed.HeldOutHighest)),
        ("image_threshold", result.Seeds.Select(seed => (double?)seed.ImageThreshold)),
    ];

    private static string Number(double? value) => value is { } number ? Format.Score(number) : "";
}

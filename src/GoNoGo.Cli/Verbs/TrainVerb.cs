using System.CommandLine;
using System.Globalization;
using GoNoGo.Cli.Parsing;
using GoNoGo.Cli.Rendering;
using GoNoGo.Cli.Terminals;
using GoNoGo.Detection.Backbones;
using GoNoGo.Detection.Detectors;
using GoNoGo.Detection.Models;
using GoNoGo.Detection.Options;
using GoNoGo.Detection.Training;
using GoNoGo.Training;

namespace GoNoGo.Cli.Verbs;

/// <summary><c>gonogo train</c></summary>
internal sealed class TrainVerb : Verb
{
    private readonly Option<string?> _data = DataOptions.Data(required: true);
    private readonly Option<string?> _category = DataOptions.Category();
    private readonly Option<string?> _layout = DataOptions.Layout();
    private readonly Option<string?> _detector = new("--detector") { HelpName = "ID", Description = "what learns (default: vtadl)" };
    private readonly Option<string?> _backbone = FeatureSelection.Backbone("pre-trained network whose features the detector looks at (default: the detector's choice)");
    private readonly Option<string?> _levels = FeatureSelection.Levels();
    private readonly Option<string?> _weights = FeatureSelection.Weights("weights of the backbone, safetensors or .pth (default: from the store, 'gonogo weights')");
    private readonly Option<bool> _bundle = new("--bundle-backbone") { Description = "keep the weights of the backbone in the model (default: where under 100 MB and freely licensed)" };
    private readonly Option<bool> _noBundle = new("--no-bundle-backbone") { Description = "keep only their SHA-256; whoever uses the model needs the weights" };
    private readonly Option<string?> _preset = new("--preset") { HelpName = "P", Description = $"set of option values to start from: {string.Join(", ", OptionTable.Presets)}" };
    private readonly Option<string[]> _set = new("--set") { HelpName = "OPTION=VALUE", Description = "change one option of the detector or its backbone; may be given often", AllowMultipleArgumentsPerToken = false };
    private readonly Option<string?> _roi = new("--roi") { HelpName = "REGION", Description = "judge this region of the picture alone: a mask file (not 0 = inside), rectangles 'x,y,w,h;x,y,w,h', or none (default: regions/roi.png of the data)" };
    private readonly Option<string?> _ignore = new("--ignore") { HelpName = "REGION", Description = "never judge this region, written likewise (default: regions/ignore.png of the data)" };
    private readonly Option<ulong?> _seed = Numbers.Seed("seed of initialisation, order and noise (default: 1)");
    private readonly Option<int?> _seeds = Numbers.Integer("--seeds", "N", "train N seeds from --seed on, report how they differ, keep the model of the smallest validation loss", 1, 1000);
    private readonly Option<int?> _epochs = Numbers.Integer("--epochs", "N", "most epochs; short for --set max-epochs=N", 1);
    private readonly Option<double?> _maxMinutes = Numbers.Number("--max-minutes", "M", "end after M minutes with the best weights so far; with --seeds all together", 0);
    private readonly Option<double?> _checkpointMinutes = Numbers.Number("--checkpoint-minutes", "M", "shortest time between two checkpoints (default: 10)", 0, 100_000);
    private readonly Option<bool> _resume = new("--resume") { Description = "go on from the checkpoint that an interrupted run left" };
    private readonly Option<bool> _force = DataOptions.Force("overwrite an existing model; begin anew over a checkpoint");
    private readonly Option<string?> _output = new("--output") { HelpName = "MODEL.gonogo", Description = "model file to write; its log and checkpoint lie beside it", Required = true };

    private readonly Option<bool> _json = DataOptions.Json();

    public TrainVerb()
        : base("train", "trains a detector on pictures of good parts and writes a model file") =>
        AddAll(_data, _category, _layout, _detector, _backbone, _levels, _weights, _bundle, _noBundle, _preset, _set, _roi, _ignore, _seed, _seeds, _epochs, _maxMinutes, _checkpointMinutes, _resume, _force, _output, _json);

    public override IReadOnlyList<string> Examples =>
    [
        "train --data parts --output parts.gonogo",
        "train --data mvtec --category bottle --detector vtadl --set gaussians=100 --max-minutes 30 --output bottle.gonogo",
        "train --data mvtec --category bottle --detector padim --backbone resnet18 --levels layer2,layer3 --weights resnet18.safetensors --output bottle.gonogo",
        "train --data mvtec --category bottle --detector vtadl --seeds 5 --max-minutes 60 --output bottle.gonogo",
        "train --data parts --roi part.png --ignore '40,200,120,30' --output parts.gonogo",
    ];

    public override IEnumerable<KeyValuePair<string, IReadOnlyList<string>>> MoreHelp =>
    [
        new("Detectors ('gonogo info --detector ID' lists the options for --set, docs/detectors/ID.md explains them)",
            [.. DetectorCatalog.Entries.Select(entry => $"{entry.Id,-12}{entry.Summary}")]),
        new("Backbones, for detectors that look at features",
            [.. BackboneCatalog.Entries.Select(entry => $"{entry.Id,-22}{entry.Summary}")]),
    ];

    public override int Run(ParseResult parsed, Session session)
    {
        TrainRequest request = Request(parsed);
        try
        {
            TrainResult result = session.Terminal.Progress("training", view =>
            {
                var text = new TrainingText(view, request.MaxMinutes);
                return Trainer.Run(request, text.Report, session.Cancellation);
            });
            Show(result, request, session.Terminal, parsed.GetValue(_json));
            return ExitCode.Done;
        }
        catch (OperationCanceledException) when (session.Cancellation.IsCancellationRequested)
        {
            throw new InterruptedException(Checkpoints.Exists(request.Output + Trainer.CheckpointExtension)
                ? $"interrupted; the checkpoint is kept, go on with: {CommandText.Of(session.Args, "--resume")}"
                : "interrupted before the first step; nothing was written.");
        }
    }

    private TrainRequest Request(ParseResult parsed)
    {
        List<string> settings = [.. parsed.GetValue(_set) ?? []];
        if (parsed.GetValue(_epochs) is { } epochs)
        {
            settings.Add(string.Create(CultureInfo.InvariantCulture, $"max-epochs={epochs}"));
        }

        var request = new TrainRequest(parsed.GetRequiredValue(_data)!, parsed.GetRequiredValue(_output)!)
        {
            Category = parsed.GetValue(_category),
            Layout = parsed.GetValue(_layout),
            Settings = settings,
            Backbone = parsed.GetValue(_backbone),
            Levels = FeatureSelection.Split(parsed.GetValue(_levels)),
            Weights = parsed.GetValue(_weights),
            BundleBackbone = Bundle(parsed.GetValue(_bundle), parsed.GetValue(_noBundle)),
            Region = parsed.GetValue(_roi),
            Ignore = parsed.GetValue(_ignore),
            MaxMinutes = parsed.GetValue(_maxMinutes),
            Resume = parsed.GetValue(_resume),
            Force = parsed.GetValue(_force),
        };
        return request with
        {
            Detector = parsed.GetValue(_detector) ?? request.Detector,
            Preset = parsed.GetValue(_preset) ?? request.Preset,
            Seed = parsed.GetValue(_seed) ?? request.Seed,
            SeedCount = parsed.GetValue(_seeds) ?? request.SeedCount,
            CheckpointInterval = parsed.GetValue(_checkpointMinutes) is { } minutes ? TimeSpan.FromMinutes(minutes) : request.CheckpointInterval,
        };
    }

    private static bool? Bundle(bool bundle, bool noBundle) => (bundle, noBundle) switch
    {
        (true, true) => throw new UsageException("give --bundle-backbone or --no-bundle-backbone, not both."),
        (true, false) => true,
        (false, true) => false,
        _ => null,
    };

    private static void Show(TrainResult result, TrainRequest request, Terminal terminal, bool asJson)
    {
        Manifest manifest = result.Manifest;
        foreach (string note in result.Notes)
        {
            terminal.Log("gonogo: note: " + note);
        }

        if (asJson)
        {
            terminal.Line(TrainingJson.Text(result));
            return;
        }

        var table = new TextTable("", "");
        table.Add("model", result.Model);
        table.Add("detector", $"{manifest.Detector}, category '{manifest.Category}', seed {manifest.Seed.ToString(CultureInfo.InvariantCulture)}");
        if (manifest.Backbone is { } backbone)
        {
            table.Add("backbone", Format.Backbone(backbone));
        }

        table.Add("good pictures", string.Create(CultureInfo.InvariantCulture, $"{manifest.TrainingData.FitCount} fitted, {manifest.TrainingData.ValidationCount} held out"));
        if (manifest.Region is { } region)
        {
            table.Add("judged", Format.Region(region));
        }

        OutcomeText.Add(table, manifest.Training);

        table.Add("threshold", ThresholdText.Of(manifest.ImageThreshold));
        table.Add("pixel threshold", ThresholdText.Of(manifest.PixelThreshold));
        table.Add("time", Rate.Duration(result.Elapsed));
        terminal.Table(table);
        if (result.Seeds.Count > 1)
        {
            SeedText.Table(result, terminal);
        }

        terminal.Log($"next: {CommandText.Of(["evaluate", request.Output, "--data", request.DataFolder])}");
    }
}

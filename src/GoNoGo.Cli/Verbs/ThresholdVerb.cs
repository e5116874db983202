using System.CommandLine;
using GoNoGo.Cli.Parsing;
using GoNoGo.Cli.Rendering;
using GoNoGo.Cli.Terminals;
using GoNoGo.Detection.Models;
using GoNoGo.Evaluating;
using GoNoGo.Models;

namespace GoNoGo.Cli.Verbs;

/// <summary><c>gonogo threshold</c></summary>
internal sealed class ThresholdVerb : Verb
{
    private readonly Argument<string> _model = new("MODEL") { Description = "model file" };
    private readonly Option<double?> _rate = Numbers.Number("--false-reject-rate", "R", "from the held-out good pictures: refuse a share R of good parts at most (0.01 = 1 %)", 0, 0.999999);
    private readonly Option<double?> _costMiss = Numbers.Number("--cost-miss", "A", "cheapest on the test pictures of --data: what a defective part judged go costs", 0);
    private readonly Option<double?> _costFalseAlarm = Numbers.Number("--cost-false-alarm", "B", "with --cost-miss: what a good part judged no-go costs", 0);
    private readonly Option<string?> _data = DataOptions.Data(required: false, "with costs: folder of the data set with labelled test pictures");
    private readonly Option<string?> _category = DataOptions.Category("with --data: category (default: the model's)");
    private readonly Option<string?> _layout = DataOptions.Layout();
    private readonly Option<string?> _weights = FeatureSelection.Weights(FeatureSelection.OfModel);
    private readonly Option<double?> _value = Numbers.Number("--value", "X", "this value", -float.MaxValue, float.MaxValue);
    private readonly Option<bool> _pixel = new("--pixel") { Description = "the pixel threshold, which colours heat maps, instead of the image threshold" };
    private readonly Option<string?> _output = new("--output") { HelpName = "FILE", Description = "write a new model file instead of changing MODEL" };
    private readonly Option<bool> _force = DataOptions.Force("overwrite an existing --output");
    private readonly Option<bool> _json = DataOptions.Json();

    public ThresholdVerb()
        : base("threshold", "prints the thresholds of a model, or changes one without training; weights stay byte for byte")
    {
        Add(_model);
        AddAll(_rate, _costMiss, _costFalseAlarm, _data, _category, _layout, _weights, _value, _pixel, _output, _force, _json);
    }

    public override IReadOnlyList<string> Examples =>
    [
        "threshold bottle.gonogo",
        "threshold bottle.gonogo --false-reject-rate 0.005",
        "threshold bottle.gonogo --cost-miss 50 --cost-false-alarm 1 --data bottle --output bottle-strict.gonogo",
    ];

    public override int Run(ParseResult parsed, Session session)
    {
        string model = parsed.GetRequiredValue(_model);
        CheckCombination(parsed);
        string shown = model;
        if (Choose(parsed, model, session) is { } threshold)
        {
            string? output = parsed.GetValue(_output);
            ThresholdEditor.Store(model, threshold, parsed.GetValue(_pixel), output, parsed.GetValue(_force));
            shown = output ?? model;
        }

        Manifest manifest = ModelInfo.ReadManifest(shown);
        int count = ThresholdEditor.CalibrationCount(shown);
        if (parsed.GetValue(_json))
        {
            session.Terminal.Line(JsonText.Object(json =>
            {
                json.WriteString("model", shown);
                ThresholdText.Json(json, "image", manifest.ImageThreshold);
                ThresholdText.Json(json, "pixel", manifest.PixelThreshold);
                json.WriteNumber("calibration_count", count);
            }));
            return ExitCode.Done;
        }

        ThresholdText.Table(manifest, session.Terminal);
        session.Terminal.Line($"{shown}: no-go if and only if image score >= threshold; {Format.Count(count)} held-out good pictures to calibrate on.");
        return ExitCode.Done;
    }

    private void CheckCombination(ParseResult parsed)
    {
        bool byCost = parsed.GetValue(_costMiss) is not null || parsed.GetValue(_costFalseAlarm) is not null;
        int ways = (parsed.GetValue(_rate) is not null ? 1 : 0) + (byCost ? 1 : 0) + (parsed.GetValue(_value) is not null ? 1 : 0);
        if (ways > 1)
        {
            throw new UsageException("give only one of --false-reject-rate, --cost-miss with --cost-false-alarm, and --value.");
        }

        if (byCost && (parsed.GetValue(_costMiss) is null || parsed.GetValue(_costFalseAlarm) is null || parsed.GetValue(_data) is null))
        {
            throw new UsageException("a threshold by cost needs --cost-miss A, --cost-false-alarm B and --data DIR together.");
        }

        if (byCost && parsed.GetValue(_costMiss) + parsed.GetValue(_costFalseAlarm) == 0)
        {
            throw new UsageException("--cost-miss and --cost-false-alarm cannot both be 0.");
        }

        if (!byCost && (parsed.GetValue(_data) is not null || parsed.GetValue(_category) is not null || parsed.GetValue(_layout) is not null))
        {
            throw new UsageException("--data, --category and --layout belong to --cost-miss and --cost-false-alarm.");
        }

        if (ways == 0 && (parsed.GetValue(_output) is not null || parsed.GetValue(_pixel) || parsed.GetValue(_force)))
        {
            throw new UsageException("--output, --pixel and --force need a threshold to store: --false-reject-rate R, --cost-miss A with --cost-false-alarm B, or --value X.");
        }
    }

    private StoredThreshold? Choose(ParseResult parsed, string model, Session session)
    {
        if (parsed.GetValue(_rate) is { } rate)
        {
            return ThresholdEditor.FromFalseRejectRate(model, rate, parsed.GetValue(_pixel));
        }

        if (parsed.GetValue(_value) is { } value)
        {
            return ThresholdEditor.FromValue((float)value);
        }

        if (parsed.GetValue(_costMiss) is not { } miss)
        {
            return null;
        }

        var request = new EvaluateRequest(model, parsed.GetValue(_data)!) { Category = parsed.GetValue(_category), Layout = parsed.GetValue(_layout), Weights = parsed.GetValue(_weights) };
        return session.Terminal.Count("judging test pictures", progress =>
            ThresholdEditor.FromCosts(request, miss, parsed.GetValue(_costFalseAlarm)!.Value, parsed.GetValue(_pixel), progress, session.Cancellation));
    }
}

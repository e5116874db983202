using System.CommandLine;
using System.Globalization;
using GoNoGo.Cli.Parsing;
using GoNoGo.Cli.Rendering;
using GoNoGo.Cli.Terminals;
using GoNoGo.Detection.Detectors;
using GoNoGo.Detection.Models;
using GoNoGo.Detection.Options;
using GoNoGo.Models;

namespace GoNoGo.Cli.Verbs;

/// <summary><c>gonogo info</c></summary>
internal sealed class InfoVerb : Verb
{
    private readonly Argument<string?> _model = new("MODEL") { Description = "model file", Arity = ArgumentArity.ZeroOrOne };
    private readonly Option<string?> _detector = new("--detector") { HelpName = "ID", Description = "instead of a model: the options of a detector, for train --set" };
    private readonly Option<bool> _measure = new("--measure") { Description = "also judge a made-up picture again and again: time of one picture (median) and the most memory, on this machine" };
    private readonly Option<string?> _weights = FeatureSelection.Weights("with --measure: weights of the backbone for a model that does not hold them (default: from the store)");
    private readonly Option<bool> _json = DataOptions.Json();

    public InfoVerb()
        : base("info", "says what a model file is: manifest, sizes, parameter counts")
    {
        Add(_model);
        AddAll(_detector, _measure, _weights, _json);
    }

    public override IReadOnlyList<string> Examples => ["info bottle.gonogo", "info bottle.gonogo --measure", "info --detector vtadl"];

    public override int Run(ParseResult parsed, Session session)
    {
        string? model = parsed.GetValue(_model);
        string? detector = parsed.GetValue(_detector);
        if ((model is null) == (detector is null))
        {
            throw new UsageException("give either a model file or --detector ID; see 'gonogo info --help'.");
        }

        bool json = parsed.GetValue(_json);
        bool measures = parsed.GetValue(_measure);
        if (measures && model is null)
        {
            throw new UsageException("--measure needs a model file; give MODEL.");
        }

        if (parsed.GetValue(_weights) is not null && !measures)
        {
            throw new UsageException("--weights goes with --measure; without it the weights are not read.");
        }

        if (detector is not null)
        {
            DetectorEntry entry = DetectorCatalog.Find(detector);
            DetectorText.Show(entry, json, session.Terminal);
            return ExitCode.Done;
        }

        ModelInfo info = ModelInfo.Read(model!);
        ModelMeasurement? measured = measures ? ModelMeasurement.Run(model!, parsed.GetValue(_weights), session.Cancellation) : null;
        if (json)
        {
            session.Terminal.Line(Json(info, measured));
        }
        else
        {
            Show(info, measured, session.Terminal);
        }

        return ExitCode.Done;
    }

    private static string Json(ModelInfo info, ModelMeasurement? measured) => JsonText.Object(json =>
    {
        json.WriteString("model", info.Path);
        json.WriteNumber("bytes", info.FileBytes);
        json.WriteNumber("parameters", info.ParameterCount);
        json.WriteNumber("buffers", info.BufferCount);
        json.WriteNumber("trainable_parameters", info.Counts.Trainable);
        json.Value("published_parameters", (double?)info.Counts.Published);
        json.Value("backbone_parameters", (double?)info.Counts.Backbone);
        if (measured is not null)
        {
            json.WriteStartObject("measured");
            json.WriteNumber("median_seconds", measured.MedianSeconds);
            json.WriteNumber("slowest_seconds", measured.SlowestSeconds);
            json.WriteNumber("calls", measured.Calls);
            json.WriteNumber("picture_width", measured.PictureWidth);
            json.WriteNumber("picture_height", measured.PictureHeight);
            json.WriteNumber("threads", measured.Threads);
            json.WriteNumber("peak_bytes", measured.PeakBytes);
            json.WriteString("machine", measured.Machine);
            json.WriteEndObject();
        }

        json.WritePropertyName("manifest");
        json.WriteRawValue(info.Manifest.ToJson());
        json.Objects("tensors", info.Tensors, tensor =>
        {
            json.WriteString("name", tensor.Key);
            json.WriteString("shape", tensor.Value);
        });
    });

    private static void Show(ModelInfo info, ModelMeasurement? measured, Terminal terminal)
    {
        Manifest manifest = info.Manifest;
        TrainingData data = manifest.TrainingData;
        CultureInfo invariant = CultureInfo.InvariantCulture;
        var table = new TextTable("", "");
        table.Add("model", $"{info.Path}, {Format.Bytes(info.FileBytes)}, format {manifest.FormatVersion.ToString(invariant)}");
        table.Add("detector", manifest.Detector);
        if (manifest.Backbone is { } backbone)
        {
            table.Add("backbone", Format.Backbone(backbone));
            table.Add("its SHA-256", backbone.Sha256);
        }

        table.Add("parameters", Format.Count(info.ParameterCount) + (info.BufferCount > 0 ? $" and {Format.Count(info.BufferCount)} running statistics" : ""));
        table.Add("trainable", info.Counts.Trainable > 0 ? Format.Count(info.Counts.Trainable) : "none: found in one pass");
        if (info.Counts.Published is { } published)
        {
            table.Add("as published", $"{Format.Count(published)}, as counted in the paper's Table 1");
        }

        if (info.Counts.Backbone is { } frozen)
        {
            table.Add("of the backbone", $"{Format.Count(frozen)}, frozen, as far as its levels need it");
        }

        table.Add("category", manifest.Category);
        table.Add("picture", string.Create(invariant, $"{manifest.Preprocessing.Width} x {manifest.Preprocessing.Height}, {manifest.Preprocessing.Channels} channel(s), {manifest.Preprocessing.Framing}, {manifest.Preprocessing.Filter}, intensity {manifest.Preprocessing.Intensity?.Text ?? "full"}{(manifest.Preprocessing.JpegScale > 1 ? $", JPEG decoded {manifest.Preprocessing.JpegScale} times smaller" : "")}"));
        if (manifest.Region is { } region)
        {
            table.Add("judged", Format.Region(region));
        }

        table.Add("map size", string.Create(invariant, $"{manifest.MapWidth}x{manifest.MapHeight}"));
        table.Add("threshold", ThresholdText.Of(manifest.ImageThreshold));
        table.Add("pixel threshold", ThresholdText.Of(manifest.PixelThreshold));
        table.Add("good pictures", string.Create(invariant, $"{data.FitCount} fitted, {data.ValidationCount} held out (split seed {data.SplitSeed})"));
        table.Add("their sizes", $"{Format.Range(data.Widths)} x {Format.Range(data.Heights)}, {string.Join(" or ", data.Channels.Select(count => count.ToString(invariant)))} channel(s){(data.BitDepths is { } depths ? $", {string.Join(" or ", depths.Select(bits => bits.ToString(invariant)))} bits" : "")}");
        table.Add("their SHA-256", data.Sha256);
        table.Add("seed", manifest.Seed.ToString(invariant));
        OutcomeText.Add(table, manifest.Training);

        if (measured is not null)
        {
            table.Add("one picture", string.Create(invariant, $"{1000 * measured.MedianSeconds:F1} ms (median of {measured.Calls}, slowest {1000 * measured.SlowestSeconds:F1} ms), {measured.PictureWidth} x {measured.PictureHeight}, decoding left out, {measured.Threads} thread(s)"));
            table.Add("most memory", $"{Format.Bytes(measured.PeakBytes)} of the whole process");
            table.Add("measured on", measured.Machine);
        }

        terminal.Table(table);

        var options = new TextTable("option", "value", "default");
        OptionTable known = DetectorCatalog.Find(manifest.Detector).Options;
        foreach ((string id, string value) in manifest.Options)
        {
            string standard = known[id].Default;
            bool changed = value != standard;
            if (changed || terminal.IsVerbose)
            {
                options.Add(id, value, new Cell(changed ? standard : "", Tone.Dim));
            }
        }

        terminal.Line();
        if (options.RowCount > 0)
        {
            terminal.Table(options);
        }
        else
        {
            terminal.Line("All options have their defaults.");
        }

        if (terminal.IsVerbose)
        {
            var tensors = new TextTable("tensor", "shape");
            foreach ((string name, string shape) in info.Tensors)
            {
                tensors.Add(name, shape);
            }

            terminal.Line();
            terminal.Table(tensors);
        }
    }
}

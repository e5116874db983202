using System.CommandLine;
using System.Globalization;
using GoNoGo.Cli.Parsing;
using GoNoGo.Cli.Rendering;
using GoNoGo.Cli.Terminals;
using GoNoGo.Inspecting;
using GoNoGo.Reports;
using GoNoGo.Vision.Imaging;

namespace GoNoGo.Cli.Verbs;

/// <summary><c>gonogo inspect</c></summary>
internal sealed class InspectVerb : Verb
{
    private readonly Argument<string> _model = new("MODEL") { Description = "model file" };
    private readonly Argument<string[]> _paths = new("PATH") { Description = "pictures: files, folders (with all below them) or globs (*, ?, **)", Arity = ArgumentArity.OneOrMore };
    private readonly Option<string?> _heatmaps = new("--heatmaps") { HelpName = "DIR", Description = "write a picture with its heat map for each part; one colour scale, fixed by the model's pixel threshold" };
    private readonly Option<string?> _maps = new("--maps") { HelpName = "DIR", Description = "write each part's anomaly map as a 32-bit float TIFF of the model's map size" };
    private readonly Option<double?> _threshold = Numbers.Number("--threshold", "X", "judge with this image threshold instead of the model's", -float.MaxValue, float.MaxValue);
    private readonly Option<string?> _weights = FeatureSelection.Weights(FeatureSelection.OfModel);
    private readonly Option<bool> _skipDamaged = new("--skip-damaged") { Description = "judge the other pictures first when some cannot be read; the exit code is 1 all the same" };
    private readonly Option<bool> _force = DataOptions.Force("overwrite existing heat maps and maps");
    private readonly Option<bool> _json = DataOptions.Json("one JSON object a line, as each part is judged");
    private readonly Option<bool> _csv = new("--csv") { Description = "comma-separated values with a header" };

    public InspectVerb()
        : base("inspect", "judges pictures: go or no-go, how sure, and where")
    {
        Add(_model);
        Add(_paths);
        AddAll(_heatmaps, _maps, _threshold, _weights, _skipDamaged, _force, _json, _csv);
    }

    public override IReadOnlyList<string> Examples =>
    [
        "inspect bottle.gonogo part.png",
        "inspect bottle.gonogo 'camera/2026-*/**/*.png' --heatmaps found --json --skip-damaged",
    ];

    public override IEnumerable<KeyValuePair<string, IReadOnlyList<string>>> MoreHelp =>
    [
        new("Exit codes", ["0 every part is go, 3 a part is no-go, 1 a picture could not be read or something failed (1 outranks 3)"]),
    ];

    public override int Run(ParseResult parsed, Session session)
    {
        if (parsed.GetValue(_json) && parsed.GetValue(_csv))
        {
            throw new UsageException("give either --json or --csv, not both.");
        }

        InspectionFormat format = parsed.GetValue(_json) ? InspectionFormat.Json : parsed.GetValue(_csv) ? InspectionFormat.Csv : InspectionFormat.Text;
        using Inspector inspector = Inspector.Load(parsed.GetRequiredValue(_model), (float?)parsed.GetValue(_threshold), parsed.GetValue(_weights));
        PictureList pictures = PictureList.Expand(parsed.GetRequiredValue(_paths));
        HeatmapWriter? heatmaps = parsed.GetValue(_heatmaps) is { } folder
            ? HeatmapWriter.Open(folder, pictures.Files, inspector, parsed.GetValue(_force))
            : null;
        MapWriter? maps = parsed.GetValue(_maps) is { } mapFolder
            ? MapWriter.Open(mapFolder, pictures.Files, parsed.GetValue(_force))
            : null;
        var run = new InspectRun(session, format, parsed.GetValue(_skipDamaged), heatmaps, maps);
        return run.Execute(inspector, pictures);
    }

    /// <summary>The state of one inspection.</summary>
    private sealed class InspectRun(Session session, InspectionFormat format, bool skipsDamaged, HeatmapWriter? heatmaps, MapWriter? maps)
    {
        private readonly InspectionText _text = new(session.Terminal, format);
        private int _go;
        private int _noGo;
        private int _damaged;
        private bool _warned;
        private bool _warnedOfAlpha;
        private bool _warnedOfOrientation;
        private bool _warnedOfPages;

        private Terminal Terminal => session.Terminal;

        public int Execute(Inspector inspector, PictureList pictures)
        {
            _text.Begin();
            if (Terminal.OutIsTerminal)
            {
                // The findings themselves show the progress.
                Judge(inspector, pictures, null);
            }
            else
            {
                Terminal.Count("inspecting", progress => Judge(inspector, pictures, progress));
            }

            Summary(pictures.IgnoredCount);
            return _damaged > 0 ? ExitCode.Failed : _noGo > 0 ? ExitCode.NoGo : ExitCode.Done;
        }

        private bool Judge(Inspector inspector, PictureList pictures, Action<int, int>? progress)
        {
            foreach (InspectionOutcome outcome in inspector.InspectAll(pictures.Files, session.Cancellation))
            {
                session.Cancellation.ThrowIfCancellationRequested();
                if (outcome.Inspection is not { } inspection)
                {
                    if (!skipsDamaged)
                    {
                        throw new ImageFormatException($"{outcome.Error!.TrimEnd('.')}; judged {Done} of {pictures.Files.Count} before it, add --skip-damaged to judge the others.");
                    }

                    _damaged++;
                    _text.Write(outcome, null, null);
                    continue;
                }

                Count(inspection.Verdict);
                WarnOnce(outcome);
                string? map = maps?.Write(outcome);
                _text.Write(outcome, heatmaps?.Write(outcome), map);
                progress?.Invoke(Done, pictures.Files.Count);
            }

            return true;
        }

        private int Done => _go + _noGo + _damaged;

        private void Count(Verdict verdict)
        {
            if (verdict == Verdict.NoGo)
            {
                _noGo++;
            }
            else
            {
                _go++;
            }
        }

        private void WarnOnce(InspectionOutcome outcome)
        {
            if (!_warnedOfAlpha && outcome.HasAlpha)
            {
                _warnedOfAlpha = true;
                Terminal.Warn($"'{outcome.Name}' has an alpha channel, which is ignored, as are those of others, without another warning.");
            }

            if (!_warnedOfOrientation && outcome.IsTurned)
            {
                _warnedOfOrientation = true;
                Terminal.Warn($"'{outcome.Name}' carries an EXIF orientation, which is ignored (it is judged as stored), as are those of others, without another warning.");
            }

            if (!_warnedOfPages && outcome.Pages > 1)
            {
                _warnedOfPages = true;
                Terminal.Warn($"'{outcome.Name}' has several pages, of which only the first is judged, as of others, without another warning.");
            }

            if (!_warned && outcome.Differences.Count > 0)
            {
                _warned = true;
                Terminal.Warn($"'{outcome.Name}' is not like the training pictures ({string.Join("; ", outcome.Differences)}); it is judged all the same, as are others like it, without another warning.");
            }
        }

        private void Summary(int ignored)
        {
            string text = string.Create(
                CultureInfo.InvariantCulture,
                $"{_go + _noGo + _damaged} pictures: {_go} go, {_noGo} no-go{(_damaged > 0 ? $", {_damaged} could not be read" : "")}{(ignored > 0 ? $"; {ignored} file(s) that are no pictures ignored" : "")}.");
            if (format == InspectionFormat.Text)
            {
                Terminal.Line(text);
            }
            else
            {
                Terminal.Log("gonogo: " + text);
            }

            if (_damaged > 0)
            {
                Terminal.ErrorLine(string.Create(CultureInfo.InvariantCulture, $"error: {_damaged} picture(s) could not be read; see the lines above, then take them anew."));
            }
        }
    }
}

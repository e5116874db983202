using System.CommandLine;
using System.Globalization;
using GoNoGo.Cli.Parsing;
using GoNoGo.Cli.Rendering;
using GoNoGo.Features;
using GoNoGo.Vision.Imaging;

namespace GoNoGo.Cli.Verbs;

/// <summary><c>gonogo features</c></summary>
internal sealed class FeaturesVerb : Verb
{
    private readonly Argument<string[]> _paths = new("PATH") { Description = "pictures: files, folders (with all below them) or globs (*, ?, **)", Arity = ArgumentArity.ZeroOrMore };
    private readonly BackboneArguments _backbone = new();
    private readonly Option<string?> _tensor = new("--tensor") { HelpName = "FILE.safetensors", Description = "instead of pictures: the tensor 'input' [n, 3, h, w] of this file, taken as it is" };
    private readonly Option<string?> _output = new("--output") { HelpName = "FILE.safetensors", Description = "file to write: each level a float32 tensor [n, D, h, w] of its name, the files' names in the metadata", Required = true };
    private readonly Option<bool> _skipDamaged = new("--skip-damaged") { Description = "leave out pictures that cannot be read; the exit code is 1 all the same" };
    private readonly Option<bool> _force = DataOptions.Force("overwrite an existing file");
    private readonly Option<bool> _json = DataOptions.Json();

    public FeaturesVerb()
        : base("features", "computes features of pictures with a pre-trained backbone and writes them to a file")
    {
        Add(_paths);
        AddAll(_backbone.All);
        AddAll(_tensor, _output, _skipDamaged, _force, _json);
    }

    public override IReadOnlyList<string> Examples =>
    [
        "features --backbone deit-base --levels block7,last parts/good --output good.safetensors",
        "features --backbone resnet50 --weights resnet50-11ad3fa6.pth --tensor batch.safetensors --output features.safetensors",
    ];

    public override IEnumerable<KeyValuePair<string, IReadOnlyList<string>>> MoreHelp => BackboneArguments.Help;

    public override int Run(ParseResult parsed, Session session)
    {
        string[] paths = parsed.GetValue(_paths) ?? [];
        string? tensor = parsed.GetValue(_tensor);
        if (paths.Length == 0 == tensor is null)
        {
            throw new UsageException("give pictures, or a file of tensors with --tensor; one of the two.");
        }

        var request = new FeatureRequest(_backbone.Read(parsed), parsed.GetRequiredValue(_output)!)
        {
            Paths = paths,
            TensorFile = tensor,
            SkipDamaged = parsed.GetValue(_skipDamaged),
            Force = parsed.GetValue(_force),
        };
        FeatureOutcome outcome = session.Terminal.Count("computing features", progress => Compute(request, progress, session.Cancellation));
        foreach (string warning in outcome.Warnings)
        {
            session.Terminal.Warn(warning);
        }

        foreach (UnreadablePicture picture in outcome.Unreadable)
        {
            session.Terminal.Log($"gonogo: {picture.Error}");
        }

        if (parsed.GetValue(_json))
        {
            session.Terminal.Line(FeatureText.Json(outcome));
        }
        else
        {
            FeatureText.Show(outcome, session.Terminal);
        }

        if (outcome.Unreadable.Count == 0)
        {
            return ExitCode.Done;
        }

        session.Terminal.ErrorLine(string.Create(CultureInfo.InvariantCulture, $"error: {outcome.Unreadable.Count} picture(s) could not be read and are not in '{outcome.Output}'; take them anew."));
        return ExitCode.Failed;
    }

    private static FeatureOutcome Compute(FeatureRequest request, Action<int, int> progress, CancellationToken cancellation)
    {
        try
        {
            return FeatureExtraction.Run(request, progress, cancellation);
        }
        catch (ImageFormatException exception) when (!request.SkipDamaged)
        {
            throw new ImageFormatException($"{exception.Message.TrimEnd('.')}; nothing was written, add --skip-damaged to leave such pictures out.", exception);
        }
    }
}

using System.CommandLine;
using GoNoGo.Cli.Parsing;
using GoNoGo.Cli.Rendering;
using GoNoGo.Detection.Features.Caching;

namespace GoNoGo.Cli.Verbs;

/// <summary><c>gonogo data cache</c></summary>
internal sealed class DataCacheVerb : Verb
{
    private const string Clear = "clear";

    private readonly Argument<string?> _action = new("clear") { Description = "remove all features that no running command uses", Arity = ArgumentArity.ZeroOrOne };
    private readonly Option<bool> _json = DataOptions.Json();

    public DataCacheVerb()
        : base("cache", "shows the features of pictures that are kept between runs, or removes them")
    {
        Add(_action);
        Add(_json);
    }

    public override IReadOnlyList<string> Examples => ["data cache", "data cache clear"];

    public override IEnumerable<KeyValuePair<string, IReadOnlyList<string>>> MoreHelp =>
    [
        new("Environment", [
            $"{FeatureCacheOptions.FolderVariable}     the folder, or off (default: gonogo/cache in the user's folder for application data)",
            $"{FeatureCacheOptions.LimitVariable}  the most gigabytes; what was used longest ago makes way (default: 20)",
        ]),
    ];

    public override int Run(ParseResult parsed, Session session)
    {
        string? action = parsed.GetValue(_action);
        if (action is not (null or Clear))
        {
            throw new UsageException($"'gonogo data cache' has no action '{action}'; give {Clear}, or nothing to see what is there.");
        }

        var cache = new FeatureCache();
        (long Bytes, int InUse)? cleared = action == Clear ? cache.Clear() : null;
        if (parsed.GetValue(_json))
        {
            session.Terminal.Line(CacheText.Json(cache, cleared));
        }
        else
        {
            CacheText.Show(cache, cleared, session.Terminal);
        }

        return ExitCode.Done;
    }
}

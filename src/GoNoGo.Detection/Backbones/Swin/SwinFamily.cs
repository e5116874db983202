using System.Globalization;
using GoNoGo.Vision.Imaging.Resizing;

namespace GoNoGo.Detection.Backbones.Swin;

/// <summary>The shifted-window transformers: the variant table, and the backbone of a row.</summary>
public static class SwinFamily
{
    private const int LargestSize = 1024;

    /// <summary>The variants.</summary>
    public static IReadOnlyList<SwinSettings> Variants { get; } =
    [
        new("esvit-tiny", 96, [2, 2, 6, 2], [3, 6, 12, 24], 14) { Summary = "EsViT Swin-T with windows of 14, self-supervised (Alber et al. 2024)." },
        new("esvit-tiny-w7", 96, [2, 2, 6, 2], [3, 6, 12, 24], 7) { Summary = "EsViT Swin-T with windows of 7, self-supervised." },
    ];

    internal static IEnumerable<BackboneEntry> Entries =>
        Variants.Select(settings => new BackboneEntry(settings.Id, "swin", settings.Summary, options => Create(settings, options)));

    /// <summary>The backbone of a row; public so that rows outside the table (tests, research) can be used.</summary>
    /// <exception cref="BackboneException">The input size gives a stage other windows than the weights have, or an option is not for this family.</exception>
    public static Backbone Create(SwinSettings settings, BackboneOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(settings);
        options ??= new BackboneOptions();
        options.RequireNoBlockNorm(settings.Id);
        int size = options.SizeOr(settings.TrainedSize);
        int stages = settings.Depths.Count;
        if (!Fits(settings, size))
        {
            throw new BackboneException(string.Create(
                CultureInfo.InvariantCulture,
                $"backbone '{settings.Id}' does not take an input of {size} x {size}; {Allowed(settings)}"));
        }

        var levels = new List<FeatureLevel>();
        for (int stage = 0; stage < stages; stage++)
        {
            int side = settings.Side(stage, size);
            levels.Add(new FeatureLevel(
                string.Create(CultureInfo.InvariantCulture, $"stage{stage}"), settings.Width << stage, settings.Patch << stage, side, side, FeatureLayout.Tokens));
        }

        levels.Add(levels[^1] with { Name = Backbone.LastLevel });
        return new Backbone(settings.Id, options, size, SwinGraph.Build(settings, size, options.NormEpsilon ?? settings.NormEpsilon), levels)
        {
            IsIgnorable = name => name.StartsWith("head", StringComparison.Ordinal)
                || name.EndsWith(".relative_position_index", StringComparison.Ordinal) || name.EndsWith(".attn_mask", StringComparison.Ordinal),
            Preprocessing = BackbonePreprocessing.Whole(size),
            ClassificationPreprocessing = BackbonePreprocessing.Classification(size, settings.TrainedSize, settings.ClassificationResize, ResizeFilter.Bicubic),
        };
    }

    /// <summary>Whether every stage has the windows of the trained size, hence the trained bias tables.</summary>
    private static bool Fits(SwinSettings settings, int size) =>
        size >= settings.Patch && size <= LargestSize && size % settings.Patch == 0
        && Enumerable.Range(0, settings.Depths.Count).All(stage => settings.WindowOf(stage, size) == settings.WindowOf(stage, settings.TrainedSize));

    private static string Allowed(SwinSettings settings)
    {
        int[] sizes = [.. Enumerable.Range(1, LargestSize / settings.Patch).Select(i => i * settings.Patch).Where(size => Fits(settings, size))];
        return sizes.Length <= 8
            ? string.Create(CultureInfo.InvariantCulture, $"its windows were trained for {string.Join(", ", sizes)}")
            : string.Create(CultureInfo.InvariantCulture, $"it takes multiples of {settings.Patch} from {sizes[0]} to {sizes[^1]}, and was trained at {settings.TrainedSize}");
    }
}

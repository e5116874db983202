using System.Globalization;
using GoNoGo.Vision.Imaging.Resizing;

namespace GoNoGo.Detection.Backbones.Vit;

/// <summary>The vision transformers: the variant table, and the backbone of a row.</summary>
public static class VitFamily
{
    /// <summary>The variants.</summary>
    public static IReadOnlyList<VitSettings> Variants { get; } =
    [
        new("deit-base", 768, 12, 12) { IsDistilled = true, Summary = "DeiT-B, distilled, patches of 16 (the best backbone of Alber et al. 2024)." },
        new("deit-base-undistilled", 768, 12, 12) { Summary = "DeiT-B without distillation, patches of 16." },
        new("deit-small", 384, 12, 6) { Summary = "DeiT-S, patches of 16." },
        new("deit-tiny", 192, 12, 3) { Summary = "DeiT-Ti, patches of 16: the smallest and fastest." },
    ];

    internal static IEnumerable<BackboneEntry> Entries =>
        Variants.Select(settings => new BackboneEntry(settings.Id, "vit", settings.Summary, options => Create(settings, options)));

    /// <summary>The backbone of a row; public so that rows outside the table (tests, research) can be used.</summary>
    /// <exception cref="BackboneException">The input size is no multiple of the patch.</exception>
    public static Backbone Create(VitSettings settings, BackboneOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(settings);
        options ??= new BackboneOptions();
        int size = options.SizeOr(settings.TrainedSize);
        if (size < settings.Patch || size > 64 * settings.Patch || size % settings.Patch != 0)
        {
            throw new BackboneException(string.Create(
                CultureInfo.InvariantCulture,
                $"backbone '{settings.Id}' does not take an input of {size} x {size}; it takes multiples of {settings.Patch} from {settings.Patch} to {64 * settings.Patch}, and was trained at {settings.TrainedSize} (other sizes resample its position embedding)"));
        }

        int grid = size / settings.Patch;
        return new Backbone(
            settings.Id,
            options,
            size,
            VitGraph.Build(settings, size, options.BlockNorm, options.NormEpsilon ?? settings.NormEpsilon),
            [.. Enumerable.Range(0, settings.Depth).Select(i => $"block{i}").Append(Backbone.LastLevel)
                .Select(name => new FeatureLevel(name, settings.Width, settings.Patch, grid, grid, FeatureLayout.Tokens))])
        {
            IsIgnorable = name => name.StartsWith("head.", StringComparison.Ordinal) || name.StartsWith("head_dist.", StringComparison.Ordinal),
            Preprocessing = BackbonePreprocessing.Whole(size),
            ClassificationPreprocessing = BackbonePreprocessing.Classification(size, settings.TrainedSize, settings.ClassificationResize, ResizeFilter.Bicubic),
        };
    }
}

using System.Globalization;
using GoNoGo.Vision.Imaging.Resizing;

namespace GoNoGo.Detection.Backbones.EfficientFormer;

/// <summary>The EfficientFormers: the variant table, and the backbone of a row.</summary>
public static class EfficientFormerFamily
{
    /// <summary>The variants.</summary>
    public static IReadOnlyList<EfficientFormerSettings> Variants { get; } =
    [
        new("efficientformer-l1", [48, 96, 224, 448], [3, 2, 6, 4], 1) { Summary = "EfficientFormer-L1, distilled." },
        new("efficientformer-l3", [64, 128, 320, 512], [4, 4, 12, 6], 4) { Summary = "EfficientFormer-L3, distilled (Alber et al. 2024)." },
        new("efficientformer-l7", [96, 192, 384, 768], [6, 6, 18, 8], 8) { Summary = "EfficientFormer-L7, distilled." },
    ];

    internal static IEnumerable<BackboneEntry> Entries =>
        Variants.Select(settings => new BackboneEntry(settings.Id, "efficientformer", settings.Summary, options => Create(settings, options)));

    /// <summary>The backbone of a row; public so that rows outside the table (tests, research) can be used.</summary>
    /// <exception cref="BackboneException">The input has another size than the attention biases, or an option is not for this family.</exception>
    public static Backbone Create(EfficientFormerSettings settings, BackboneOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(settings);
        options ??= new BackboneOptions();
        options.RequireNoBlockNorm(settings.Id);
        options.RequireNoNormEpsilon(settings.Id);
        int size = settings.TrainedSize;
        if (options.InputSize != 0 && options.InputSize != size)
        {
            throw new BackboneException(string.Create(
                CultureInfo.InvariantCulture,
                $"backbone '{settings.Id}' does not take an input of {options.InputSize} x {options.InputSize}; its attention biases were trained for {size} x {size} only"));
        }

        var levels = new List<FeatureLevel>();
        for (int stage = 0; stage < settings.Depths.Count; stage++)
        {
            int stride = 4 << stage;
            levels.Add(new FeatureLevel(
                string.Create(CultureInfo.InvariantCulture, $"stage{stage}"), settings.Widths[stage], stride, size / stride, size / stride,
                stage == settings.Depths.Count - 1 ? FeatureLayout.Tokens : FeatureLayout.Maps));
        }

        levels.Add(levels[^1] with { Name = Backbone.LastLevel });
        return new Backbone(settings.Id, options, size, EfficientFormerGraph.Build(settings, size), levels)
        {
            IsIgnorable = name => name.StartsWith("head", StringComparison.Ordinal)
                || name.EndsWith(".num_batches_tracked", StringComparison.Ordinal) || name.EndsWith(".attention_bias_idxs", StringComparison.Ordinal),
            Preprocessing = BackbonePreprocessing.Whole(size),
            ClassificationPreprocessing = BackbonePreprocessing.Classification(size, settings.TrainedSize, settings.ClassificationResize, ResizeFilter.Bicubic),
        };
    }
}

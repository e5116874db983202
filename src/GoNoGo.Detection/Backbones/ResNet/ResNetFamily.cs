using System.Globalization;
using GoNoGo.Vision.Imaging.Resizing;

namespace GoNoGo.Detection.Backbones.ResNet;

/// <summary>The residual networks: the variant table, and the backbone of a row.</summary>
public static class ResNetFamily
{
    private const int Stride = 32;
    private const int LargestSize = 1024;

    /// <summary>The variants.</summary>
    public static IReadOnlyList<ResNetSettings> Variants { get; } =
    [
        new("resnet18", [2, 2, 2, 2], false) { Summary = "ResNet-18: small, quick, good maps at layer2 and layer3." },
        new("resnet34", [3, 4, 6, 3], false) { Summary = "ResNet-34." },
        new("resnet50", [3, 4, 6, 3], true) { Summary = "ResNet-50 (Alber et al. 2024)." },
        new("wide-resnet50-2", [3, 4, 6, 3], true) { InnerFactor = 2, Summary = "Wide ResNet-50-2: the usual choice of memory banks." },
    ];

    internal static IEnumerable<BackboneEntry> Entries =>
        Variants.Select(settings => new BackboneEntry(settings.Id, "resnet", settings.Summary, options => Create(settings, options)));

    /// <summary>The backbone of a row; public so that rows outside the table (tests, research) can be used.</summary>
    /// <exception cref="BackboneException">The input size is no multiple of 32, or an option is not for this family.</exception>
    public static Backbone Create(ResNetSettings settings, BackboneOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(settings);
        options ??= new BackboneOptions();
        options.RequireNoBlockNorm(settings.Id);
        options.RequireNoNormEpsilon(settings.Id);
        int size = options.SizeOr(settings.TrainedSize);
        if (options.InputSize != 0 && (size < Stride || size > LargestSize || size % Stride != 0))
        {
            throw new BackboneException(string.Create(
                CultureInfo.InvariantCulture,
                $"backbone '{settings.Id}' does not take an input of {size} x {size}; it takes multiples of {Stride} from {Stride} to {LargestSize}, and was trained at {settings.TrainedSize}"));
        }

        var levels = new List<FeatureLevel>();
        for (int layer = 0; layer < settings.Depths.Count; layer++)
        {
            int stride = 4 << layer;
            int side = (size + stride - 1) / stride;
            levels.Add(new FeatureLevel(
                string.Create(CultureInfo.InvariantCulture, $"layer{layer + 1}"), settings.OutputWidth(layer), stride, side, side, FeatureLayout.Maps));
        }

        levels.Add(levels[^1] with { Name = Backbone.LastLevel });
        return new Backbone(settings.Id, options, size, ResNetGraph.Build(settings, size), levels)
        {
            IsIgnorable = name => name.StartsWith("fc.", StringComparison.Ordinal) || name.EndsWith(".num_batches_tracked", StringComparison.Ordinal),
            Preprocessing = BackbonePreprocessing.Whole(size),
            ClassificationPreprocessing = BackbonePreprocessing.Classification(size, settings.TrainedSize, settings.ClassificationResize, ResizeFilter.Bilinear),
        };
    }
}

using System.Globalization;

namespace GoNoGo.Vision.Datasets.Description;

/// <summary>
/// Finds pictures that are exposed unlike the good ones of their category. Reference: median and spread (1.4826 times the median
/// absolute deviation) over the good pictures. A picture stands out where its mean brightness lies more than 6 spreads, and more
/// than 12 of 255 levels, from the median; or where its share of black or of white pixels lies more than 6 spreads, and more than a
/// twentieth of the picture, above the median.
/// </summary>
internal static class ExposureCheck
{
    private const int FewestGood = 8;
    private const double Spreads = 6;
    private const double LeastLevels = 12;
    private const double LeastShare = 0.05;

    public static ExposureRange? RangeOf(IReadOnlyList<PictureLook> good)
    {
        if (good.Count == 0)
        {
            return null;
        }

        double[] sorted = [.. good.Select(look => (double)look.Brightness).Order()];
        return new ExposureRange(Middle(sorted), sorted[0], sorted[^1]);
    }

    /// <summary>The pictures that stand out, in the order given.</summary>
    public static List<ExposureOutlier> Find(IReadOnlyList<(DatasetItem Item, PictureLook Look)> pictures)
    {
        PictureLook[] good = [.. pictures.Where(picture => !picture.Item.IsDefective).Select(picture => picture.Look)];
        var outliers = new List<ExposureOutlier>();
        if (good.Length < FewestGood)
        {
            return outliers;
        }

        var brightness = Reference.Of(good, look => look.Brightness, LeastLevels);
        var dark = Reference.Of(good, look => look.DarkShare, LeastShare);
        var bright = Reference.Of(good, look => look.BrightShare, LeastShare);
        foreach ((DatasetItem item, PictureLook look) in pictures)
        {
            string? reason = Math.Abs(look.Brightness - brightness.Median) > brightness.Limit
                    ? string.Create(CultureInfo.InvariantCulture, $"{(look.Brightness < brightness.Median ? "darker" : "brighter")} than the others: mean brightness {look.Brightness:F0}, median of the good pictures {brightness.Median:F0}")
                : look.BrightShare - bright.Median > bright.Limit ? Share("white", look.BrightShare, bright.Median)
                : look.DarkShare - dark.Median > dark.Limit ? Share("black", look.DarkShare, dark.Median)
                : null;
            if (reason is not null)
            {
                outliers.Add(new ExposureOutlier(item.RelativePath, look.Brightness, look.DarkShare, look.BrightShare, reason));
            }
        }

        return outliers;
    }

    private static string Share(string colour, double share, double median) => string.Create(
        CultureInfo.InvariantCulture, $"clipped: {100 * share:F0} % of its pixels are {colour}, median of the good pictures {100 * median:F0} %");

    private static double Middle(double[] sorted) => sorted[sorted.Length / 2];

    /// <summary>A median, and how far from it is too far.</summary>
    private readonly record struct Reference(double Median, double Limit)
    {
        public static Reference Of(PictureLook[] good, Func<PictureLook, float> value, double least)
        {
            double median = Middle([.. good.Select(look => (double)value(look)).Order()]);
            double spread = 1.4826 * Middle([.. good.Select(look => Math.Abs(value(look) - median)).Order()]);
            return new Reference(median, Math.Max(Spreads * spread, least));
        }
    }
}

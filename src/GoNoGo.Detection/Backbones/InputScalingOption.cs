using System.Globalization;
using GoNoGo.Vision.Imaging;

namespace GoNoGo.Detection.Backbones;

/// <summary>The values of one channel over the training pictures at unit scale.</summary>
/// <param name="Smallest">Becomes 0.</param>
/// <param name="Largest">Becomes 1; where it is the smallest too, the channel is only shifted.</param>
public readonly record struct ChannelRange(float Smallest, float Largest);

/// <summary>
/// The option <c>input-scaling</c> (choice 2): <c>imagenet</c>, <c>unit</c>, <c>minmax</c>, or the range of each channel,
/// <c>MIN..MAX,MIN..MAX,MIN..MAX</c>. Training turns <c>minmax</c> into ranges: that is what a model stores, so that no inspection depends on
/// other pictures.
/// </summary>
public static class InputScalingOption
{
    /// <summary>The option's id.</summary>
    public const string Id = "input-scaling";

    /// <summary>Mean and deviation of the weights.</summary>
    public const string ImageNet = "imagenet";

    /// <summary>Only full scale to 1.</summary>
    public const string Unit = "unit";

    /// <summary>Ranges to be found from the pictures that are fitted.</summary>
    public const string MinMax = "minmax";

    private const int Channels = 3;

    /// <summary>What a value stands for.</summary>
    internal static (InputScaling Scaling, IReadOnlyList<ChannelRange> Ranges) Read(string value) => value switch
    {
        ImageNet => (InputScaling.ImageNet, []),
        Unit => (InputScaling.Unit, []),
        _ => (InputScaling.MinMax, Parse(value) ?? []),
    };

    /// <summary>The one written form of a value; null where it is not allowed.</summary>
    internal static string? Write(string text)
    {
        string word = text.ToLowerInvariant();
        return word is ImageNet or Unit or MinMax ? word : Parse(text) is { } ranges ? Write(ranges) : null;
    }

    /// <summary>Ranges as the option has them.</summary>
    /// <param name="ranges">One for each of three channels.</param>
    public static string Write(IReadOnlyList<ChannelRange> ranges) =>
        string.Join(',', ranges.Select(range => string.Create(CultureInfo.InvariantCulture, $"{range.Smallest:R}..{range.Largest:R}")));

    private static ChannelRange[]? Parse(string text)
    {
        string[] parts = text.Split(',');
        var ranges = new ChannelRange[parts.Length];
        for (int i = 0; i < parts.Length; i++)
        {
            int dots = parts[i].IndexOf("..", StringComparison.Ordinal);
            if (dots < 1
                || !float.TryParse(parts[i].AsSpan(0, dots), NumberStyles.Float, CultureInfo.InvariantCulture, out float smallest)
                || !float.TryParse(parts[i].AsSpan(dots + 2), NumberStyles.Float, CultureInfo.InvariantCulture, out float largest)
                || !(smallest <= largest) || !float.IsFinite(largest - smallest))
            {
                return null;
            }

            ranges[i] = new ChannelRange(smallest, largest);
        }

        return ranges.Length == Channels ? ranges : null;
    }
}

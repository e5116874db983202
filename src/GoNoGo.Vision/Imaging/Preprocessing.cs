using System.Text.Json.Serialization;
using GoNoGo.Vision.Imaging.Resizing;

namespace GoNoGo.Vision.Imaging;

/// <summary>
/// How a picture becomes a network's input: framing, resize, channels, scaling. Stored in the model and immutable. Gray is
/// replicated where three channels are wanted, colour becomes luma where one is, alpha is dropped, 16-bit samples are resized and
/// scaled in float without a detour over 8 bits; float samples are taken as they are, full scale being 1.
/// </summary>
public sealed partial record Preprocessing
{
    /// <summary>The mean of ImageNet, per channel at unit scale.</summary>
    public static IReadOnlyList<float> ImageNetMean { get; } = [0.485f, 0.456f, 0.406f];

    /// <summary>The standard deviation of ImageNet, per channel at unit scale.</summary>
    public static IReadOnlyList<float> ImageNetDeviation { get; } = [0.229f, 0.224f, 0.225f];

    /// <summary>Width of the network's input in pixels.</summary>
    public required int Width { get; init; }

    /// <summary>Height of the network's input in pixels.</summary>
    public required int Height { get; init; }

    /// <summary>Channels of the network's input: 1 or 3.</summary>
    public int Channels { get; init; } = 3;

    /// <summary>Which part of the picture is seen.</summary>
    public Framing Framing { get; init; } = Framing.Whole;

    /// <summary>The size before the centre is cut out, for <see cref="Framing.Crop"/> and <see cref="Framing.ShortSide"/>; 0 with the others.</summary>
    public int FrameSize { get; init; }

    /// <summary>The kernel of the resize.</summary>
    public ResizeFilter Filter { get; init; } = ResizeFilter.Bilinear;

    /// <summary>The sample values that become 0 and 1 before anything else is scaled; null for the full scale of each picture's depth.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IntensityRange? Intensity { get; init; }

    /// <summary>
    /// JPEG pictures are decoded this many times smaller before anything else (<see cref="ImageDecoderOptions.JpegScale"/>): 1, 2, 4 or 8. Those of other
    /// kinds are not affected. The one who decodes asks <see cref="Decoding"/>. 0, in models older than the option, is 1.
    /// </summary>
    public int JpegScale { get; init => field = value == 0 ? 1 : value; } = 1;

    /// <summary>How samples are scaled.</summary>
    public InputScaling Scaling { get; init; } = InputScaling.Unit;

    /// <summary>What is subtracted from each channel at unit scale; empty for nothing. With <see cref="InputScaling.MinMax"/> the smallest value of the training pictures.</summary>
    public IReadOnlyList<float> Mean { get; init; } = [];

    /// <summary>What each channel is then divided by; empty for nothing. With <see cref="InputScaling.MinMax"/> the largest value minus the smallest.</summary>
    public IReadOnlyList<float> Deviation { get; init; } = [];

    /// <summary>Values of one preprocessed picture: Channels times Height times Width.</summary>
    [JsonIgnore]
    public int ValueCount => Channels * Height * Width;

    /// <summary>The same with ImageNet's mean and deviation (those of most backbone weights).</summary>
    public Preprocessing WithImageNet() => this with { Scaling = InputScaling.ImageNet, Mean = ImageNetMean, Deviation = ImageNetDeviation };

    /// <summary>The same without scaling beyond unit scale: what the ranges for <see cref="WithMinMax"/> are measured on.</summary>
    public Preprocessing WithUnit() => this with { Scaling = InputScaling.Unit, Mean = [], Deviation = [] };

    /// <summary>The same with each channel's range over the training pictures becoming 0 to 1; a constant channel is only shifted.</summary>
    /// <param name="smallest">The smallest value of each channel at unit scale, <c>[Channels]</c>.</param>
    /// <param name="largest">The largest.</param>
    public Preprocessing WithMinMax(ReadOnlySpan<float> smallest, ReadOnlySpan<float> largest)
    {
        if (smallest.Length != Channels || largest.Length != Channels)
        {
            throw new ArgumentException($"Preprocessing.WithMinMax: {smallest.Length} smallest and {largest.Length} largest values, expected {Channels} each.");
        }

        var deviation = new float[Channels];
        for (int channel = 0; channel < Channels; channel++)
        {
            float range = largest[channel] - smallest[channel];
            deviation[channel] = range > 0 ? range : 1;
        }

        return this with { Scaling = InputScaling.MinMax, Mean = smallest.ToArray(), Deviation = deviation };
    }

    /// <summary>How pictures for this network are decoded.</summary>
    /// <param name="limits">Limits of the caller's; null: those of <see cref="ImageDecoderOptions.Default"/>.</param>
    public ImageDecoderOptions Decoding(ImageDecoderOptions? limits = null)
    {
        limits ??= ImageDecoderOptions.Default;
        return limits.JpegScale == JpegScale ? limits : limits with { JpegScale = JpegScale };
    }

    /// <summary>Throws when the values do not fit together.</summary>
    /// <exception cref="ArgumentException">Names the property, what was expected and what was found.</exception>
    public void Validate()
    {
        bool cuts = Framing is Framing.Crop or Framing.ShortSide;
        Require(Width >= 1 && Height >= 1 && (long)Width * Height * 3 <= Array.MaxLength, $"size {Width} x {Height}, expected at least 1 x 1");
        Require(Channels is 1 or 3, $"{Channels} channels, expected 1 or 3");
        Require(!cuts || FrameSize >= Math.Max(Width, Height), $"frame size {FrameSize}, expected at least the size {Width} x {Height} that is cut out of it");
        Require(cuts || FrameSize == 0, $"frame size {FrameSize} with framing {Framing}, expected 0");
        Require(JpegScale is 1 or 2 or 4 or 8, $"JPEG scale {JpegScale}, expected 1, 2, 4 or 8");
        Require(JpegScale == 1 || Framing != Framing.Pad, $"JPEG scale {JpegScale} with framing {Framing}, which takes pictures at their own size; expected 1");
        Intensity?.Validate();
        Require(Mean.Count == 0 || Mean.Count == Channels, $"{Mean.Count} means, expected none or one for each of {Channels} channels");
        Require(Deviation.Count == 0 || Deviation.Count == Channels, $"{Deviation.Count} deviations, expected none or one for each of {Channels} channels");
        for (int channel = 0; channel < Deviation.Count; channel++)
        {
            Require(float.IsFinite(Deviation[channel]) && Deviation[channel] > 0, $"deviation {Deviation[channel]} in channel {channel}, expected a positive number");
        }

        for (int channel = 0; channel < Mean.Count; channel++)
        {
            Require(float.IsFinite(Mean[channel]), $"mean {Mean[channel]} in channel {channel}, expected a number");
        }
    }

    /// <summary>The part of a picture of <paramref name="width"/> x <paramref name="height"/> pixels that the input covers.</summary>
    public PictureRegion RegionOf(int width, int height)
    {
        if (Framing == Framing.Pad)
        {
            return new PictureRegion(-PadBefore(width, Width), -PadBefore(height, Height), Width, Height);
        }

        (ResizeSpan columns, ResizeSpan rows) = Spans(width, height);
        double x = (double)columns.Source / columns.Target;
        double y = (double)rows.Source / rows.Target;
        return new PictureRegion(columns.Offset * x, rows.Offset * y, columns.Count * x, rows.Count * y);
    }

    private static void Require(bool fits, FormattableString problem)
    {
        if (!fits)
        {
            throw new ArgumentException($"Preprocessing: {FormattableString.Invariant(problem)}.");
        }
    }

    /// <summary>Zeros before the picture; negative where it is cut.</summary>
    private static int PadBefore(int source, int target) => (int)Math.Floor((target - source) / 2.0);

    private (ResizeSpan Columns, ResizeSpan Rows) Spans(int width, int height)
    {
        switch (Framing)
        {
            case Framing.Crop:
                return (Cut(width, FrameSize, Width), Cut(height, FrameSize, Height));
            case Framing.ShortSide:
                long longer = (long)FrameSize * Math.Max(width, height) / Math.Min(width, height);
                int resizedLong = (int)Math.Min(longer, Array.MaxLength);
                return width <= height
                    ? (Cut(width, FrameSize, Width), Cut(height, resizedLong, Height))
                    : (Cut(width, resizedLong, Width), Cut(height, FrameSize, Height));
            default:
                return (new ResizeSpan(width, Width), new ResizeSpan(height, Height));
        }
    }

    /// <summary>The centre: offset round((resized - size) / 2), ties to even as torchvision has it.</summary>
    private static ResizeSpan Cut(int source, int resized, int size) =>
        new(source, resized, (int)Math.Round((resized - size) / 2.0, MidpointRounding.ToEven), size);
}

/// <summary>Serialisation of <see cref="Preprocessing"/> without reflection.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UseStringEnumConverter = true)]
[JsonSerializable(typeof(Preprocessing))]
public sealed partial class PreprocessingJson : JsonSerializerContext;

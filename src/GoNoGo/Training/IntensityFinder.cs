using System.Collections.Concurrent;
using System.Globalization;
using GoNoGo.Detection.Detectors;
using GoNoGo.Detection.Options;
using GoNoGo.Tensors.Parallel;
using GoNoGo.Vision.Datasets;
using GoNoGo.Vision.Imaging;
using GoNoGo.Vision.Imaging.Regions;

namespace GoNoGo.Training;

/// <summary>
/// Turns the option <c>intensity</c> into what a model stores: numbers in the samples of one depth. <c>auto</c> is the span between the
/// 0.1 % and the 99.9 % quantile of all judged samples of the fitted pictures, and a tenth of it to either side: defects may be darker
/// or brighter than anything good.
/// </summary>
internal static class IntensityFinder
{
    private const int LowPerMille = 1;
    private const float Margin = 0.1f;

    /// <summary>How many pictures are looked at to advise a range.</summary>
    private const int LookedAt = 16;

    /// <summary>The options with numbers and depth in <c>intensity</c>; unchanged for full scale.</summary>
    /// <param name="options">The options as given.</param>
    /// <param name="fit">The pictures that are fitted.</param>
    /// <param name="depths">The bits a sample that occur in the training pictures.</param>
    /// <param name="region">Which pixels are judged; null: all.</param>
    /// <param name="notes">Receives what a reader must know.</param>
    /// <param name="cancellation">Stops between two pictures.</param>
    /// <exception cref="OptionException">The range does not fit the pictures' depth.</exception>
    /// <exception cref="DatasetException">The pictures have several depths.</exception>
    public static OptionSet Resolve(
        OptionSet options, DatasetItem[] fit, IReadOnlyCollection<int> depths, JudgedRegion? region, List<string> notes, CancellationToken cancellation)
    {
        string value = options[IntensityOption.Id];
        ImageDecoderOptions decoding = ImageDecoderOptions.Default with { JpegScale = JpegScaleOption.Of(options) };
        if (value == IntensityOption.Full || fit.Length == 0)
        {
            Advise(fit, depths, region, decoding, notes, cancellation);
            return options;
        }

        if (depths.Count != 1)
        {
            throw new DatasetException(
                $"the training pictures have samples of {string.Join(" and ", depths)} bits, but intensity={value} counts samples of one depth; bring the pictures to one depth or train with intensity=full.");
        }

        int depth = depths.First();
        IntensityRange? range = value == IntensityOption.Auto ? Find(fit, depth, region, decoding, notes, cancellation) : IntensityOption.Parse(value);
        if (range is null)
        {
            return options.With(IntensityOption.Id, IntensityOption.Full);
        }

        float most = depth == 32 ? float.PositiveInfinity : IntensityRange.FullScale(depth);
        if ((range.BitDepth ?? depth) != depth || range.White > most || (depth != 32 && range.Black < 0))
        {
            string expected = depth == 32 ? "" : string.Create(CultureInfo.InvariantCulture, $" from 0 to {most}");
            throw new OptionException($"intensity={value} does not fit the training pictures, which have {depth}-bit samples{expected}; give black and white in these samples, or intensity=auto");
        }

        return options.With(IntensityOption.Id, (range with { BitDepth = depth }).Text);
    }

    /// <summary>The rule of <c>auto</c>; null where the pictures show nothing but one value.</summary>
    internal static IntensityRange? Find(
        DatasetItem[] fit, int depth, JudgedRegion? region, ImageDecoderOptions decoding, List<string> notes, CancellationToken cancellation)
    {
        SampleHistogram samples = Count(fit, depth, region, decoding, cancellation);
        (float black, float white) = samples.Count == 0 ? (0, 0) : (samples.Low(LowPerMille), samples.High(LowPerMille));
        if (samples.Count > 0 && black >= white)
        {
            // Nearly everything has one value (a dark field): what is left counts.
            (black, white) = (samples.Low(0), samples.High(0));
        }

        if (black >= white)
        {
            notes.Add("intensity=auto: the pictures that are fitted show nothing but one value, so that full scale is used.");
            return null;
        }

        float margin = (white - black) * Margin;
        var range = new IntensityRange(black - margin, white + margin, depth);
        if (depth != 32)
        {
            range = range with { Black = MathF.Max(0, MathF.Floor(range.Black)), White = MathF.Min(IntensityRange.FullScale(depth), MathF.Ceiling(range.White)) };
        }

        notes.Add(string.Create(
            CultureInfo.InvariantCulture,
            $"intensity=auto: 99.8 % of the fitted pictures' {depth}-bit samples lie in {black:R}..{white:R}; black is {range.Black:R}, white {range.White:R}."));
        return range;
    }

    /// <summary>Says where full scale leaves most of the depth unused: few guess why such a model finds nothing.</summary>
    private static void Advise(
        DatasetItem[] fit, IReadOnlyCollection<int> depths, JudgedRegion? region, ImageDecoderOptions decoding, List<string> notes, CancellationToken cancellation)
    {
        int depth = depths.FirstOrDefault();
        if (fit.Length == 0 || depths.Count != 1 || depth == 8)
        {
            return;
        }

        int count = Math.Min(fit.Length, LookedAt);
        SampleHistogram samples = Count([.. Enumerable.Range(0, count).Select(i => fit[(int)((long)i * fit.Length / count)])], depth, region, decoding, cancellation);
        if (samples.Count == 0)
        {
            return;
        }

        (float low, float high) = (samples.Low(0), samples.High(0));
        float full = IntensityRange.FullScale(depth);
        bool fits = depth == 32 ? low >= -0.5f && high <= 1.5f && high - low >= full / 8 : high - low >= full / 8;
        if (!fits)
        {
            notes.Add(string.Create(
                CultureInfo.InvariantCulture,
                $"the {depth}-bit samples of {count} training picture(s) lie in {low:G4}..{high:G4}, but full scale is 0..{full}; try --set intensity=auto, or the camera's own range (0..4095 for 12 bits)."));
        }
    }

    /// <summary>Counts are whole numbers: the sums are the same for every number of threads.</summary>
    private static SampleHistogram Count(DatasetItem[] items, int depth, JudgedRegion? region, ImageDecoderOptions decoding, CancellationToken cancellation)
    {
        var histograms = new ConcurrentBag<SampleHistogram>();
        Workers.For(items.Length, new Body(items, depth, region, decoding, histograms, cancellation));
        var all = new SampleHistogram(depth);
        foreach (SampleHistogram histogram in histograms)
        {
            all.Add(histogram);
        }

        return all;
    }

    private readonly struct Body(DatasetItem[] items, int depth, JudgedRegion? region, ImageDecoderOptions decoding, ConcurrentBag<SampleHistogram> histograms, CancellationToken cancellation) : IParallelBody
    {
        public void Invoke(int index)
        {
            cancellation.ThrowIfCancellationRequested();
            if (!histograms.TryTake(out SampleHistogram? histogram))
            {
                histogram = new SampleHistogram(depth);
            }

            using Image image = items[index].LoadImage(decoding);
            if (region?.ScaledTo(image.Width, image.Height) is { } judged)
            {
                using Image pixels = RegionCut.JudgedPixels(image, judged);
                histogram.Add(pixels);
            }
            else
            {
                histogram.Add(image);
            }

            histograms.Add(histogram);
        }
    }
}

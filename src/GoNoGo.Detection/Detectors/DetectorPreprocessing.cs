using GoNoGo.Detection.Options;
using GoNoGo.Vision.Imaging;
using GoNoGo.Vision.Imaging.Resizing;

namespace GoNoGo.Detection.Detectors;

/// <summary>Preprocessing from the options <c>size</c>, <c>channels</c>, <c>framing</c>, <c>resize</c>, <c>intensity</c> and <c>jpeg-scale</c>.</summary>
internal static class DetectorPreprocessing
{
    /// <summary>550 / 512 of the model size before the centre is cut out, as the published code has it.</summary>
    public static Preprocessing From(OptionSet options)
    {
        int size = options.Integer("size");
        Framing framing = options["framing"] switch
        {
            "crop" => Framing.Crop,
            "pad" => Framing.Pad,
            _ => Framing.Whole,
        };
        return new Preprocessing
        {
            Width = size,
            Height = size,
            Channels = options.Integer("channels"),
            Framing = framing,
            FrameSize = framing == Framing.Crop ? (int)Math.Round(size * 550.0 / 512.0) : 0,
            Intensity = IntensityOption.Range(options),
            JpegScale = JpegScaleOption.Of(options),
            Filter = options["resize"] == "bicubic" ? ResizeFilter.Bicubic : ResizeFilter.Bilinear,
        };
    }
}

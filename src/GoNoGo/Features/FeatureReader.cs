using GoNoGo.Detection.Backbones;
using GoNoGo.Detection.Features;
using GoNoGo.Detection.Scoring;
using GoNoGo.Inspecting;
using GoNoGo.Tensors;
using GoNoGo.Tensors.Memory;
using GoNoGo.Vision.Imaging;

namespace GoNoGo.Features;

/// <summary>
/// Features of single pictures as plain arrays: <c>FeatureReader.Load(new BackboneChoice("deit-base")).Extract("part.png")</c>. Several
/// threads may use one reader at the same time.
/// </summary>
public sealed class FeatureReader : IDisposable
{
    private readonly FeatureExtractor _extractor;
    private readonly PictureFrame _frame;

    private FeatureReader(FeatureExtractor extractor)
    {
        _extractor = extractor;
        _frame = new PictureFrame(extractor.Backbone.InputPreprocessing, null);
    }

    /// <summary>What a reader of the features must know of the weights (values that are no numbers); sentences.</summary>
    public IReadOnlyList<string> Warnings => _extractor.Warnings;

    /// <summary>Reads the weights that the levels need.</summary>
    /// <exception cref="BackboneException">An unknown backbone, level or input size, training mode, or weights that do not fit.</exception>
    /// <exception cref="Detection.Options.OptionException">An unknown option or a value that is not allowed.</exception>
    /// <exception cref="Weights.WeightsException">The weights are not here; the message says how to get them.</exception>
    public static FeatureReader Load(BackboneChoice choice)
    {
        ArgumentNullException.ThrowIfNull(choice);
        FeatureExtractor extractor = choice.Open();
        if (extractor.IsDeterministic)
        {
            return new FeatureReader(extractor);
        }

        extractor.Dispose();
        throw new BackboneException("features of training mode depend on the batch, and one picture is none; read single pictures with backbone-mode=eval");
    }

    /// <summary>The features of a picture file.</summary>
    /// <exception cref="ImageFormatException">The file is no picture, damaged, or of a kind that is not supported.</exception>
    public IReadOnlyList<FeatureMap> Extract(string path)
    {
        using Image image = ImageDecoder.Load(path);
        return Extract(image);
    }

    /// <summary>The features of an encoded picture (PNG, JPEG, TIFF, BMP, PNM).</summary>
    /// <exception cref="ImageFormatException">As <see cref="Extract(string)"/>.</exception>
    public IReadOnlyList<FeatureMap> Extract(ReadOnlySpan<byte> encoded)
    {
        using Image image = ImageDecoder.Decode(encoded);
        return Extract(image);
    }

    /// <summary>The features of a frame as it lies in a camera's buffer.</summary>
    /// <param name="samples">The bytes of the frame, top row first; of 16-bit samples the lower byte first.</param>
    /// <param name="width">Pixels a row.</param>
    /// <param name="height">Rows.</param>
    /// <param name="layout">Order and size of the samples.</param>
    /// <param name="stride">Bytes from the beginning of a row to that of the next; 0 where there is no gap between rows.</param>
    /// <exception cref="ArgumentException">Sizes, stride, layout and number of samples do not fit together.</exception>
    public IReadOnlyList<FeatureMap> Extract(ReadOnlySpan<byte> samples, int width, int height, PixelLayout layout, int stride = 0)
    {
        using Image image = FrameReader.Read(samples, width, height, layout, stride);
        return Extract(image);
    }

    /// <summary>Gives the weights back.</summary>
    public void Dispose() => _extractor.Dispose();

    private FeatureMap[] Extract(Image image)
    {
        using var scope = new TensorScope();
        Tensor input = scope.New(_extractor.Backbone.Graph.InputShape.For(1));
        _frame.Run(image, input.Span);
        Tensor[] features = _extractor.Extract(input, scope);
        return [.. _extractor.Levels.Select((level, i) => new FeatureMap(level.Name, level.Width, level.Rows, level.Columns, features[i].ToArray()))];
    }
}

/// <summary>The features of one picture at one level.</summary>
/// <param name="Level">The level's name.</param>
/// <param name="Width">D: features of a position.</param>
/// <param name="Rows">h: rows of positions.</param>
/// <param name="Columns">w: columns of positions.</param>
/// <param name="Values"><c>[D, h, w]</c>, row-major.</param>
public sealed record FeatureMap(string Level, int Width, int Rows, int Columns, float[] Values);

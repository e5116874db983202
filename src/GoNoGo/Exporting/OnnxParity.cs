using GoNoGo.Detection.Detectors;
using GoNoGo.Detection.Features;
using GoNoGo.Detection.Models;
using GoNoGo.Learning.Graphs.Onnx.Evaluation;
using GoNoGo.Tensors;
using GoNoGo.Tensors.Memory;
using GoNoGo.Vision.Imaging;

namespace GoNoGo.Exporting;

/// <summary>Compares an ONNX file with the backbone or the model that it came from.</summary>
internal static class OnnxParity
{
    /// <summary>Two, so that a result that depends on the batch shows.</summary>
    private const int Pictures = 2;

    private const double Floor = 1e-6;

    /// <summary>E = max |difference| / max |feature| of each level, on two pictures made by a formula.</summary>
    public static double[] Measure(OnnxEvaluator evaluator, FeatureExtractor extractor)
    {
        using var scope = new TensorScope();
        Tensor images = scope.New(extractor.Backbone.Graph.InputShape.For(Pictures));
        Fill(images);
        Tensor[] expected = extractor.Extract(images, scope);
        float[][] actual = evaluator.Run(images.ToArray(), images.Shape.ToArray());
        return [.. extractor.Levels.Select((level, i) => Error(expected[i].Span, actual[evaluator.Outputs.ToList().IndexOf(level.Name)]))];
    }

    /// <summary>E of the scores and of the maps, on the same two pictures in the range of the model's input.</summary>
    public static (double Score, double Map) Measure(OnnxEvaluator evaluator, IDetector detector)
    {
        using var scope = new TensorScope();
        Preprocessing preprocessing = detector.Preprocessing;
        Tensor images = scope.New(new Shape(Pictures, preprocessing.Channels, preprocessing.Height, preprocessing.Width));
        Fill(images);
        Scale(images, preprocessing);
        var scores = new float[Pictures];
        Tensor maps = scope.New(new Shape(Pictures, detector.MapHeight, detector.MapWidth));
        detector.Score(images, scores, maps);
        float[][] actual = evaluator.Run(images.ToArray(), images.Shape.ToArray());
        List<string> outputs = [.. evaluator.Outputs];
        return (Error(scores, actual[outputs.IndexOf(ModelOnnx.ScoreName)]), Error(maps.Span, actual[outputs.IndexOf(ModelOnnx.MapName)]));
    }

    /// <summary>From about -1.6..2 to 0..1, then as pictures are scaled.</summary>
    private static void Scale(Tensor images, Preprocessing preprocessing)
    {
        int pixels = images.Shape[2] * images.Shape[3];
        Span<float> values = images.Span;
        for (int i = 0; i < values.Length; i++)
        {
            int channel = i / pixels % preprocessing.Channels;
            float mean = preprocessing.Mean.Count > 0 ? preprocessing.Mean[channel] : 0;
            float deviation = preprocessing.Deviation.Count > 0 ? preprocessing.Deviation[channel] : 1;
            values[i] = (Math.Clamp(0.45f + (values[i] / 4), 0, 1) - mean) / deviation;
        }
    }

    private static double Error(ReadOnlySpan<float> expected, ReadOnlySpan<float> actual)
    {
        double difference = expected.Length == actual.Length ? 0 : double.PositiveInfinity;
        double magnitude = Floor;
        for (int i = 0; i < Math.Min(expected.Length, actual.Length); i++)
        {
            if (float.IsFinite(expected[i]) && float.IsFinite(actual[i]))
            {
                difference = Math.Max(difference, Math.Abs((double)expected[i] - actual[i]));
                magnitude = Math.Max(magnitude, Math.Abs(expected[i]));
            }
            else if (!expected[i].Equals(actual[i]))
            {
                return double.PositiveInfinity;
            }
        }

        return difference / magnitude;
    }

    /// <summary>Normalised pictures: shades, stripes and grain, each picture and channel in its own way.</summary>
    private static void Fill(Tensor images)
    {
        (int channels, int height, int width) = (images.Shape[1], images.Shape[2], images.Shape[3]);
        uint grain = 1;
        for (int picture = 0; picture < Pictures; picture++)
        {
            Span<float> values = images[picture].Span;
            for (int i = 0; i < values.Length; i++)
            {
                (int channel, int y, int x) = (i / (height * width), i / width % height, i % width);
                double shade = (double)(picture == 0 ? y : x) / height;
                double stripes = Math.Sin((((x * (channel + 1)) + (y * (picture + 1))) * 25.0 / width) + (channels * picture));
                grain = unchecked((grain * 1664525) + 1013904223);
                values[i] = (float)((2 * shade) - 1 + (0.6 * stripes) + (0.4 * ((grain >> 8) / 16777216.0)));
            }
        }
    }
}

using GoNoGo.Detection.Detectors;
using GoNoGo.Detection.Models;
using GoNoGo.Detection.Training;
using GoNoGo.Tensors;
using GoNoGo.Tensors.Memory;

namespace GoNoGo.Training;

/// <summary>Scores the held-out good pictures: what thresholds are found from, now and later.</summary>
internal static class Calibrator
{
    private const int BatchSize = 8;

    public static Calibration Score(IDetector detector, IPictureSource pictures, CancellationToken cancellation)
    {
        var scores = new float[pictures.Count];
        var maxima = new float[pictures.Count];
        using var scope = new TensorScope();
        foreach (PictureBatch batch in pictures.Read(null, BatchSize, cancellation))
        {
            int count = batch.Images.Shape[0];
            Tensor maps = scope.New(new Shape(count, detector.MapHeight, detector.MapWidth));
            detector.Score(batch.Images, scores.AsSpan(batch.First, count), maps);
            for (int b = 0; b < count; b++)
            {
                float largest = float.NegativeInfinity;
                foreach (float value in maps[b].Span)
                {
                    largest = MathF.Max(largest, value);
                }

                maxima[batch.First + b] = largest;
            }

            scope.Reset();
        }

        return new Calibration(scores, maxima);
    }
}

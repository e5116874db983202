using GoNoGo.Detection.Models;
using GoNoGo.Detection.Scoring;
using GoNoGo.Detection.Training;

namespace GoNoGo.Training;

/// <summary>Scores the held-out good pictures: what thresholds are found from, now and later.</summary>
internal static class Calibrator
{
    private const int BatchSize = 8;

    public static Calibration Score(PictureScorer scorer, IPictureSource pictures, CancellationToken cancellation)
    {
        var scores = new float[pictures.Count];
        var maxima = new float[pictures.Count];
        foreach (ScoredPicture scored in scorer.ScoreAll(pictures, BatchSize, cancellation))
        {
            scores[scored.Index] = scored.Score;
            maxima[scored.Index] = scored.LargestMapValue;
        }

        return new Calibration(scores, maxima);
    }
}

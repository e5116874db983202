using GoNoGo.Detection.Models;
using GoNoGo.Detection.Scoring;
using GoNoGo.Detection.Training;
using GoNoGo.Vision.Datasets;

namespace GoNoGo.Training;

/// <summary>Scores the held-out good pictures: what thresholds are found from, now and later.</summary>
internal static class Calibrator
{
    /// <summary>Scores pictures that a source has already prepared.</summary>
    public static Calibration Score(PictureScorer scorer, IPictureSource pictures, CancellationToken cancellation) =>
        Collect(scorer.ScoreAll(pictures, scorer.BatchSize, cancellation), pictures.Count);

    /// <summary>Scores pictures, decoding them anew.</summary>
    public static Calibration Score(PictureScorer scorer, IReadOnlyList<DatasetItem> pictures, CancellationToken cancellation) =>
        Collect(scorer.ScoreAll(pictures, scorer.BatchSize, null, wantsPictures: false, cancellation), pictures.Count);

    /// <summary>Scores pictures as deviations from what good ones score at each position of a tile; null where that cannot be found.</summary>
    public static Calibration? ScoreByLevels(PictureScorer scorer, IReadOnlyList<DatasetItem> pictures, CancellationToken cancellation) =>
        scorer.ScoreByLevels(pictures, cancellation) is { } found ? Collect(found.Pictures, pictures.Count) with { TileLevels = found.Levels } : null;

    private static Calibration Collect(IEnumerable<ScoredPicture> pictures, int count)
    {
        var scores = new float[count];
        var maxima = new float[count];
        foreach (ScoredPicture scored in pictures)
        {
            scores[scored.Index] = scored.Score;
            maxima[scored.Index] = scored.LargestMapValue;
        }

        return new Calibration(scores, maxima);
    }
}

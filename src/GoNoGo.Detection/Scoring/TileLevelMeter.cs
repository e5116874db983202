using GoNoGo.Vision.Imaging.Tiling;

namespace GoNoGo.Detection.Scoring;

/// <summary>
/// Finds <see cref="TileLevels"/> from good pictures of one size. Variances are shrunk towards the geometric mean of those of all
/// positions, as if that had been seen in <see cref="PriorPictures"/> more pictures: a few pictures say little about one position, and an
/// arithmetic mean would be that of the hardest one.
/// </summary>
internal sealed class TileLevelMeter(TileGrid grid)
{
    private const double PriorPictures = 4;

    private readonly List<Sums[]> _pictures = [];

    /// <summary>Begins a picture.</summary>
    public void BeginPicture() => _pictures.Add(new Sums[grid.Count]);

    /// <summary>Adds a tile of the picture.</summary>
    /// <param name="tile">Its number.</param>
    /// <param name="score">Its score.</param>
    /// <param name="map">Its map.</param>
    /// <param name="judged">Which pixels of it count; empty: all.</param>
    public void Add(int tile, float score, ReadOnlySpan<float> map, ReadOnlySpan<byte> judged)
    {
        double sum = 0;
        double squares = 0;
        int count = 0;
        for (int i = 0; i < map.Length; i++)
        {
            if (judged.IsEmpty || judged[i] != 0)
            {
                sum += map[i];
                squares += (double)map[i] * map[i];
                count++;
            }
        }

        _pictures[^1][tile] = new Sums(score, sum / count, squares / count, true);
    }

    /// <summary>The levels; null where a value is no finite number.</summary>
    /// <param name="without">A picture that is left out, so that it can be judged by what the others say; -1: none.</param>
    public TileLevels? Levels(int without = -1)
    {
        Sums[][] pictures = [.. _pictures.Where((_, index) => index != without)];
        int tiles = grid.Count;
        var scores = new (double Mean, double Variance, bool Present)[tiles];
        var maps = new (double Mean, double Variance)[tiles];
        for (int tile = 0; tile < tiles; tile++)
        {
            Sums[] own = [.. pictures.Select(picture => picture[tile]).Where(sums => sums.IsPresent)];
            if (own.Length < 2)
            {
                continue;
            }

            double mean = own.Average(sums => sums.Score);
            scores[tile] = (mean, own.Sum(sums => (sums.Score - mean) * (sums.Score - mean)) / (own.Length - 1), true);
            double level = own.Average(sums => sums.MapMean);
            maps[tile] = (level, Math.Max(0, own.Average(sums => sums.MapSquares) - (level * level)));
        }

        int[] present = [.. Enumerable.Range(0, tiles).Where(tile => scores[tile].Present)];
        if (present.Length == 0)
        {
            return null;
        }

        double scoreVariance = GeometricMean(present.Select(tile => scores[tile].Variance));
        double mapVariance = GeometricMean(present.Select(tile => maps[tile].Variance));
        double scoreMean = present.Average(tile => scores[tile].Mean);
        double mapMean = present.Average(tile => maps[tile].Mean);
        double degrees = pictures.Length - 1;
        var values = new float[(tiles + 1) * TileLevels.NumbersEach];
        for (int tile = 0; tile <= tiles; tile++)
        {
            (double m, double v, double n, double w) = tile < tiles && scores[tile].Present
                ? (scores[tile].Mean, Shrink(scores[tile].Variance, scoreVariance), maps[tile].Mean, Shrink(maps[tile].Variance, mapVariance))
                // A tile anywhere: what differs between positions counts too.
                : (scoreMean, present.Average(t => scores[t].Variance) + present.Average(t => Square(scores[t].Mean - scoreMean)), mapMean, present.Average(t => maps[t].Variance) + present.Average(t => Square(maps[t].Mean - mapMean)));
            values[tile * TileLevels.NumbersEach] = (float)m;
            values[(tile * TileLevels.NumbersEach) + 1] = Deviation(v, scoreMean);
            values[(tile * TileLevels.NumbersEach) + 2] = (float)n;
            values[(tile * TileLevels.NumbersEach) + 3] = Deviation(w, mapMean);
        }

        return TileLevels.From(grid.Columns, grid.Rows, values);

        double Shrink(double variance, double all) => ((degrees * variance) + (PriorPictures * all)) / (degrees + PriorPictures);
    }

    /// <summary>Over the values that are not 0; 0 where all are.</summary>
    private static double GeometricMean(IEnumerable<double> values)
    {
        double[] positive = [.. values.Where(value => value > 0)];
        return positive.Length == 0 ? 0 : Math.Exp(positive.Average(Math.Log));
    }

    private static double Square(double value) => value * value;

    /// <summary>Never 0, where all good pictures score the same.</summary>
    private static float Deviation(double variance, double level) => (float)Math.Max(Math.Sqrt(variance), Math.Max(1e-5 * Math.Abs(level), 1e-20));

    private readonly record struct Sums(double Score, double MapMean, double MapSquares, bool IsPresent);
}

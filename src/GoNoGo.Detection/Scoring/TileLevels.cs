using GoNoGo.Vision.Imaging.Tiling;

namespace GoNoGo.Detection.Scoring;

/// <summary>
/// What good parts score at each position of a tile: scores and maps become deviations from it, so that a tile that is hard to
/// learn (an edge, a print) does not set the level for all others.
/// </summary>
public sealed class TileLevels
{
    /// <summary>Numbers a position: mean and deviation of the scores, mean and deviation of the map values.</summary>
    public const int NumbersEach = 4;

    /// <summary>Fewest good pictures that levels are found from.</summary>
    public const int FewestPictures = 4;

    private readonly TileLevel _everywhere;

    /// <summary>Levels of all positions.</summary>
    /// <param name="columns">Tiles a row.</param>
    /// <param name="rows">Rows of tiles.</param>
    /// <param name="values">As stored, <c>[rows, columns, 4]</c>.</param>
    /// <param name="everywhere">The level of tiles whose position is not known: <c>[4]</c>.</param>
    private TileLevels(int columns, int rows, float[] values, TileLevel everywhere)
    {
        (Columns, Rows, Values, _everywhere) = (columns, rows, values, everywhere);
    }

    /// <summary>Tiles a row.</summary>
    public int Columns { get; }

    /// <summary>Rows of tiles.</summary>
    public int Rows { get; }

    /// <summary>The numbers, <c>[rows, columns, 4]</c>, followed by the four of a tile anywhere.</summary>
    public float[] Values { get; }

    /// <summary>Reads stored numbers.</summary>
    /// <param name="columns">Tiles a row.</param>
    /// <param name="rows">Rows of tiles.</param>
    /// <param name="values"><c>[rows * columns + 1, 4]</c>, the last four of a tile anywhere.</param>
    /// <returns>Null where they are no levels: another count, not finite, a deviation that is not positive.</returns>
    public static TileLevels? From(int columns, int rows, float[] values)
    {
        ArgumentNullException.ThrowIfNull(values);
        if (columns < 1 || rows < 1 || values.Length != (((long)columns * rows) + 1) * NumbersEach)
        {
            return null;
        }

        for (int i = 0; i < values.Length; i++)
        {
            if (!float.IsFinite(values[i]) || (i % 2 == 1 && values[i] <= 0))
            {
                return null;
            }
        }

        return new TileLevels(columns, rows, values, At(values, columns * rows));
    }

    /// <summary>The level of a tile; in pictures with another number of tiles that of a tile anywhere, which counts in the same unit.</summary>
    internal TileLevel Of(TileGrid grid, int tile) =>
        grid.Columns == Columns && grid.Rows == Rows ? At(Values, tile) : _everywhere;

    private static TileLevel At(float[] values, int tile) =>
        new(values[tile * NumbersEach], values[(tile * NumbersEach) + 1], values[(tile * NumbersEach) + 2], values[(tile * NumbersEach) + 3]);
}

/// <summary>What good parts score in one tile.</summary>
/// <param name="ScoreMean">Mean of the tile's scores.</param>
/// <param name="ScoreDeviation">Their standard deviation; positive.</param>
/// <param name="MapMean">Mean of the tile's map.</param>
/// <param name="MapDeviation">Standard deviation of its values; positive.</param>
internal readonly record struct TileLevel(float ScoreMean, float ScoreDeviation, float MapMean, float MapDeviation)
{
    /// <summary>Leaves scores and maps as they are.</summary>
    public static TileLevel None { get; } = new(0, 1, 0, 1);
}

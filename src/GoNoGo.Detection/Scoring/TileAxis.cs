using GoNoGo.Vision.Imaging.Tiling;

namespace GoNoGo.Detection.Scoring;

/// <summary>
/// One axis of the blend of tile maps into a picture's map: where each map pixel lies in each tile that covers it, and how
/// much that tile says there. A tile's weight rises from 0 at its edge to 1 over the overlap as sin^2 (half a Hann window), and the
/// weights of a map pixel are divided by their sum: a constant stays constant, and no tile begins or ends with a step.
/// </summary>
internal sealed class TileAxis
{
    private readonly Stretch[] _stretches;

    /// <summary>An axis.</summary>
    /// <param name="grid">The tiles.</param>
    /// <param name="length">Pixels of the box along the axis.</param>
    /// <param name="mapLength">Pixels of the picture's map along it.</param>
    /// <param name="tileMapLength">Pixels of a tile's map along it.</param>
    public TileAxis(TileGrid grid, int length, int mapLength, int tileMapLength)
    {
        _stretches = new Stretch[grid.CountOf(length)];
        var sums = new float[mapLength];
        double pixel = (double)length / mapLength;
        for (int tile = 0; tile < _stretches.Length; tile++)
        {
            int start = grid.StartOf(tile, length);
            int first = Math.Max(0, (int)Math.Ceiling((start / pixel) - 0.5));
            while ((first + 0.5) * pixel <= start)
            {
                first++;
            }

            int end = first;
            while (end < mapLength && (end + 0.5) * pixel < start + grid.Side)
            {
                end++;
            }

            var stretch = new Stretch(first, new float[end - first], new int[end - first], new float[end - first]);
            for (int i = 0; i < stretch.Weights.Length; i++)
            {
                double inTile = ((first + i + 0.5) * pixel) - start;
                double toEdge = Math.Min(inTile, grid.Side - inTile);
                double rise = grid.Overlap == 0 ? 1 : Math.Sin(Math.PI / 2 * Math.Min(1, toEdge / grid.Overlap));
                stretch.Weights[i] = (float)(rise * rise);
                sums[first + i] += stretch.Weights[i];
                double place = Math.Clamp((inTile / grid.Side * tileMapLength) - 0.5, 0, tileMapLength - 1);
                stretch.Left[i] = Math.Min((int)place, Math.Max(0, tileMapLength - 2));
                stretch.Share[i] = (float)(place - stretch.Left[i]);
            }

            _stretches[tile] = stretch;
        }

        foreach (Stretch stretch in _stretches)
        {
            for (int i = 0; i < stretch.Weights.Length; i++)
            {
                stretch.Weights[i] /= sums[stretch.First + i];
            }
        }
    }

    /// <summary>What a tile covers.</summary>
    public Stretch this[int tile] => _stretches[tile];

    /// <summary>The map pixels of one tile.</summary>
    /// <param name="First">The first of them.</param>
    /// <param name="Weights">How much the tile says at each.</param>
    /// <param name="Left">The tile map's pixel at or before each.</param>
    /// <param name="Share">How far each is from there to the next, 0 to 1.</param>
    public sealed record Stretch(int First, float[] Weights, int[] Left, float[] Share);

    /// <summary>Adds a tile's map, weighted, to the picture's.</summary>
    /// <param name="columns">The tile's columns.</param>
    /// <param name="rows">The tile's rows.</param>
    /// <param name="tileMap">The tile's map, <c>[*, tileWidth]</c>.</param>
    /// <param name="tileWidth">Its columns.</param>
    /// <param name="map">The picture's map, <c>[*, mapWidth]</c>.</param>
    /// <param name="mapWidth">Its columns.</param>
    public static void Add(Stretch columns, Stretch rows, ReadOnlySpan<float> tileMap, int tileWidth, Span<float> map, int mapWidth)
    {
        int below = tileMap.Length > tileWidth ? tileWidth : 0;
        int right = tileWidth > 1 ? 1 : 0;
        for (int y = 0; y < rows.Weights.Length; y++)
        {
            ReadOnlySpan<float> upper = tileMap.Slice(rows.Left[y] * tileWidth, tileWidth);
            ReadOnlySpan<float> lower = tileMap.Slice((rows.Left[y] * tileWidth) + below, tileWidth);
            Span<float> target = map.Slice(((rows.First + y) * mapWidth) + columns.First, columns.Weights.Length);
            float down = rows.Share[y];
            float weight = rows.Weights[y];
            for (int x = 0; x < target.Length; x++)
            {
                int left = columns.Left[x];
                float share = columns.Share[x];
                float above = upper[left] + ((upper[left + right] - upper[left]) * share);
                float under = lower[left] + ((lower[left + right] - lower[left]) * share);
                target[x] += weight * columns.Weights[x] * (above + ((under - above) * down));
            }
        }
    }
}

using GoNoGo.Detection.Detectors;
using GoNoGo.Tensors;
using GoNoGo.Tensors.Memory;
using GoNoGo.Tensors.Parallel;
using GoNoGo.Vision.Imaging;
using GoNoGo.Vision.Imaging.Regions;
using GoNoGo.Vision.Imaging.Tiling;

namespace GoNoGo.Detection.Scoring;

/// <summary>
/// Scores one picture tile by tile. Memory: some tiles, and the map of the picture. The image score is the largest of the tiles'
/// scores: a part is as bad as its worst place, however large the rest of the picture is. With <see cref="TileLevels"/> scores and
/// maps are deviations from what good parts score at each position.
/// </summary>
internal sealed class TileScorer(DetectorSet detectors, PictureFrame frame)
{
    private const int TilesAtOnce = 8;

    /// <summary>Scores a picture.</summary>
    /// <param name="image">The picture.</param>
    /// <param name="index">Its place in the caller's order.</param>
    /// <param name="wantsPicture">Whether the picture as the model saw it is wanted.</param>
    /// <param name="scope">Owns the map afterwards.</param>
    /// <param name="levels">What good parts score at each position; null: scores and maps stay as the networks give them.</param>
    /// <param name="meter">Told each tile's score and map; null: nobody.</param>
    public ScoredPicture Score(Image image, int index, bool wantsPicture, TensorScope scope, TileLevels? levels, TileLevelMeter? meter = null)
    {
        FrameView view = frame.ViewOf(image.Width, image.Height);
        detectors.RequireSize(image.Width, image.Height);
        using Image? cut = view.Region is null ? null : RegionCut.Run(image, view.Region);
        Tensor map = scope.Zeros(new Shape(view.MapHeight, view.MapWidth));
        var run = new Run(detectors, frame.Preprocessing, view, cut ?? image, map, wantsPicture) { Levels = levels, Meter = meter };
        float score = run.Execute();
        if (view.Judged is { } judged)
        {
            JudgedPixels.Clear(map.Span, judged);
        }

        return new ScoredPicture(index, null, score, map, default, view.Judged) { Rgb = run.Rgb };
    }

    /// <summary>Cuts the tiles of a batch out and turns them into network input, each on some thread.</summary>
    private readonly struct Preparation(Image box, TileGrid grid, Preprocessing input, int[] tiles, Tensor inputs) : IParallelBody
    {
        public void Invoke(int index)
        {
            using Image picture = RegionCut.Copy(box, grid[tiles[index]]);
            input.Run(picture, inputs[index].Span);
        }
    }

    /// <summary>The state of one picture.</summary>
    private sealed class Run(DetectorSet detectors, Preprocessing input, FrameView view, Image box, Tensor map, bool wantsPicture)
    {
        private readonly int[] _tiles = new int[TilesAtOnce];
        private float _score = float.NegativeInfinity;

        public TileLevels? Levels { get; init; }

        public TileLevelMeter? Meter { get; init; }

        /// <summary>The picture at the map's size, as the model saw it; null where it is not wanted.</summary>
        public byte[]? Rgb { get; } = wantsPicture ? new byte[checked(view.MapWidth * view.MapHeight * 3)] : null;

        public float Execute()
        {
            using var scope = new TensorScope();
            Tensor inputs = scope.New(new Shape(TilesAtOnce, input.Channels, input.Height, input.Width));
            Tensor maps = scope.New(new Shape(TilesAtOnce, input.Height, input.Width));
            var judged = new byte[TilesAtOnce * input.Width * input.Height];
            int count = 0;
            IDetector? detector = null;
            foreach (int tile in view.JudgedTiles())
            {
                IDetector own = detectors.Of(tile);
                if (count == TilesAtOnce || (detector is not null && own != detector))
                {
                    Flush(detector!, inputs, judged, maps, count);
                    count = 0;
                }

                detector = own;
                _tiles[count++] = tile;
            }

            Flush(detector!, inputs, judged, maps, count);
            return _score;
        }

        private void Flush(IDetector detector, Tensor inputs, byte[] judged, Tensor maps, int count)
        {
            Workers.For(count, new Preparation(box, view.Grid!.Value, input, _tiles, inputs));
            int pixels = input.Width * input.Height;
            bool all = true;
            for (int b = 0; b < count; b++)
            {
                all &= view.MaskTile(_tiles[b], input.Width, judged.AsSpan(b * pixels, pixels));
            }

            Span<float> scores = stackalloc float[TilesAtOnce];
            Tensor own = maps.Slice(0, count);
            detector.Score(inputs.Slice(0, count), all ? default : judged.AsSpan(0, count * pixels), scores[..count], own);
            TileGrid grid = view.Grid!.Value;
            for (int b = 0; b < count; b++)
            {
                // MathF.Max keeps NaN: a network that gives no number must not pass as a good part.
                TileLevel level = Levels?.Of(grid, _tiles[b]) ?? TileLevel.None;
                _score = MathF.Max(_score, (scores[b] - level.ScoreMean) / level.ScoreDeviation);
                Meter?.Add(_tiles[b], scores[b], own[b].Span, all ? default : judged.AsSpan(b * pixels, pixels));
                if (Levels is not null)
                {
                    foreach (ref float value in own[b].Span)
                    {
                        value = (value - level.MapMean) / level.MapDeviation;
                    }
                }

                TileAxis.Stretch columns = view.Columns[_tiles[b] % grid.Columns];
                TileAxis.Stretch rows = view.Rows[_tiles[b] / grid.Columns];
                TileAxis.Add(columns, rows, own[b].Span, input.Width, map.Span, view.MapWidth);
                if (Rgb is not null)
                {
                    Paint(columns, rows, inputs[b].Span);
                }
            }
        }

        /// <summary>Copies a tile's input, nearest pixels, to its place.</summary>
        private void Paint(TileAxis.Stretch columns, TileAxis.Stretch rows, ReadOnlySpan<float> values)
        {
            int plane = input.Width * input.Height;
            for (int y = 0; y < rows.Weights.Length; y++)
            {
                int row = rows.Left[y] + (rows.Share[y] >= 0.5f ? 1 : 0);
                for (int x = 0; x < columns.Weights.Length; x++)
                {
                    int from = (row * input.Width) + columns.Left[x] + (columns.Share[x] >= 0.5f ? 1 : 0);
                    int to = 3 * (((rows.First + y) * view.MapWidth) + columns.First + x);
                    for (int c = 0; c < 3; c++)
                    {
                        Rgb![to + c] = ScoredPicture.ToByte(values[(input.Channels == 1 ? 0 : c * plane) + from], input.Channels == 1 ? 0 : c, input);
                    }
                }
            }
        }
    }
}

using System.Globalization;
using GoNoGo.Evaluation.Regions;
using GoNoGo.Evaluation.Sorting;
using GoNoGo.Evaluation.Storage;

namespace GoNoGo.Evaluation.Metrics.Pixel;

/// <summary>
/// Pixel metrics over a stream of anomaly maps and masks: maps are added one by one and need not be kept. Takes 4 bytes per
/// normal and 8 per defective pixel up to the memory limit; beyond it, pixels go to a temporary file that vanishes on
/// <see cref="Dispose"/> and on the end of the process. Not for use by several threads at once; it uses several itself.
/// </summary>
public sealed class PixelMetrics : IDisposable
{
    /// <summary>The memory limit used where none is given: 1 GiB.</summary>
    public const long DefaultMemoryLimitBytes = 1L << 30;

    private const int DefaultRangeLength = 1 << 25;

    private readonly long _memoryLimitBytes;
    private readonly string? _spillDirectory;
    private readonly int _rangeLength;
    private readonly KeyStore<uint, PlainKey> _normals;
    private readonly KeyStore<ulong, KeyWithPayload> _defects;
    private readonly RegionRuns _runs = new();
    private readonly List<DefectRegion> _regions = [];
    private SpillFile? _spill;
    private bool _disposed;

    /// <summary>Starts without maps.</summary>
    /// <param name="memoryLimitBytes">Bytes of pixels to hold in memory before they go to a temporary file; sorting takes about half a gigabyte more at most.</param>
    /// <param name="spillDirectory">Where the temporary file goes; null: the system's folder for temporary files.</param>
    public PixelMetrics(long memoryLimitBytes = DefaultMemoryLimitBytes, string? spillDirectory = null)
        : this(memoryLimitBytes, spillDirectory, DefaultRangeLength)
    {
    }

    internal PixelMetrics(long memoryLimitBytes, string? spillDirectory, int rangeLength)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(memoryLimitBytes);
        _memoryLimitBytes = memoryLimitBytes;
        _spillDirectory = spillDirectory;
        _rangeLength = rangeLength;
        _normals = new(rangeLength);
        _defects = new(Math.Max(1, rangeLength / 2));
    }

    /// <summary>How many maps were added.</summary>
    public int Images { get; private set; }

    /// <summary>The defect regions of all masks added so far, by image, in the order of their first pixels.</summary>
    public IReadOnlyList<DefectRegion> Regions => _regions;

    internal bool HasSpilled => _spill is not null;

    internal string? SpillPath => _spill?.Path;

    /// <summary>Adds one image. An empty mask stands for a normal picture.</summary>
    /// <param name="map">Pixel scores <c>[height, width]</c>, larger = more anomalous; no NaN.</param>
    /// <param name="mask">Ground truth <c>[height, width]</c>, any value but 0 is defective; or empty.</param>
    /// <param name="width">Columns.</param>
    /// <param name="height">Rows.</param>
    /// <exception cref="ArgumentException">Sizes do not fit each other, or a score is NaN; nothing was added.</exception>
    /// <exception cref="SpillFileException">The temporary file could not be made or written.</exception>
    public void Add(ReadOnlySpan<float> map, ReadOnlySpan<byte> mask, int width, int height) => Add(map, mask, default, width, height);

    /// <summary>Adds one image of which a part is judged: the other pixels are neither normal nor defective.</summary>
    /// <param name="map">Pixel scores <c>[height, width]</c>, larger = more anomalous; no NaN where they are judged.</param>
    /// <param name="mask">Ground truth <c>[height, width]</c>, any value but 0 is defective, 0 where nothing is judged; or empty.</param>
    /// <param name="judged">Which pixels are judged, <c>[height, width]</c>, 0 = not; empty: all.</param>
    /// <param name="width">Columns.</param>
    /// <param name="height">Rows.</param>
    /// <exception cref="ArgumentException">As above, or a pixel is defective that is not judged; nothing was added.</exception>
    /// <exception cref="SpillFileException">The temporary file could not be made or written.</exception>
    public void Add(ReadOnlySpan<float> map, ReadOnlySpan<byte> mask, ReadOnlySpan<byte> judged, int width, int height)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        Check(map, mask, judged, width, height);
        _runs.Scan(mask, width, mask.IsEmpty ? 0 : height);
        int firstRegion = _regions.Count;
        AddRegions(map, width);
        int done = 0;
        foreach (RegionRun run in _runs.Runs)
        {
            int start = (run.Row * width) + run.Start;
            int end = (run.Row * width) + run.End;
            AppendNormals(map[done..start], judged.IsEmpty ? default : judged[done..start]);
            AppendDefects(map[start..end], (uint)(firstRegion + run.Region));
            done = end;
        }

        AppendNormals(map[done..], judged.IsEmpty ? default : judged[done..]);
        Images++;
        if (_normals.BytesInMemory + _defects.BytesInMemory > _memoryLimitBytes)
        {
            _spill ??= new SpillFile(_spillDirectory);
            _normals.Spill(_spill);
            _defects.Spill(_spill);
        }
    }

    /// <summary>
    /// Computes all metrics of the maps added so far. Maps may be added afterwards and the metrics computed again.
    /// A metric that the masks leave undefined has a reason instead of a value.
    /// </summary>
    /// <exception cref="SpillFileException">The temporary file could not be read.</exception>
    public PixelMetricsResult Compute(PixelMetricsOptions? options = null)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        options ??= new PixelMetricsOptions();
        options.Check();
        var sums = new PixelSums(options, _normals.Count, _defects.Count, _regions.Count);
        UInt128[] weights = [.. _regions.Select(region => RegionWeights.OfArea(region.Area))];
        PixelSweep.Run(_normals, _defects, weights, _rangeLength, sums);
        return sums.Result(Images);
    }

    /// <summary>How much of every defect region has score >= <paramref name="threshold"/>, in the order of <see cref="Regions"/>.</summary>
    /// <exception cref="SpillFileException">The temporary file could not be read.</exception>
    public IReadOnlyList<RegionOverlap> RegionOverlaps(float threshold)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (float.IsNaN(threshold))
        {
            throw new ArgumentException($"{nameof(RegionOverlaps)}: threshold: expected a number, got NaN.", nameof(threshold));
        }

        uint lastKey = ScoreKey.FromSingle(threshold);
        var counter = new FoundCounter(new int[_regions.Count], lastKey);
        _defects.Visit(0, (int)(lastKey >> 16), ref counter);
        return [.. _regions.Select((region, i) => new RegionOverlap(region, counter.Found[i]))];
    }

    /// <summary>Frees the memory and removes the temporary file.</summary>
    public void Dispose()
    {
        _disposed = true;
        _normals.Dispose();
        _defects.Dispose();
        _spill?.Dispose();
        _spill = null;
    }

    private static void Check(ReadOnlySpan<float> map, ReadOnlySpan<byte> mask, ReadOnlySpan<byte> judged, int width, int height)
    {
        if (width < 1 || height < 1 || (long)width * height != map.Length)
        {
            throw new ArgumentException(string.Create(
                CultureInfo.InvariantCulture,
                $"{nameof(PixelMetrics)}: map: expected {width} x {height} scores (at least one), got {map.Length}."));
        }

        if (!mask.IsEmpty && mask.Length != map.Length)
        {
            throw new ArgumentException(string.Create(
                CultureInfo.InvariantCulture,
                $"{nameof(PixelMetrics)}: mask: expected {width} x {height} values or none, got {mask.Length}."));
        }

        if (!judged.IsEmpty && judged.Length != map.Length)
        {
            throw new ArgumentException(string.Create(
                CultureInfo.InvariantCulture,
                $"{nameof(PixelMetrics)}: judged: expected {width} x {height} values or none, got {judged.Length}."));
        }

        for (int i = 0; i < map.Length; i++)
        {
            if (!judged.IsEmpty && judged[i] == 0)
            {
                if (!mask.IsEmpty && mask[i] != 0)
                {
                    throw new ArgumentException(string.Create(
                        CultureInfo.InvariantCulture,
                        $"{nameof(PixelMetrics)}: mask: the pixel at column {i % width}, row {i / width} is defective but not judged."));
                }
            }
            else if (float.IsNaN(map[i]))
            {
                throw new ArgumentException(string.Create(
                    CultureInfo.InvariantCulture,
                    $"{nameof(PixelMetrics)}: map: the score at column {i % width}, row {i / width} is NaN, which has no place in an order."));
            }
        }
    }

    private void AddRegions(ReadOnlySpan<float> map, int width)
    {
        int firstRegion = _regions.Count;
        int known = 0;
        foreach (RegionRun run in _runs.Runs)
        {
            float highest = float.NegativeInfinity;
            foreach (float score in map.Slice((run.Row * width) + run.Start, run.End - run.Start))
            {
                highest = Math.Max(highest, score);
            }

            if (run.Region == known)
            {
                known++;
                _regions.Add(new DefectRegion(Images, run.Start, run.Row, run.End - run.Start, 1, run.End - run.Start, highest));
                continue;
            }

            DefectRegion region = _regions[firstRegion + run.Region];
            int left = Math.Min(region.Left, run.Start);
            int right = Math.Max(region.Left + region.Width, run.End);
            _regions[firstRegion + run.Region] = region with
            {
                Left = left,
                Width = right - left,
                Height = run.Row + 1 - region.Top,
                Area = region.Area + run.End - run.Start,
                MaxScore = Math.Max(region.MaxScore, highest),
            };
        }
    }

    /// <summary>Appends the judged ones of some normal pixels, run by run.</summary>
    private void AppendNormals(ReadOnlySpan<float> scores, ReadOnlySpan<byte> judged)
    {
        if (judged.IsEmpty)
        {
            AppendNormals(scores);
            return;
        }

        int start = judged.IndexOfAnyExcept((byte)0);
        while (start >= 0)
        {
            int length = judged[start..].IndexOf((byte)0);
            int end = length < 0 ? judged.Length : start + length;
            AppendNormals(scores[start..end]);
            int gap = judged[end..].IndexOfAnyExcept((byte)0);
            start = gap < 0 ? -1 : end + gap;
        }
    }

    private void AppendNormals(ReadOnlySpan<float> scores)
    {
        while (scores.Length > 0)
        {
            Span<uint> free = _normals.Free;
            int count = Math.Min(free.Length, scores.Length);
            for (int i = 0; i < count; i++)
            {
                free[i] = ScoreKey.FromSingle(scores[i]);
            }

            _normals.Commit(count);
            scores = scores[count..];
        }
    }

    private void AppendDefects(ReadOnlySpan<float> scores, uint region)
    {
        while (scores.Length > 0)
        {
            Span<ulong> free = _defects.Free;
            int count = Math.Min(free.Length, scores.Length);
            for (int i = 0; i < count; i++)
            {
                free[i] = KeyWithPayload.Pack(ScoreKey.FromSingle(scores[i]), region);
            }

            _defects.Commit(count);
            scores = scores[count..];
        }
    }

    private readonly struct FoundCounter(int[] found, uint lastKey) : IPieceVisitor<ulong>
    {
        public int[] Found => found;

        public void Visit(ReadOnlySpan<ulong> piece)
        {
            foreach (ulong element in piece)
            {
                if (KeyWithPayload.Key(element) <= lastKey)
                {
                    found[(uint)element]++;
                }
            }
        }
    }
}

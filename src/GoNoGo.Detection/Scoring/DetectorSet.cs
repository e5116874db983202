using System.Globalization;
using GoNoGo.Detection.Detectors;
using GoNoGo.Vision.Imaging;

namespace GoNoGo.Detection.Scoring;

/// <summary>The trained networks of a model: one for everything, or one for each position of a tile.</summary>
public sealed class DetectorSet : IDisposable
{
    private readonly SortedDictionary<int, IDetector> _byTile = [];
    private readonly IDetector? _shared;

    /// <summary>One network for everything.</summary>
    public DetectorSet(IDetector shared) => _shared = shared ?? throw new ArgumentNullException(nameof(shared));

    /// <summary>A network for each position; add them.</summary>
    /// <param name="width">Width of the pictures whose tiles they know.</param>
    /// <param name="height">Their height.</param>
    public DetectorSet(int width, int height) => PictureSize = (width, height);

    /// <summary>The one size of pictures that networks by position know; null: any.</summary>
    public (int Width, int Height)? PictureSize { get; }

    /// <summary>The first network; all are alike but for their weights.</summary>
    public IDetector First => _shared ?? _byTile.First().Value;

    /// <summary>All networks with what stands before their names: nothing for a shared one, <c>p0007/</c> for the tile 7.</summary>
    public IEnumerable<KeyValuePair<string, IDetector>> Named => _shared is not null
        ? [new("", _shared)]
        : _byTile.Select(pair => new KeyValuePair<string, IDetector>(PrefixOf(pair.Key), pair.Value));

    /// <summary>Statistics of all networks, by prefix and name.</summary>
    public SortedDictionary<string, double> Statistics
    {
        get
        {
            var all = new SortedDictionary<string, double>(StringComparer.Ordinal);
            foreach ((string prefix, IDetector detector) in Named)
            {
                foreach ((string name, double value) in detector.Statistics)
                {
                    all.Add(prefix + name, value);
                }
            }

            return all;
        }
    }

    /// <summary>What stands before the names of a position's tensors and statistics.</summary>
    public static string PrefixOf(int tile) => string.Create(CultureInfo.InvariantCulture, $"p{tile:D4}/");

    /// <summary>Adds the network of a position.</summary>
    public void Add(int tile, IDetector detector) => _byTile.Add(tile, detector);

    /// <summary>The network of a tile.</summary>
    public IDetector Of(int tile) => _shared ?? _byTile[tile];

    /// <summary>Refuses a picture whose tiles no network knows.</summary>
    /// <exception cref="ImageFormatException">Another size, where there is a network for each position.</exception>
    internal void RequireSize(int width, int height)
    {
        if (PictureSize is { } size && size != (width, height))
        {
            throw new ImageFormatException(string.Create(
                CultureInfo.InvariantCulture,
                $"the picture is {width} x {height}, but the model has a network for each tile of pictures of {size.Width} x {size.Height} (tile-model=per-position); give pictures of that size or train with tile-model=shared."));
        }
    }

    /// <summary>Gives the networks' memory back.</summary>
    public void Dispose()
    {
        _shared?.Dispose();
        foreach (IDetector detector in _byTile.Values)
        {
            detector.Dispose();
        }
    }
}

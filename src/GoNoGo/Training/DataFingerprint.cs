using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using GoNoGo.Detection.Models;
using GoNoGo.Vision.Datasets;

namespace GoNoGo.Training;

/// <summary>What the training pictures are: their sizes, and a hash of names and contents. Reads every file once.</summary>
internal sealed class DataFingerprint
{
    private readonly SortedSet<int> _widths = [];
    private readonly SortedSet<int> _heights = [];
    private readonly SortedSet<int> _channels = [];
    private readonly SortedSet<int> _depths = [];
    private readonly HashSet<ulong> _pictures = [];
    private int _withAlpha;
    private int _turned;
    private int _withPages;
    private string _hash = "";

    private static ReadOnlySpan<byte> JpegSignature => [0xFF, 0xD8, 0xFF];

    /// <summary>The bits a sample that occur.</summary>
    public IReadOnlyCollection<int> Depths => _depths;

    /// <summary>How many are JPEG files.</summary>
    public int JpegCount { get; private set; }

    /// <summary>What a reader must know about the pictures.</summary>
    public List<string> Notes { get; } = [];

    /// <summary>Hashes of the pictures' contents, for the model.</summary>
    public ulong[] Pictures => TrainingPictures.Keep(_pictures);

    /// <summary>Reads the pictures.</summary>
    public static DataFingerprint Of(IReadOnlyList<DatasetItem> items, CancellationToken cancellation)
    {
        var fingerprint = new DataFingerprint();
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        int repeated = 0;
        string? firstRepeated = null;
        foreach (DatasetItem item in items)
        {
            cancellation.ThrowIfCancellationRequested();
            hash.AppendData(Encoding.UTF8.GetBytes(item.RelativePath + "\n"));
            byte[] content = PictureContent.Read(item);
            hash.AppendData(content);
            if (!fingerprint._pictures.Add(PictureContent.Hash(content)))
            {
                repeated++;
                firstRepeated ??= item.RelativePath;
            }

            fingerprint.JpegCount += item.FilePath is not null && content.AsSpan().StartsWith(JpegSignature) ? 1 : 0;
            PictureFormat format = item.Identify();
            fingerprint._widths.Add(format.Width);
            fingerprint._heights.Add(format.Height);
            fingerprint._channels.Add(format.Channels);
            fingerprint._depths.Add(format.BitDepth);
            fingerprint._withAlpha += format.HasAlpha ? 1 : 0;
            fingerprint._turned += format.IsTurned ? 1 : 0;
            fingerprint._withPages += format.Pages > 1 ? 1 : 0;
        }

        fingerprint._hash = Convert.ToHexStringLower(hash.GetHashAndReset());
        if (repeated > 0)
        {
            fingerprint.Notes.Add($"{repeated} training picture(s) are the same file as another one, first '{firstRepeated}'; 'gonogo data describe' lists them.");
        }

        if (fingerprint._widths.Count > 1 || fingerprint._heights.Count > 1)
        {
            fingerprint.Notes.Add(string.Create(CultureInfo.InvariantCulture,
                $"the training pictures have different sizes ({fingerprint._widths.Min} x {fingerprint._heights.Min} to {fingerprint._widths.Max} x {fingerprint._heights.Max}); all are resized to the model's."));
        }

        if (fingerprint._channels.Count > 1)
        {
            fingerprint.Notes.Add($"the training pictures have different numbers of channels ({string.Join(", ", fingerprint._channels)}); all are brought to the model's.");
        }

        if (fingerprint._depths.Count > 1)
        {
            fingerprint.Notes.Add($"the training pictures have different depths ({string.Join(", ", fingerprint._depths)} bits); full scale of each counts as white: check that they come from the same camera and settings.");
        }

        if (fingerprint._withAlpha > 0)
        {
            fingerprint.Notes.Add(AlphaNote.Of(fingerprint._withAlpha));
        }

        if (fingerprint._turned > 0)
        {
            fingerprint.Notes.Add(OrientationNote.Of(fingerprint._turned));
        }

        if (fingerprint._withPages > 0)
        {
            fingerprint.Notes.Add(PagesNote.Of(fingerprint._withPages));
        }

        return fingerprint;
    }

    /// <summary>As stored in the manifest.</summary>
    public TrainingData Describe(int fit, int validation, int splitSeed) => new(
        fit, validation, splitSeed, _hash, [_widths.Min, _widths.Max], [_heights.Min, _heights.Max], [.. _channels])
    { BitDepths = [.. _depths] };
}

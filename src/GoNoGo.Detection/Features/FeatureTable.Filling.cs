using System.Globalization;
using GoNoGo.Detection.Backbones;
using GoNoGo.Detection.Features.Caching;
using GoNoGo.Detection.Scoring;
using GoNoGo.Detection.Training;
using GoNoGo.Tensors;
using GoNoGo.Tensors.Memory;
using GoNoGo.Vision.Datasets;
using GoNoGo.Vision.Datasets.Loading;

namespace GoNoGo.Detection.Features;

/// <content>Finding out what the cache holds, and computing the rest.</content>
public sealed partial class FeatureTable
{
    private const int BatchSize = 8;

    /// <summary>The part of the machine's memory that features may take where there is no disk to put them.</summary>
    private const double MostOfMemory = 0.7;

    private static int Values(FeatureLevel level) => level.Width * level.Rows * level.Columns;

    private static int[] NoRecords(int count)
    {
        var records = new int[count];
        Array.Fill(records, -1);
        return records;
    }

    private void Fill(
        FeatureExtractor extractor, IReadOnlyList<DatasetItem> items, PictureFrame frame, FeatureCache? cache,
        string view, Action<int, int>? progress, CancellationToken cancellation)
    {
        OpenFiles(extractor, frame, cache, view);
        bool keyed = _files.Any(file => file is not null);
        byte[][] hashes = keyed ? PictureHash.OfAll(items, cancellation) : [];
        ChooseMemory(cache, hashes);
        _records = [.. Levels.Select(_ => NoRecords(Count))];
        int[] missing = Fetch(hashes, cancellation, out int[] copies);
        ComputedCount = missing.Length;
        progress?.Invoke(Count - missing.Length, Count);
        if (missing.Length > 0)
        {
            Compute(extractor, items, frame, missing, hashes, copies.Length, progress, cancellation);
        }

        Copy(copies, hashes, missing);
        if (!IsInMemory)
        {
            foreach (FeatureSetFile? file in _files)
            {
                file!.Map();
            }
        }

        cache?.Trim();
    }

    private void OpenFiles(FeatureExtractor extractor, PictureFrame frame, FeatureCache? cache, string view)
    {
        try
        {
            for (int level = 0; cache is not null && level < Levels.Count; level++)
            {
                _files[level] = cache.Open(extractor, Levels[level], frame, view);
                if (_files[level] is { CanWrite: false })
                {
                    Note("another process fills the feature cache, or it cannot be written; features that it lacks are computed for this run alone.");
                }
            }
        }
        catch (FeatureCacheException exception)
        {
            Note(exception.Message);
            for (int level = 0; level < _files.Length; level++)
            {
                Drop(level);
            }
        }
    }

    /// <summary>Decides where the features go: memory up to the limit, beyond it the files, and memory again where no file can take them.</summary>
    private void ChooseMemory(FeatureCache? cache, byte[][] hashes)
    {
        long bytes = Levels.Sum(level => (long)Values(level)) * sizeof(float) * Count;
        bool fits = bytes <= (cache?.Options ?? new FeatureCacheOptions()).MostMemoryBytes;
        if (!fits && _files.All(file => file is { CanWrite: true }) && DiskHolds(cache!, hashes))
        {
            return;
        }

        long memory = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;
        if (!fits && bytes > memory * MostOfMemory)
        {
            throw new FeatureCacheException(string.Create(
                CultureInfo.InvariantCulture,
                $"the features of {Count} pictures take {bytes / 1e9:0.0} GB, which neither the memory ({memory / 1e9:0.0} GB) nor the feature cache can hold; make room on its disk, set {FeatureCacheOptions.FolderVariable} to a folder with room, or use fewer pictures or levels."));
        }

        for (int level = 0; level < Levels.Count; level++)
        {
            FeatureLevel shape = Levels[level];
            _memory[level] = _scope.New(new Shape(Math.Max(Count, 1), shape.Width, shape.Rows, shape.Columns));
        }
    }

    private bool DiskHolds(FeatureCache cache, byte[][] hashes)
    {
        long needed = 0;
        for (int level = 0; level < Levels.Count; level++)
        {
            needed += hashes.LongCount(hash => _files[level]!.Find(hash) < 0) * Values(Levels[level]) * sizeof(float);
        }

        try
        {
            long free = new DriveInfo(cache.Options.Folder!).AvailableFreeSpace;
            if (needed <= free)
            {
                return true;
            }

            Note(string.Create(CultureInfo.InvariantCulture, $"the disk of the feature cache '{cache.Options.Folder}' has {free / 1e9:0.0} GB left and these features take {needed / 1e9:0.0} GB; they stay in memory."));
            for (int level = 0; level < _files.Length; level++)
            {
                Drop(level);
            }

            return false;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException)
        {
            // A file system that does not tell: writing will show.
            return true;
        }
    }

    /// <summary>Takes from the cache what it holds.</summary>
    /// <param name="hashes">The pictures' hashes; empty where there is no cache.</param>
    /// <param name="cancellation">Stops early.</param>
    /// <param name="copies">Pictures that are missing and the same as an earlier missing one.</param>
    /// <returns>Pictures to compute.</returns>
    private int[] Fetch(byte[][] hashes, CancellationToken cancellation, out int[] copies)
    {
        if (hashes.Length == 0)
        {
            copies = [];
            return [.. Enumerable.Range(0, Count)];
        }

        var missing = new List<int>();
        var again = new List<int>();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var buffer = new float[IsInMemory ? 0 : Levels.Max(Values)];
        for (int index = 0; index < Count; index++)
        {
            cancellation.ThrowIfCancellationRequested();
            if (!TryFetch(index, hashes[index], buffer))
            {
                (seen.Add(Convert.ToHexString(hashes[index])) ? missing : again).Add(index);
            }
        }

        copies = [.. again];
        return [.. missing];
    }

    /// <summary>Takes a picture from the cache; false where a level of it is not there or not whole.</summary>
    private bool TryFetch(int index, byte[] hash, Span<float> buffer)
    {
        bool all = true;
        for (int level = 0; level < Levels.Count; level++)
        {
            int record = _files[level]?.Find(hash) ?? -1;
            if (record >= 0 && !_files[level]!.TryRead(record, Destination(index, level, buffer)))
            {
                Note("the feature cache held damaged features; they were computed anew.");
                record = -1;
            }

            _records[level][index] = record;
            all &= record >= 0;
        }

        return all;
    }

    private Span<float> Destination(int index, int level, Span<float> buffer) =>
        _memory[level].IsEmpty ? buffer[..Values(Levels[level])] : _memory[level][index].Span;

    private void Compute(
        FeatureExtractor extractor, IReadOnlyList<DatasetItem> items, PictureFrame frame, int[] missing, byte[][] hashes, int copies,
        Action<int, int>? progress, CancellationToken cancellation)
    {
        using var source = new PictureSource(items, frame, new BatchLoaderOptions { CacheBytes = 0 });
        using var scope = new TensorScope();
        int done = 0;
        foreach (PictureBatch batch in source.Read(missing, BatchSize, cancellation))
        {
            scope.Reset();
            int count = batch.Images.Shape[0];
            Tensor[] features = extractor.Extract(batch.Images, scope);
            for (int level = 0; level < Levels.Count; level++)
            {
                Keep(level, features[level], missing.AsSpan(batch.First, count), hashes);
            }

            done += count;
            progress?.Invoke(Count - missing.Length - copies + done, Count);
        }
    }

    /// <summary>Puts computed features where they belong. A picture that a file has at this level already is not written again.</summary>
    private void Keep(int level, Tensor features, ReadOnlySpan<int> pictures, byte[][] hashes)
    {
        for (int b = 0; b < pictures.Length && !_memory[level].IsEmpty; b++)
        {
            features[b].CopyTo(_memory[level][pictures[b]]);
        }

        for (int first = 0; first < pictures.Length && _files[level] is { CanWrite: true } file;)
        {
            int end = first;
            while (end < pictures.Length && _records[level][pictures[end]] < 0)
            {
                end++;
            }

            if (end > first)
            {
                Append(level, file, features, pictures, first, end, hashes);
            }

            first = end + 1;
        }
    }

    private void Append(int level, FeatureSetFile file, Tensor features, ReadOnlySpan<int> pictures, int first, int end, byte[][] hashes)
    {
        var keys = new byte[end - first][];
        for (int b = first; b < end; b++)
        {
            keys[b - first] = hashes[pictures[b]];
        }

        try
        {
            int record = file.Count;
            int values = Values(Levels[level]);
            file.Append(keys, features.Span[(first * values)..(end * values)]);
            for (int b = first; b < end; b++)
            {
                _records[level][pictures[b]] = record++;
            }
        }
        catch (FeatureCacheException exception) when (!_memory[level].IsEmpty)
        {
            // The run goes on with what memory holds.
            Note(exception.Message);
            Drop(level);
        }
    }

    /// <summary>Gives pictures that are the same as computed ones their features.</summary>
    private void Copy(int[] copies, byte[][] hashes, int[] missing)
    {
        if (copies.Length == 0)
        {
            return;
        }

        var computed = missing.ToDictionary(index => Convert.ToHexString(hashes[index]), StringComparer.Ordinal);
        foreach (int index in copies)
        {
            int same = computed[Convert.ToHexString(hashes[index])];
            for (int level = 0; level < Levels.Count; level++)
            {
                _records[level][index] = _records[level][same];
                if (!_memory[level].IsEmpty)
                {
                    _memory[level][same].CopyTo(_memory[level][index]);
                }
            }
        }
    }

    private void Drop(int level)
    {
        _files[level]?.Dispose();
        _files[level] = null;
    }

    private void Note(string sentence)
    {
        if (!_notes.Contains(sentence))
        {
            _notes.Add(sentence);
        }
    }
}

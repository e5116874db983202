using System.Buffers.Binary;
using System.Runtime.InteropServices;
using GoNoGo.Tensors.Formats;
using Microsoft.Win32.SafeHandles;

namespace GoNoGo.Detection.Features.Caching;

/// <summary>
/// The features of one level of many pictures on disk: a data file of equal records in the order of their coming, and an index of
/// 48 bytes a record (hash of the picture, sum over the record, sum over the entry). A record counts once its entry is whole, and the
/// entry is written after the record is on the disk: a killed writer leaves at most bytes that nobody counts. One process writes at a
/// time; any number read.
/// </summary>
internal sealed class FeatureSetFile : IDisposable
{
    private const int EntryBytes = PictureHash.Bytes + (2 * sizeof(ulong));
    private const string DataName = "features.bin";
    private const string IndexName = "index.bin";
    private const string LockName = "lock";
    private const string AboutName = "about.txt";

    private readonly string _folder;
    private readonly Dictionary<UInt128, long> _records = [];
    private readonly List<ulong> _sums = [];
    private readonly int _recordBytes;
    private readonly FileStream? _lock;
    private SafeFileHandle? _data;
    private SafeFileHandle? _index;
    private ByteSource? _mapped;

    private FeatureSetFile(string folder, int recordBytes, FileStream? writeLock)
    {
        _folder = folder;
        _recordBytes = recordBytes;
        _lock = writeLock;
    }

    /// <summary>Whether this process may add records; false while another one does.</summary>
    public bool CanWrite => _lock is not null;

    /// <summary>Records that can be read.</summary>
    public int Count => _sums.Count;

    /// <summary>Opens a set, making it where it is missing.</summary>
    /// <param name="folder">The folder of the set.</param>
    /// <param name="about">What the set is, in words.</param>
    /// <param name="valuesPerRecord">Floats of one picture.</param>
    /// <exception cref="FeatureCacheException">The folder cannot be used.</exception>
    public static FeatureSetFile Open(string folder, string about, int valuesPerRecord)
    {
        try
        {
            Directory.CreateDirectory(folder);
            var file = new FeatureSetFile(folder, checked(valuesPerRecord * sizeof(float)), TakeLock(folder));
            try
            {
                file.Start(about);
                return file;
            }
            catch
            {
                file.Dispose();
                throw;
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw Unusable(folder, exception);
        }
    }

    /// <summary>The record of a picture, or -1.</summary>
    public long Find(ReadOnlySpan<byte> hash) => _records.GetValueOrDefault(KeyOf(hash), -1);

    /// <summary>Reads a record; false where its bytes are not those that were written.</summary>
    public bool TryRead(long record, Span<float> values)
    {
        Span<byte> bytes = MemoryMarshal.AsBytes(values);
        long position = record * _recordBytes;
        if (_mapped is { } mapped && position + _recordBytes <= mapped.Length)
        {
            mapped.Read(position, bytes);
        }
        else
        {
            for (int done = 0; done < bytes.Length;)
            {
                int count = RandomAccess.Read(_data!, bytes[done..], position + done);
                if (count == 0)
                {
                    return false;
                }

                done += count;
            }
        }

        return Sum(bytes) == _sums[(int)record];
    }

    /// <summary>Adds records: hashes of 32 bytes, and their values one after the other.</summary>
    /// <exception cref="FeatureCacheException">The disk is full or the folder is gone.</exception>
    public void Append(IReadOnlyList<byte[]> hashes, ReadOnlySpan<float> values)
    {
        if (_lock is null)
        {
            throw new InvalidOperationException("FeatureSetFile.Append: another process writes this set.");
        }

        try
        {
            ReadOnlySpan<byte> bytes = MemoryMarshal.AsBytes(values);
            RandomAccess.Write(_data!, bytes, (long)Count * _recordBytes);
            RandomAccess.FlushToDisk(_data!);
            var entries = new byte[hashes.Count * EntryBytes];
            for (int i = 0; i < hashes.Count; i++)
            {
                Span<byte> entry = entries.AsSpan(i * EntryBytes, EntryBytes);
                hashes[i].CopyTo(entry);
                BinaryPrimitives.WriteUInt64LittleEndian(entry[PictureHash.Bytes..], Sum(bytes.Slice(i * _recordBytes, _recordBytes)));
                BinaryPrimitives.WriteUInt64LittleEndian(entry[(PictureHash.Bytes + sizeof(ulong))..], Sum(entry[..(PictureHash.Bytes + sizeof(ulong))]));
            }

            RandomAccess.Write(_index!, entries, (long)Count * EntryBytes);
            for (int i = 0; i < hashes.Count; i++)
            {
                Add(entries.AsSpan(i * EntryBytes, EntryBytes));
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw Unusable(_folder, exception);
        }
    }

    /// <summary>Reads from here on through a mapping of the data file: for more features than memory should hold.</summary>
    public void Map()
    {
        _mapped?.Dispose();
        _mapped = Count == 0 ? null : ByteSource.OpenFile(Path.Combine(_folder, DataName), memoryMapped: true);
    }

    public void Dispose()
    {
        _mapped?.Dispose();
        _data?.Dispose();
        _index?.Dispose();
        _lock?.Dispose();
    }

    /// <summary>Whether a process uses the folder for writing.</summary>
    public static bool IsInUse(string folder)
    {
        using FileStream? taken = TakeLock(folder);
        return taken is null;
    }

    /// <summary>A quick 64-bit sum that notices flipped, lost and exchanged bytes; no protection against intent.</summary>
    private static ulong Sum(ReadOnlySpan<byte> bytes)
    {
        ulong sum = 0xCBF29CE484222325 ^ (ulong)bytes.Length;
        ReadOnlySpan<ulong> words = MemoryMarshal.Cast<byte, ulong>(bytes);
        foreach (ulong word in words)
        {
            sum = unchecked((sum ^ word) * 0x9E3779B97F4A7C15);
            sum ^= sum >> 29;
        }

        foreach (byte value in bytes[(words.Length * sizeof(ulong))..])
        {
            sum = unchecked((sum ^ value) * 0x100000001B3);
        }

        return sum;
    }

    private static UInt128 KeyOf(ReadOnlySpan<byte> hash) => BinaryPrimitives.ReadUInt128LittleEndian(hash);

    private static FileStream? TakeLock(string folder)
    {
        try
        {
            return new FileStream(Path.Combine(folder, LockName), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, 1);
        }
        catch (IOException) when (File.Exists(Path.Combine(folder, LockName)))
        {
            return null;
        }
    }

    private static FeatureCacheException Unusable(string folder, Exception exception) => new(
        $"the feature cache '{folder}' cannot be used: {exception.Message.TrimEnd('.')}; make room, set {FeatureCacheOptions.FolderVariable} to another folder, or to off.", exception);

    private void Start(string about)
    {
        FileMode mode = CanWrite ? FileMode.OpenOrCreate : FileMode.Open;
        FileAccess access = CanWrite ? FileAccess.ReadWrite : FileAccess.Read;
        if (CanWrite)
        {
            File.WriteAllText(Path.Combine(_folder, AboutName), about);
        }
        else if (!File.Exists(Path.Combine(_folder, DataName)) || !File.Exists(Path.Combine(_folder, IndexName)))
        {
            return;
        }

        _data = File.OpenHandle(Path.Combine(_folder, DataName), mode, access, FileShare.ReadWrite | FileShare.Delete);
        _index = File.OpenHandle(Path.Combine(_folder, IndexName), mode, access, FileShare.ReadWrite | FileShare.Delete);
        long records = Math.Min(RandomAccess.GetLength(_data) / _recordBytes, RandomAccess.GetLength(_index) / EntryBytes);
        Span<byte> entry = stackalloc byte[EntryBytes];
        for (long record = 0; record < records && Count < int.MaxValue; record++)
        {
            bool whole = RandomAccess.Read(_index, entry, record * EntryBytes) == EntryBytes
                && BinaryPrimitives.ReadUInt64LittleEndian(entry[(PictureHash.Bytes + sizeof(ulong))..]) == Sum(entry[..(PictureHash.Bytes + sizeof(ulong))]);
            if (!whole)
            {
                // What follows was written by a process that ended in the middle: it is written over.
                break;
            }

            Add(entry);
        }
    }

    private void Add(ReadOnlySpan<byte> entry)
    {
        // A record that proved damaged was computed again: the later one counts.
        _records[KeyOf(entry)] = Count;
        _sums.Add(BinaryPrimitives.ReadUInt64LittleEndian(entry[PictureHash.Bytes..]));
    }
}

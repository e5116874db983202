using System.Buffers.Binary;
using System.IO.MemoryMappedFiles;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace GoNoGo.Detection.Features.Caching;

/// <summary>
/// The features of one level of many pictures on disk: a data file of equal records in the order of their coming, and an index of
/// 48 bytes a record (hash of the picture, sum over the record, sum over the entry). A record counts once its entry is whole, and the
/// entry is written after the record is on the disk: a killed writer leaves at most bytes that nobody counts. One process writes at a
/// time; any number read what was there when they came.
/// </summary>
internal sealed class FeatureSetFile : IDisposable
{
    /// <summary>The file that says in words what the set is.</summary>
    public const string AboutName = "about.txt";

    /// <summary>The file of the records.</summary>
    public const string DataName = "features.bin";

    /// <summary>The file of the entries.</summary>
    public const string IndexName = "index.bin";

    /// <summary>Bytes of an entry.</summary>
    public const int EntryBytes = PictureHash.Bytes + (2 * sizeof(ulong));

    private const string LockName = "lock";
    private const int EntriesPerRead = 1024;
    private const int SummedBytes = PictureHash.Bytes + sizeof(ulong);

    private readonly string _folder;
    private readonly Dictionary<UInt128, int> _records = [];
    private readonly List<ulong> _sums = [];
    private readonly int _recordBytes;
    private readonly FileStream? _lock;
    private SafeFileHandle? _data;
    private SafeFileHandle? _index;
    private MemoryMappedFile? _mapping;
    private MemoryMappedViewAccessor? _mapped;
    private long _mappedBytes;

    private FeatureSetFile(string folder, int recordBytes, FileStream? writeLock)
    {
        _folder = folder;
        _recordBytes = recordBytes;
        _lock = writeLock;
    }

    /// <summary>Whether this process may add records; false while another one does, and where the folder cannot be written.</summary>
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
    public int Find(ReadOnlySpan<byte> hash) => _records.GetValueOrDefault(KeyOf(hash), -1);

    /// <summary>Reads a record; false where its bytes are not those that were written.</summary>
    public bool TryRead(int record, Span<float> values)
    {
        Span<byte> bytes = MemoryMarshal.AsBytes(values);
        long position = (long)record * _recordBytes;
        try
        {
            return (position + _recordBytes <= _mappedBytes ? ReadMapped(position, bytes) : ReadFile(position, bytes)) && RecordSum.Of(bytes) == _sums[record];
        }
        catch (IOException)
        {
            // A place of the disk that cannot be read any more is damage like any other.
            return false;
        }
    }

    /// <summary>Adds records: hashes of 32 bytes, and their values one after the other.</summary>
    /// <exception cref="FeatureCacheException">The disk is full or the folder is gone.</exception>
    public void Append(ReadOnlySpan<byte[]> hashes, ReadOnlySpan<float> values)
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
            var entries = new byte[hashes.Length * EntryBytes];
            for (int i = 0; i < hashes.Length; i++)
            {
                Span<byte> entry = entries.AsSpan(i * EntryBytes, EntryBytes);
                hashes[i].CopyTo(entry);
                BinaryPrimitives.WriteUInt64LittleEndian(entry[PictureHash.Bytes..], RecordSum.Of(bytes.Slice(i * _recordBytes, _recordBytes)));
                BinaryPrimitives.WriteUInt64LittleEndian(entry[SummedBytes..], RecordSum.Of(entry[..SummedBytes]));
            }

            RandomAccess.Write(_index!, entries, (long)Count * EntryBytes);
            for (int i = 0; i < hashes.Length; i++)
            {
                Add(entries.AsSpan(i * EntryBytes, EntryBytes));
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw Unusable(_folder, exception);
        }
    }

    /// <summary>Reads what is there now through a mapping of the data file: for more features than memory should hold.</summary>
    public void Map()
    {
        Unmap();
        long bytes = (long)Count * _recordBytes;
        if (bytes == 0 || RandomAccess.GetLength(_data!) < bytes)
        {
            return;
        }

        // By the open handle, not by name: the set may be removed while it is read.
        _mapping = MemoryMappedFile.CreateFromFile(_data!, null, 0, MemoryMappedFileAccess.Read, HandleInheritability.None, leaveOpen: true);
        _mapped = _mapping.CreateViewAccessor(0, bytes, MemoryMappedFileAccess.Read);
        _mappedBytes = bytes;
    }

    public void Dispose()
    {
        Unmap();
        _data?.Dispose();
        _index?.Dispose();
        _lock?.Dispose();
    }

    /// <summary>The right to write a set; null where another process has it or the folder cannot be written.</summary>
    internal static FileStream? TakeLock(string folder)
    {
        string path = Path.Combine(folder, LockName);
        try
        {
            return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, 1);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException && File.Exists(path))
        {
            return null;
        }
    }

    private static UInt128 KeyOf(ReadOnlySpan<byte> hash) => BinaryPrimitives.ReadUInt128LittleEndian(hash);

    private static FeatureCacheException Unusable(string folder, Exception exception) => new(
        $"the feature cache '{folder}' cannot be used: {exception.Message.TrimEnd('.')}; make room, set {FeatureCacheOptions.FolderVariable} to another folder, or to off.", exception);

    private unsafe bool ReadMapped(long position, Span<byte> bytes)
    {
        byte* address = null;
        try
        {
            _mapped!.SafeMemoryMappedViewHandle.AcquirePointer(ref address);
            new ReadOnlySpan<byte>(address + _mapped.PointerOffset + position, bytes.Length).CopyTo(bytes);
            return true;
        }
        finally
        {
            if (address is not null)
            {
                _mapped!.SafeMemoryMappedViewHandle.ReleasePointer();
            }
        }
    }

    private bool ReadFile(long position, Span<byte> bytes)
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

        return true;
    }

    private void Unmap()
    {
        _mappedBytes = 0;
        _mapped?.Dispose();
        _mapping?.Dispose();
    }

    private void Start(string about)
    {
        FileMode mode = CanWrite ? FileMode.OpenOrCreate : FileMode.Open;
        FileAccess access = CanWrite ? FileAccess.ReadWrite : FileAccess.Read;
        string data = Path.Combine(_folder, DataName);
        string index = Path.Combine(_folder, IndexName);
        if (CanWrite)
        {
            // Its time is that of the last use.
            File.WriteAllText(Path.Combine(_folder, AboutName), about);
        }
        else if (!File.Exists(data) || !File.Exists(index))
        {
            return;
        }

        _data = File.OpenHandle(data, mode, access, FileShare.ReadWrite | FileShare.Delete);
        _index = File.OpenHandle(index, mode, access, FileShare.ReadWrite | FileShare.Delete);
        ReadIndex(Math.Min(RandomAccess.GetLength(_data) / _recordBytes, RandomAccess.GetLength(_index) / EntryBytes));
        if (CanWrite && RandomAccess.GetLength(_index) > (long)Count * EntryBytes)
        {
            // Entries behind a broken one must not come back when the broken one is written over.
            RandomAccess.SetLength(_index, (long)Count * EntryBytes);
        }
    }

    private void ReadIndex(long records)
    {
        var block = new byte[EntriesPerRead * EntryBytes];
        while (Count < Math.Min(records, int.MaxValue))
        {
            int length = RandomAccess.Read(_index!, block, (long)Count * EntryBytes) / EntryBytes;
            for (int i = 0; i < length; i++)
            {
                ReadOnlySpan<byte> entry = block.AsSpan(i * EntryBytes, EntryBytes);
                if (Count == records || BinaryPrimitives.ReadUInt64LittleEndian(entry[SummedBytes..]) != RecordSum.Of(entry[..SummedBytes]))
                {
                    // What follows was written by a process that ended in the middle, or its record is missing: it is written over.
                    return;
                }

                Add(entry);
            }

            if (length == 0)
            {
                return;
            }
        }
    }

    private void Add(ReadOnlySpan<byte> entry)
    {
        // A record that proved damaged was computed again: the later one counts.
        _records[KeyOf(entry)] = Count;
        _sums.Add(BinaryPrimitives.ReadUInt64LittleEndian(entry[PictureHash.Bytes..]));
    }
}

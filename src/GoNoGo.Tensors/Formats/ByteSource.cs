using System.IO.MemoryMappedFiles;
using Microsoft.Win32.SafeHandles;

namespace GoNoGo.Tensors.Formats;

/// <summary>Random access to the bytes of a file or stream, with 64-bit positions; safe for several threads.</summary>
public abstract unsafe class ByteSource : IDisposable
{
    private protected ByteSource(string name, long length)
    {
        Name = name;
        Length = length;
    }

    /// <summary>The path, for messages.</summary>
    public string Name { get; }

    /// <summary>The number of bytes when the source was opened.</summary>
    public long Length { get; }

    /// <summary>The address of the first byte where the file is mapped, otherwise null.</summary>
    public virtual byte* Address => null;

    /// <summary>Opens a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="memoryMapped">Map the file instead of reading it.</param>
    /// <exception cref="TensorFileException">The file is missing or cannot be read.</exception>
    public static ByteSource OpenFile(string path, bool memoryMapped)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        try
        {
            SafeFileHandle handle = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.Read);
            // An empty file cannot be mapped; it is refused by its length later on.
            return memoryMapped && RandomAccess.GetLength(handle) > 0 ? new MappedSource(path, handle) : new FileSource(path, handle);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new TensorFileException($"Cannot open '{path}': {exception.Message}", exception);
        }
    }

    /// <summary>The whole content of a readable, seekable stream, which stays the caller's.</summary>
    /// <param name="stream">The content.</param>
    /// <param name="name">How messages call it.</param>
    public static ByteSource OpenStream(Stream stream, string name)
    {
        ArgumentNullException.ThrowIfNull(stream);
        return stream.CanSeek && stream.CanRead
            ? new StreamSource(name, stream)
            : throw new ArgumentException("The stream must be readable and seekable: lengths are checked before they are trusted.", nameof(stream));
    }

    /// <summary>Fills the destination from a position; the caller has checked the range against <see cref="Length"/>.</summary>
    public void Read(long position, Span<byte> destination)
    {
        int done = 0;
        while (done < destination.Length)
        {
            int count = ReadSome(position + done, destination[done..]);
            if (count <= 0)
            {
                throw new TensorFileException($"'{Name}' became shorter while it was read: {Length} bytes at first, none at {position + done}.");
            }

            done += count;
        }
    }

    /// <summary>Closes the file; a stream stays open.</summary>
    public abstract void Dispose();

    private protected abstract int ReadSome(long position, Span<byte> destination);

    private sealed class FileSource(string name, SafeFileHandle handle) : ByteSource(name, RandomAccess.GetLength(handle))
    {
        public override void Dispose() => handle.Dispose();

        private protected override int ReadSome(long position, Span<byte> destination) => RandomAccess.Read(handle, destination, position);
    }

    private sealed class StreamSource(string name, Stream stream) : ByteSource(name, stream.Length)
    {
        private readonly Lock _lock = new();

        /// <summary>The stream belongs to the caller.</summary>
        public override void Dispose() { }

        private protected override int ReadSome(long position, Span<byte> destination)
        {
            lock (_lock)
            {
                stream.Position = position;
                return stream.Read(destination);
            }
        }
    }

    private sealed class MappedSource : ByteSource
    {
        private readonly MemoryMappedFile _file;
        private readonly MemoryMappedViewAccessor _view;
        private byte* _address;

        public MappedSource(string name, SafeFileHandle handle) : base(name, RandomAccess.GetLength(handle))
        {
            _file = MemoryMappedFile.CreateFromFile(handle, null, 0, MemoryMappedFileAccess.Read, HandleInheritability.None, leaveOpen: false);
            _view = _file.CreateViewAccessor(0, 0, MemoryMappedFileAccess.Read);
            _view.SafeMemoryMappedViewHandle.AcquirePointer(ref _address);
            _address += _view.PointerOffset;
        }

        public override byte* Address => _address;

        public override void Dispose()
        {
            if (_address is not null)
            {
                _address = null;
                _view.SafeMemoryMappedViewHandle.ReleasePointer();
                _view.Dispose();
                _file.Dispose();
            }
        }

        private protected override int ReadSome(long position, Span<byte> destination)
        {
            ObjectDisposedException.ThrowIf(_address is null, this);
            int count = (int)Math.Min(destination.Length, Length - position);
            new ReadOnlySpan<byte>(_address + position, count).CopyTo(destination);
            return count;
        }
    }
}

using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace GoNoGo.Tensors.Formats.Safetensors;

/// <summary>
/// Writes float32 tensors <c>[n, ...]</c> of one safetensors file item by item, all of them side by side, while n is only known to be at
/// most a number: every item goes to its place in the file at once, and memory does not grow with n. Where fewer came, the tensors move
/// together in the end.
/// </summary>
public sealed class SafetensorsRecordWriter
{
    private const int MoveBytes = 1 << 20;

    private readonly FileStream _file;
    private readonly (string Name, Shape Item)[] _tensors;
    private readonly long[] _starts;
    private readonly long[] _counts;
    private readonly long _most;
    private readonly int _headerBytes;

    /// <summary>Starts a file.</summary>
    /// <param name="file">An empty file, to be written and read; it stays the caller's.</param>
    /// <param name="tensors">The tensors: name and the shape of an item.</param>
    /// <param name="most">The most items.</param>
    /// <param name="metadata">The longest strings that <see cref="Finish"/> will be given.</param>
    public SafetensorsRecordWriter(FileStream file, IEnumerable<(string Name, Shape Item)> tensors, long most, IReadOnlyDictionary<string, string> metadata)
    {
        ArgumentNullException.ThrowIfNull(file);
        ArgumentOutOfRangeException.ThrowIfNegative(most);
        _file = file;
        _most = most;
        _tensors = [.. tensors.OrderBy(tensor => tensor.Name, StringComparer.Ordinal)];
        _counts = new long[_tensors.Length];
        _headerBytes = Header(metadata, most).Length;
        _starts = new long[_tensors.Length];
        long start = sizeof(long) + _headerBytes;
        for (int i = 0; i < _tensors.Length; i++)
        {
            _starts[i] = start;
            start = checked(start + (most * ItemBytes(i)));
        }
    }

    /// <summary>Adds items to a tensor.</summary>
    /// <param name="name">The tensor.</param>
    /// <param name="values">The values of one item or several.</param>
    /// <exception cref="IOException">The file system refused.</exception>
    public void Append(string name, ReadOnlySpan<float> values)
    {
        int tensor = Array.FindIndex(_tensors, known => known.Name == name);
        ReadOnlySpan<byte> bytes = MemoryMarshal.AsBytes(values);
        if (tensor < 0 || bytes.Length % ItemBytes(tensor) != 0 || _counts[tensor] + (bytes.Length / ItemBytes(tensor)) > _most)
        {
            throw new ArgumentException($"SafetensorsRecordWriter.Append: {values.Length} values for '{name}' with {(tensor < 0 ? 0 : _counts[tensor])} of {_most} items.", nameof(values));
        }

        long position = _starts[tensor] + (_counts[tensor] * ItemBytes(tensor));
        if (BitConverter.IsLittleEndian)
        {
            RandomAccess.Write(_file.SafeFileHandle, bytes, position);
        }
        else
        {
            var swapped = new int[values.Length];
            BinaryPrimitives.ReverseEndianness(MemoryMarshal.Cast<float, int>(values), swapped);
            RandomAccess.Write(_file.SafeFileHandle, MemoryMarshal.AsBytes<int>(swapped), position);
        }

        _counts[tensor] += bytes.Length / ItemBytes(tensor);
    }

    /// <summary>Writes the header, and moves the tensors together where fewer items came than at most.</summary>
    /// <param name="metadata">Strings to store.</param>
    /// <exception cref="IOException">The file system refused.</exception>
    public void Finish(IReadOnlyDictionary<string, string> metadata)
    {
        long count = _counts.Length == 0 ? 0 : _counts[0];
        if (_counts.Any(other => other != count))
        {
            throw new InvalidOperationException("SafetensorsRecordWriter.Finish: the tensors have different numbers of items.");
        }

        byte[] header = Header(metadata, count);
        if (header.Length > _headerBytes)
        {
            throw new ArgumentException($"SafetensorsRecordWriter.Finish: a header of {header.Length} bytes where {_headerBytes} were kept free.", nameof(metadata));
        }

        long end = sizeof(long) + _headerBytes;
        for (int i = 0; i < _tensors.Length; i++)
        {
            Move(_starts[i], end, count * ItemBytes(i));
            end += count * ItemBytes(i);
        }

        var start = new byte[sizeof(long) + _headerBytes];
        Array.Fill(start, (byte)' ');
        BinaryPrimitives.WriteInt64LittleEndian(start, _headerBytes);
        header.CopyTo(start, sizeof(long));
        RandomAccess.Write(_file.SafeFileHandle, start, 0);
        RandomAccess.SetLength(_file.SafeFileHandle, end);
    }

    private long ItemBytes(int tensor) => _tensors[tensor].Item.ElementCount * sizeof(float);

    private byte[] Header(IReadOnlyDictionary<string, string> metadata, long count) => SafetensorsHeaderWriter.Write(
        metadata.OrderBy(pair => pair.Key, StringComparer.Ordinal),
        _tensors.Select((tensor, i) => (tensor.Name, ElementType.F32, (long[])[count, .. tensor.Item.ToArray()], count * ItemBytes(i))));

    private void Move(long from, long to, long bytes)
    {
        if (from == to)
        {
            return;
        }

        var buffer = new byte[MoveBytes];
        for (long done = 0; done < bytes;)
        {
            int count = RandomAccess.Read(_file.SafeFileHandle, buffer.AsSpan(0, (int)Math.Min(buffer.Length, bytes - done)), from + done);
            if (count == 0)
            {
                throw new IOException($"'{_file.Name}' became shorter while it was written");
            }

            RandomAccess.Write(_file.SafeFileHandle, buffer.AsSpan(0, count), to + done);
            done += count;
        }
    }
}

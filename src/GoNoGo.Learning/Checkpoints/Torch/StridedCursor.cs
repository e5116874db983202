using System.Runtime.InteropServices;
using GoNoGo.Tensors.Formats;

namespace GoNoGo.Learning.Checkpoints.Torch;

/// <summary>
/// Elements of a transposed, strided or expanded view: the part of the storage that the view spans (never more than the file
/// holds) is read once, then gathered.
/// </summary>
internal sealed unsafe class StridedCursor : ElementCursor
{
    private const int PartBytes = 1 << 30;

    private readonly long[] _dimensions;
    private readonly long[] _strides;
    private readonly long[] _index;
    private readonly int _size;
    private byte* _span;
    private long _at;

    /// <param name="source">The file.</param>
    /// <param name="position">Where the view's first element lies.</param>
    /// <param name="spanElements">From the first to the last element of the view in memory, both included.</param>
    /// <param name="size">The size of an element in bytes.</param>
    /// <param name="dimensions">The dimensions, none of them 0.</param>
    /// <param name="strides">In elements.</param>
    public StridedCursor(ByteSource source, long position, long spanElements, int size, long[] dimensions, long[] strides)
    {
        _dimensions = dimensions;
        _strides = strides;
        _index = new long[dimensions.Length];
        _size = size;
        long bytes = spanElements * size;
        _span = (byte*)NativeMemory.Alloc((nuint)bytes);
        try
        {
            for (long done = 0; done < bytes;)
            {
                int part = (int)Math.Min(bytes - done, PartBytes);
                source.Read(position + done, new Span<byte>(_span + done, part));
                done += part;
            }
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public override void Read(Span<byte> destination)
    {
        for (int done = 0; done < destination.Length; done += _size)
        {
            new ReadOnlySpan<byte>(_span + (_at * _size), _size).CopyTo(destination[done..]);
            Advance();
        }
    }

    public override void Dispose()
    {
        NativeMemory.Free(_span);
        _span = null;
        base.Dispose();
    }

    private void Advance()
    {
        for (int axis = _dimensions.Length - 1; axis >= 0; axis--)
        {
            _at += _strides[axis];
            if (++_index[axis] < _dimensions[axis])
            {
                return;
            }

            _at -= _strides[axis] * _dimensions[axis];
            _index[axis] = 0;
        }
    }
}

using System.Buffers;

namespace GoNoGo.Vision.Imaging;

/// <summary>
/// A working buffer for the time of one call: pooled when small, of exactly the asked size when large, because the pool
/// rounds up to powers of two and the decoders promise how much they take.
/// </summary>
internal readonly ref struct Scratch
{
    private const int LargestPooled = 1 << 20;
    private readonly byte[] _array;

    /// <summary>A buffer of <paramref name="length"/> bytes whose content is not set.</summary>
    public Scratch(long length)
    {
        if (length > Array.MaxLength)
        {
            throw new ImageFormatException($"a working buffer of {length} bytes would be needed, which is more than this reader takes; split or convert the picture.");
        }

        _array = length <= LargestPooled ? ArrayPool<byte>.Shared.Rent((int)length) : GC.AllocateUninitializedArray<byte>((int)length);
        Span = _array.AsSpan(0, (int)length);
    }

    /// <summary>The buffer.</summary>
    public Span<byte> Span { get; }

    /// <summary>Gives the buffer back.</summary>
    public void Dispose()
    {
        if (_array is not null && _array.Length <= LargestPooled)
        {
            ArrayPool<byte>.Shared.Return(_array);
        }
    }
}

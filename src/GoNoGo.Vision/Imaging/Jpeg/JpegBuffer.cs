using System.Buffers;
using System.Runtime.InteropServices;

namespace GoNoGo.Vision.Imaging.Jpeg;

/// <summary>A pinned working buffer that outlives one call: pooled when small, of exactly the asked size when large.</summary>
internal sealed unsafe class JpegBuffer : IDisposable
{
    private const int LargestPooled = 1 << 20;

    private byte[]? _array;
    private GCHandle _handle;

    /// <summary>A buffer of <paramref name="length"/> bytes; its content is zero where <paramref name="zeroed"/>, else not set.</summary>
    public JpegBuffer(long length, bool zeroed = false)
    {
        if (length > Array.MaxLength)
        {
            throw new ImageFormatException($"a working buffer of {length} bytes would be needed, which is more than this reader takes; split or convert the picture.");
        }

        if (length <= LargestPooled)
        {
            _array = ArrayPool<byte>.Shared.Rent((int)length);
            if (zeroed)
            {
                _array.AsSpan(0, (int)length).Clear();
            }
        }
        else
        {
            _array = zeroed ? new byte[length] : GC.AllocateUninitializedArray<byte>((int)length);
        }

        _handle = GCHandle.Alloc(_array, GCHandleType.Pinned);
        Pointer = (byte*)_handle.AddrOfPinnedObject();
    }

    /// <summary>Its first byte.</summary>
    public byte* Pointer { get; private set; }

    /// <summary>Gives the buffer back.</summary>
    public void Dispose()
    {
        if (_array is null)
        {
            return;
        }

        _handle.Free();
        if (_array.Length <= LargestPooled)
        {
            ArrayPool<byte>.Shared.Return(_array);
        }

        _array = null;
        Pointer = null;
    }
}

using System.Globalization;
using Microsoft.Win32.SafeHandles;

namespace GoNoGo.Vision.Imaging.Tiff;

/// <summary>Bytes of a TIFF file at any place: its directories may lie anywhere, often at the end.</summary>
internal abstract class TiffSource(long length)
{
    /// <summary>Bytes of the file.</summary>
    public long Length => length;

    /// <summary>Reads bytes at a place, all of them or none.</summary>
    /// <exception cref="ImageFormatException">They are not all within the file.</exception>
    public void Read(long position, Span<byte> destination, string what)
    {
        Require(position, destination.Length, what);
        Copy(position, destination);
    }

    /// <summary>Refuses a place that is not within the file.</summary>
    public void Require(long position, long count, string what)
    {
        if (position < 0 || count < 0 || position > length || count > length - position)
        {
            throw new ImageFormatException(string.Create(
                CultureInfo.InvariantCulture,
                $"the TIFF file says that its {what} is {(ulong)count} bytes at byte {(ulong)position}, but the file has {length} bytes: it is cut off or damaged; copy it again from its source."));
        }
    }

    /// <summary>Copies bytes that are known to be within the file.</summary>
    protected abstract void Copy(long position, Span<byte> destination);
}

/// <summary>A file in memory that stays where it is while it is read.</summary>
internal sealed unsafe class TiffMemory(byte* content, long length) : TiffSource(length)
{
    protected override void Copy(long position, Span<byte> destination) =>
        new ReadOnlySpan<byte>(content + position, destination.Length).CopyTo(destination);
}

/// <summary>A file of which only the parts asked for are read.</summary>
internal sealed class TiffOnDisk(SafeFileHandle handle) : TiffSource(RandomAccess.GetLength(handle))
{
    protected override void Copy(long position, Span<byte> destination)
    {
        while (!destination.IsEmpty)
        {
            int read = RandomAccess.Read(handle, destination, position);
            if (read == 0)
            {
                throw new ImageFormatException("the TIFF file became shorter while it was read; try again when it is complete.");
            }

            destination = destination[read..];
            position += read;
        }
    }
}

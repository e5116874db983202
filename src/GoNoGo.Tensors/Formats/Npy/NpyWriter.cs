using System.Buffers.Binary;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace GoNoGo.Tensors.Formats.Npy;

/// <summary>Writes one array as a NumPy file (NPY 1.0, row-major, little-endian), readable by <c>numpy.load</c>.</summary>
public static class NpyWriter
{
    /// <summary>The data begins at a multiple of this, as NumPy has it.</summary>
    private const int Alignment = 64;

    /// <summary>Writes float32 values to a file, by way of a temporary one.</summary>
    /// <exception cref="ArgumentException">The values do not fit the dimensions.</exception>
    /// <exception cref="FileWriteException">The file system refused.</exception>
    public static void Save(string path, ReadOnlyMemory<float> values, params long[] dimensions) =>
        AtomicFile.Write(path, stream => Write(stream, ElementType.F32, MemoryMarshal.AsBytes(values.Span), dimensions));

    /// <inheritdoc cref="Save(string, ReadOnlyMemory{float}, long[])"/>
    public static void Save(string path, ReadOnlyMemory<double> values, params long[] dimensions) =>
        AtomicFile.Write(path, stream => Write(stream, ElementType.F64, MemoryMarshal.AsBytes(values.Span), dimensions));

    /// <inheritdoc cref="Save(string, ReadOnlyMemory{float}, long[])"/>
    public static void Save(string path, ReadOnlyMemory<long> values, params long[] dimensions) =>
        AtomicFile.Write(path, stream => Write(stream, ElementType.I64, MemoryMarshal.AsBytes(values.Span), dimensions));

    /// <summary>Writes raw little-endian data of any type but BF16.</summary>
    /// <exception cref="ArgumentException">The data does not fit the dimensions, or NPY has no such type.</exception>
    public static void Write(Stream stream, ElementType type, ReadOnlySpan<byte> data, params ReadOnlySpan<long> dimensions)
    {
        ArgumentNullException.ThrowIfNull(stream);
        if (dimensions.ContainsAnyExceptInRange(0, long.MaxValue) || ElementReader.ByteLength(dimensions, type) != data.Length)
        {
            throw new ArgumentException($"Write: {type} [{string.Join(", ", dimensions.ToArray())}] does not take {data.Length} bytes.", nameof(data));
        }

        string shape = string.Join(", ", dimensions.ToArray().Select(dimension => dimension.ToString(CultureInfo.InvariantCulture)));
        string text = $"{{'descr': '{NpyHeader.Code(type)}', 'fortran_order': False, 'shape': ({shape}{(dimensions.Length == 1 ? "," : "")}), }}";
        int start = NpyHeader.Magic.Length + 4;
        int total = (start + text.Length + 1 + Alignment - 1) / Alignment * Alignment;
        var header = new byte[total];
        header.AsSpan().Fill((byte)' ');
        NpyHeader.Magic.CopyTo(header);
        header[6] = 1;
        header[7] = 0;
        BinaryPrimitives.WriteUInt16LittleEndian(header.AsSpan(8), checked((ushort)(total - start)));
        Encoding.ASCII.GetBytes(text, header.AsSpan(start));
        header[^1] = (byte)'\n';
        stream.Write(header);
        stream.Write(data);
    }
}

using System.Buffers.Binary;
using System.Globalization;
using System.Runtime.InteropServices;
using GoNoGo.Tensors;
using GoNoGo.Tensors.Memory;
using static GoNoGo.Learning.Graphs.Onnx.OnnxFields;

namespace GoNoGo.Learning.Graphs.Onnx;

/// <summary>A float tensor of an ONNX model. Its values are read when they are written, and written in parts: nothing is held twice.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Shape">Its shape in the file.</param>
/// <param name="Read">Lends the values.</param>
/// <param name="IsTransposed">What is read is the matrix <c>[O, I]</c> whose transpose <c>[I, O]</c> is stored.</param>
internal sealed record OnnxTensor(string Name, Shape Shape, Func<TensorScope, Tensor> Read, bool IsTransposed)
{
    /// <summary>Floats that are written at a time.</summary>
    private const int Part = 1 << 22;

    /// <summary>The bytes of its values.</summary>
    public long Bytes => Shape.ElementCount * sizeof(float);

    /// <summary>What a tensor's message starts with.</summary>
    public static ProtobufWriter Head(string name, int elementType, ReadOnlySpan<int> dimensions)
    {
        var head = new ProtobufWriter();
        foreach (int dimension in dimensions)
        {
            head.Integer(TensorDimensions, dimension);
        }

        return head.Integer(TensorElementType, elementType).Text(TensorName, name);
    }

    /// <summary>Its message where the values follow: all before them, the header of the values included.</summary>
    public ProtobufWriter HeadBeforeValues() => Head(Name, ElementFloat, Shape.ToArray()).Header(TensorRawData, Bytes);

    /// <summary>Its whole message where the values lie in another file.</summary>
    /// <param name="location">That file.</param>
    /// <param name="offset">Their place in it.</param>
    public ProtobufWriter Outside(string location, long offset)
    {
        ProtobufWriter message = Head(Name, ElementFloat, Shape.ToArray());
        foreach ((string key, string value) in (ReadOnlySpan<(string, string)>)
            [(ExternalLocation, location), (ExternalOffset, offset.ToString(CultureInfo.InvariantCulture)), (ExternalLength, Bytes.ToString(CultureInfo.InvariantCulture))])
        {
            message.Message(TensorExternalData, new ProtobufWriter().Text(EntryKey, key).Text(EntryValue, value));
        }

        return message.Integer(TensorDataLocation, DataIsExternal);
    }

    /// <summary>Writes the values.</summary>
    /// <param name="scope">Takes what is read; reset by the caller.</param>
    /// <param name="stream">Receives them, little-endian.</param>
    public void WriteValues(TensorScope scope, Stream stream)
    {
        Tensor values = Read(scope);
        if (IsTransposed)
        {
            WriteTransposed(values, stream);
            return;
        }

        for (long start = 0; start < values.ElementCount; start += Part)
        {
            Write(Range(values, start, Math.Min(Part, values.ElementCount - start)), stream);
        }
    }

    /// <summary>Some columns at a time become rows.</summary>
    private static void WriteTransposed(Tensor matrix, Stream stream)
    {
        (int rows, int columns) = (matrix.Shape[0], matrix.Shape[1]);
        int most = Math.Clamp(Part / Math.Max(rows, 1), 1, columns);
        var part = new float[(long)most * rows];
        for (int first = 0; first < columns; first += most)
        {
            int count = Math.Min(most, columns - first);
            for (int row = 0; row < rows; row++)
            {
                ReadOnlySpan<float> from = Range(matrix, ((long)row * columns) + first, count);
                for (int i = 0; i < count; i++)
                {
                    part[((long)i * rows) + row] = from[i];
                }
            }

            for (int i = 0; i < count; i++)
            {
                Write(new ReadOnlySpan<float>(part, i * rows, rows), stream);
            }
        }
    }

    /// <summary>A part of a tensor that may have more values than a span.</summary>
    private static unsafe ReadOnlySpan<float> Range(Tensor tensor, long start, long count) => new(tensor.Pointer + start, (int)count);

    private static void Write(ReadOnlySpan<float> values, Stream stream)
    {
        if (BitConverter.IsLittleEndian)
        {
            stream.Write(MemoryMarshal.AsBytes(values));
            return;
        }

        Span<byte> bytes = stackalloc byte[sizeof(float)];
        foreach (float value in values)
        {
            BinaryPrimitives.WriteSingleLittleEndian(bytes, value);
            stream.Write(bytes);
        }
    }
}

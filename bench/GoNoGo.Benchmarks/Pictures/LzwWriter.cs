namespace GoNoGo.Benchmarks.Pictures;

/// <summary>Packs bytes by LZW as TIFF has it, to have something to unpack.</summary>
internal sealed class LzwWriter
{
    private const int Clear = 256;
    private const int End = 257;
    private const int FullTable = 4094;

    private readonly Dictionary<int, int> _table = [];
    private readonly List<byte> _packed = [];
    private int _next = 258;
    private int _width = 9;
    private ulong _buffer;
    private int _filled;

    /// <summary>The packed bytes.</summary>
    public static byte[] Pack(ReadOnlySpan<byte> data)
    {
        var writer = new LzwWriter();
        writer.Code(Clear);
        int prefix = data[0];
        for (int i = 1; i < data.Length; i++)
        {
            int key = (prefix << 8) | data[i];
            if (writer._table.TryGetValue(key, out int code))
            {
                prefix = code;
                continue;
            }

            writer.Code(prefix);
            writer.Add(key);
            prefix = data[i];
        }

        writer.Code(prefix);
        writer.Add(-1);
        writer.Code(End);
        while (writer._filled > 0)
        {
            writer._packed.Add((byte)(writer._buffer >> 56));
            writer._buffer <<= 8;
            writer._filled -= 8;
        }

        return writer._packed.ToArray();
    }

    private void Add(int key)
    {
        _table[key] = _next++;
        if (_next == FullTable)
        {
            Code(Clear);
            _table.Clear();
            _next = 258;
            _width = 9;
        }
        else if (_next == 1 << _width)
        {
            // The reader is one entry behind, and its codes become longer one entry early.
            _width++;
        }
    }

    private void Code(int code)
    {
        _buffer |= (ulong)code << (64 - _filled - _width);
        _filled += _width;
        while (_filled >= 8)
        {
            _packed.Add((byte)(_buffer >> 56));
            _buffer <<= 8;
            _filled -= 8;
        }
    }
}

using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace GoNoGo.Tensors.Formats.Npy;

/// <summary>
/// Reads and checks the header of an NPY file: a magic, a version, a length, and a Python dictionary such as
/// <c>{'descr': '&lt;f4', 'fortran_order': False, 'shape': (3, 4), }</c>.
/// </summary>
internal sealed class NpyHeader
{
    /// <summary>Dozens of times what a plain array needs.</summary>
    private const int MaxBytes = 1 << 16;

    private const int MaxRank = 32;

    public static ReadOnlySpan<byte> Magic => [0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y'];

    private readonly string _file;
    private string _text = "";
    private int _at;

    private NpyHeader(string file) => _file = file;

    public ElementType Type { get; private set; }

    public bool IsFortranOrder { get; private set; }

    public long[] Dimensions { get; private set; } = [];

    public long ElementCount { get; private set; }

    /// <summary>The position of the first data byte in the file.</summary>
    public long DataStart { get; private set; }

    public static NpyHeader Read(ByteSource source)
    {
        var header = new NpyHeader(source.Name);
        Span<byte> prefix = stackalloc byte[12];
        prefix.Clear();
        source.Read(0, prefix[..(int)Math.Min(prefix.Length, source.Length)]);
        if (source.Length < 10 || !prefix.StartsWith(Magic))
        {
            throw header.Bad("is no NPY file: it does not begin with \\x93NUMPY");
        }

        int version = prefix[6];
        if (version is < 1 or > 3 || prefix[7] != 0)
        {
            throw header.Bad($"has the NPY version {prefix[6]}.{prefix[7]}; 1.0, 2.0 and 3.0 are supported");
        }

        long length = version == 1 ? BinaryPrimitives.ReadUInt16LittleEndian(prefix[8..]) : BinaryPrimitives.ReadUInt32LittleEndian(prefix[8..]);
        int start = version == 1 ? 10 : 12;
        if (length > MaxBytes || start + length > source.Length)
        {
            throw header.Bad($"is damaged or cut off: its header should have {length} bytes, {Math.Max(0, source.Length - start)} are there (at most {MaxBytes} are accepted)");
        }

        var bytes = new byte[length];
        source.Read(start, bytes);
        header._text = version == 3 ? Encoding.UTF8.GetString(bytes) : Encoding.Latin1.GetString(bytes);
        header.Parse();
        header.DataStart = start + length;
        long expected = ElementReader.ByteLength(header.Dimensions, header.Type);
        if (expected < 0 || expected != source.Length - header.DataStart)
        {
            throw header.Bad($"is damaged or cut off: {header.Type} [{string.Join(", ", header.Dimensions)}] takes {(expected < 0 ? "more than 2^63" : expected.ToString(CultureInfo.InvariantCulture))} bytes, {source.Length - header.DataStart} are there");
        }

        header.ElementCount = expected / header.Type.Size();
        return header;
    }

    /// <summary>The type code of an element type, as NumPy writes it.</summary>
    public static string Code(ElementType type) => type switch
    {
        ElementType.Bool => "|b1",
        ElementType.U8 => "|u1",
        ElementType.I8 => "|i1",
        ElementType.BF16 => throw new ArgumentException("NPY has no type for BF16.", nameof(type)),
        _ => $"<{char.ToLowerInvariant(type.ToString()[0])}{type.Size()}",
    };

    private void Parse()
    {
        bool hasType = false;
        bool hasOrder = false;
        bool hasShape = false;
        Expect('{');
        while (!Accept('}'))
        {
            switch (Text())
            {
                case "descr" when !hasType:
                    hasType = true;
                    Expect(':');
                    Type = ParseType();
                    break;
                case "fortran_order" when !hasOrder:
                    hasOrder = true;
                    Expect(':');
                    IsFortranOrder = Truth();
                    break;
                case "shape" when !hasShape:
                    hasShape = true;
                    Expect(':');
                    Dimensions = Tuple();
                    break;
                default:
                    throw Damaged();
            }

            if (!Accept(','))
            {
                Expect('}');
                break;
            }
        }

        SkipSpace();
        if (!hasType || !hasOrder || !hasShape || _at != _text.Length)
        {
            throw Damaged();
        }
    }

    private ElementType ParseType()
    {
        SkipSpace();
        if (_at < _text.Length && _text[_at] == '[')
        {
            throw Bad("holds records of several fields; save one plain array per file");
        }

        string code = Text();
        if (code.Length is > 2 and < 6 && (code[0] is '<' or '|' or '=' || code[2..] == "1"))
        {
            foreach (ElementType type in Enum.GetValues<ElementType>())
            {
                if (type != ElementType.BF16 && Code(type).AsSpan(1).SequenceEqual(code.AsSpan(1)))
                {
                    return type;
                }
            }
        }

        throw Bad($"holds elements of type '{Short(code)}'; little-endian numbers and booleans (f2 to f8, i1 to i8, u1 to u8, b1) are supported");
    }

    private string Text()
    {
        SkipSpace();
        char quote = _at < _text.Length ? _text[_at] : '\0';
        int end = quote is '\'' or '"' ? _text.IndexOf(quote, _at + 1) : -1;
        if (end < 0)
        {
            throw Damaged();
        }

        string text = _text[(_at + 1)..end];
        _at = end + 1;
        return text;
    }

    private bool Truth()
    {
        SkipSpace();
        foreach ((string word, bool value) in new[] { ("True", true), ("False", false) })
        {
            if (string.CompareOrdinal(_text, _at, word, 0, word.Length) == 0)
            {
                _at += word.Length;
                return value;
            }
        }

        throw Damaged();
    }

    /// <summary>Reads <c>()</c>, <c>(3,)</c>, <c>(3, 4)</c>.</summary>
    private long[] Tuple()
    {
        Span<long> numbers = stackalloc long[MaxRank];
        int count = 0;
        Expect('(');
        while (!Accept(')'))
        {
            if (count == MaxRank)
            {
                throw Bad($"is damaged: more than {MaxRank} dimensions");
            }

            SkipSpace();
            int start = _at;
            while (_at < _text.Length && char.IsAsciiDigit(_text[_at]))
            {
                _at++;
            }

            if (!long.TryParse(_text.AsSpan(start, _at - start), NumberStyles.None, CultureInfo.InvariantCulture, out numbers[count]))
            {
                throw Damaged();
            }

            // Python 2 wrote long integers as 3L.
            Accept('L');
            count++;
            if (!Accept(','))
            {
                Expect(')');
                break;
            }
        }

        return numbers[..count].ToArray();
    }

    private void SkipSpace()
    {
        while (_at < _text.Length && _text[_at] is ' ' or '\n' or '\t' or '\r')
        {
            _at++;
        }
    }

    private bool Accept(char wanted)
    {
        SkipSpace();
        if (_at < _text.Length && _text[_at] == wanted)
        {
            _at++;
            return true;
        }

        return false;
    }

    private void Expect(char wanted)
    {
        if (!Accept(wanted))
        {
            throw Damaged();
        }
    }

    private static string Short(string text) => text.Length <= 100 ? text : string.Concat(text.AsSpan(0, 100), "...");

    private TensorFileException Damaged() =>
        Bad($"is damaged: its header is not the dictionary of descr, fortran_order and shape that NumPy writes ('{Short(_text.Trim())}')");

    private TensorFileException Bad(string what) => new($"'{_file}' {what}.");
}

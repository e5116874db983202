using System.Runtime.CompilerServices;

namespace GoNoGo.Vision.Imaging.Jpeg;

/// <summary>
/// The coded data of a scan: a moving window without the stuffed zero bytes, so that the bit reader needs no look at single bytes.
/// Behind the data the window holds zeros; how far a reader went into them tells a file that is cut off.
/// </summary>
internal sealed unsafe class JpegScanData : IDisposable
{
    /// <summary>More than the longest unit takes: 10 blocks of 64 coefficients of 31 bits, and what the bit reader reads ahead.</summary>
    private const int Margin = 4096;

    private const int WindowBytes = 1 << 16;

    private readonly JpegBuffer _window;
    private readonly byte* _content;
    private readonly int _length;
    private int _position;
    private byte* _end;
    private byte* _safe;
    private bool _finished;

    /// <summary>Begins at a position of the file.</summary>
    /// <param name="content">The file.</param>
    /// <param name="length">Its length in bytes.</param>
    public JpegScanData(byte* content, int length)
    {
        _content = content;
        _length = length;
        _window = new JpegBuffer(Math.Min(length, WindowBytes) + Margin);
    }

    /// <summary>Bytes of the file.</summary>
    public int FileLength => _length;

    /// <summary>Where the file goes on behind the data; a marker or the end of the file once all data are in the window.</summary>
    public int Position => _position;

    /// <summary>Begins a scan.</summary>
    /// <param name="position">Where its data begin.</param>
    public JpegBits Begin(int position)
    {
        _position = position;
        return Restart();
    }

    /// <summary>Makes sure that a whole unit can be read without looking.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Ensure(ref JpegBits bits)
    {
        if (bits.Next > _safe)
        {
            More(ref bits);
        }
    }

    /// <summary>Throws when bits were taken that are not in the file.</summary>
    public void RequireNoOverrun(in JpegBits bits)
    {
        if (_finished && bits.Next > _end && (bits.Next - _end) * 8 > bits.Count)
        {
            throw JpegError.CutOff();
        }
    }

    /// <summary>Goes over a restart marker; what is left of the interval's data is passed over.</summary>
    /// <param name="bits">Begins anew behind it.</param>
    /// <param name="number">The number that the marker must have, 0 to 7.</param>
    public void NextInterval(ref JpegBits bits, int number)
    {
        RequireNoOverrun(in bits);
        while (!_finished)
        {
            bits.Next = _end;
            More(ref bits);
        }

        if (_position + 1 >= _length)
        {
            throw JpegError.CutOff();
        }

        byte marker = _content[_position + 1];
        if (marker != JpegMarker.FirstRestart + number)
        {
            throw JpegError.Damaged($"the marker FF{marker:X2} stands where restart marker {number} was expected");
        }

        _position += 2;
        bits = Restart();
    }

    /// <summary>Gives the window back.</summary>
    public void Dispose() => _window.Dispose();

    private JpegBits Restart()
    {
        _finished = false;
        _end = _window.Pointer;
        _safe = _end;
        var bits = new JpegBits { Next = _end };
        Load();
        return bits;
    }

    private void More(ref JpegBits bits)
    {
        if (_finished)
        {
            RequireNoOverrun(in bits);
            return;
        }

        // What is left moves to the front, and the rest of the window is filled.
        long left = Math.Max(0, _end - bits.Next);
        Buffer.MemoryCopy(_end - left, _window.Pointer, left, left);
        bits.Next = _window.Pointer + (bits.Next - (_end - left));
        _end = _window.Pointer + left;
        Load();
    }

    private void Load()
    {
        byte* limit = _window.Pointer + Math.Min(_length, WindowBytes);
        while (_end < limit)
        {
            var source = new ReadOnlySpan<byte>(_content + _position, (int)Math.Min(_length - _position, limit - _end));
            int plain = source.IndexOf((byte)0xFF);
            plain = plain < 0 ? source.Length : plain;
            source[..plain].CopyTo(new Span<byte>(_end, plain));
            _end += plain;
            _position += plain;
            if (_position == _length)
            {
                _finished = true;
                break;
            }

            if (plain == source.Length)
            {
                break;
            }

            if (_position + 1 < _length && _content[_position + 1] == 0)
            {
                *_end++ = 0xFF;
                _position += 2;
            }
            else if (_position + 1 < _length && _content[_position + 1] == 0xFF)
            {
                _position++;
            }
            else
            {
                _finished = true;
                break;
            }
        }

        if (_finished)
        {
            new Span<byte>(_end, Margin).Clear();
            _safe = _end;
        }
        else
        {
            _safe = _end - Margin;
        }
    }
}

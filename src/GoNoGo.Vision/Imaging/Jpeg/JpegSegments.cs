using System.Buffers.Binary;

namespace GoNoGo.Vision.Imaging.Jpeg;

/// <summary>Walks over the markers of a JPEG file and their segments.</summary>
internal ref struct JpegSegments(ReadOnlySpan<byte> content)
{
    private readonly ReadOnlySpan<byte> _content = content;

    /// <summary>Where reading goes on.</summary>
    public int Position { get; set; }

    /// <summary>
    /// The next marker; fill bytes, and bytes that belong to no segment, are passed over as other decoders do. Markers without
    /// meaning here (restart, TEM) are passed over too.
    /// </summary>
    /// <param name="marker">Its second byte.</param>
    /// <returns>False at the end of the file.</returns>
    public bool TryNext(out byte marker)
    {
        while (true)
        {
            int found = _content[Position..].IndexOf((byte)0xFF);
            if (found < 0)
            {
                Position = _content.Length;
                marker = 0;
                return false;
            }

            int at = Position + found + 1;
            while (at < _content.Length && _content[at] == 0xFF)
            {
                at++;
            }

            if (at == _content.Length)
            {
                Position = at;
                marker = 0;
                return false;
            }

            Position = at + 1;
            marker = _content[at];
            if (marker != 0 && (marker == JpegMarker.StartOfImage || !JpegMarker.StandsAlone(marker)))
            {
                return true;
            }
        }
    }

    /// <summary>The content of the segment at the position, which moves behind it.</summary>
    public ReadOnlySpan<byte> Read(byte marker)
    {
        ReadOnlySpan<byte> rest = _content[Position..];
        int length = rest.Length < 2 ? 0 : BinaryPrimitives.ReadUInt16BigEndian(rest);
        if (rest.Length < 2 || length > rest.Length)
        {
            throw new ImageFormatException($"the JPEG file ends inside the segment FF{marker:X2}: it is cut off or damaged; copy it again from its source.");
        }

        if (length < 2)
        {
            throw JpegError.Damaged($"the segment FF{marker:X2} has the impossible length {length}");
        }

        Position += length;
        return rest[2..length];
    }
}

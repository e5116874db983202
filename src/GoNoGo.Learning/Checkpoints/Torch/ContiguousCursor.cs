using GoNoGo.Tensors.Formats;

namespace GoNoGo.Learning.Checkpoints.Torch;

/// <summary>Elements that lie one after another.</summary>
internal sealed class ContiguousCursor(ByteSource source, long position) : ElementCursor
{
    private long _position = position;

    public override void Read(Span<byte> destination)
    {
        source.Read(_position, destination);
        _position += destination.Length;
    }
}

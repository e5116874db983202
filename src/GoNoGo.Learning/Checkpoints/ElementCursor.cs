namespace GoNoGo.Learning.Checkpoints;

/// <summary>Gives a tensor's raw elements in row-major order, front to back.</summary>
internal abstract class ElementCursor : IDisposable
{
    /// <summary>Fills the destination with the next elements; the caller asks for whole elements and not for more than there are.</summary>
    public abstract void Read(Span<byte> destination);

    public virtual void Dispose() { }
}

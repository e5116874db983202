namespace GoNoGo.Vision.Imaging.Resizing;

/// <summary>One axis of a resize: from <paramref name="Source"/> to <paramref name="Target"/> samples, of which <paramref name="Count"/> from <paramref name="Offset"/> on are wanted.</summary>
/// <param name="Source">Samples before.</param>
/// <param name="Target">Samples after.</param>
/// <param name="Offset">The first wanted sample of the target.</param>
/// <param name="Count">Number of wanted samples.</param>
internal readonly record struct ResizeSpan(int Source, int Target, int Offset, int Count)
{
    /// <summary>All samples of the target.</summary>
    public ResizeSpan(int source, int target) : this(source, target, 0, target) { }

    /// <summary>Whether every sample of the target is the sample of the source.</summary>
    public bool IsIdentity => Source == Target;
}

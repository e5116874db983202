using System.Numerics;

namespace GoNoGo.Vision.Datasets.Synthetic.Defects;

/// <summary>One flaw of one part, in the part's own coordinates.</summary>
internal abstract class Defect
{
    /// <summary>The index of the hole that was never drilled, or -1.</summary>
    public virtual int MissingHole => -1;

    /// <summary>The colour with the flaw.</summary>
    /// <param name="colour">The colour of the good part.</param>
    /// <param name="point">Where on the part.</param>
    /// <param name="blur">Width of an edge in part units.</param>
    public virtual Vector3 Shade(Vector3 colour, Vector2 point, float blur) => colour;

    /// <summary>Whether an annotator would paint this point.</summary>
    public abstract bool IsMarked(Vector2 point);
}

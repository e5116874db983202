namespace GoNoGo.Tensors.Kernels;

/// <summary>Positions outside a row that is mirrored at its edges, the edge element twice: d c b a | a b c d | d c b a.</summary>
internal static class Reflection
{
    /// <summary>The position inside 0 .. length - 1 that a position stands for, however far outside.</summary>
    public static int Inside(int position, int length)
    {
        int period = 2 * length;
        int at = ((position % period) + period) % period;
        return at < length ? at : period - 1 - at;
    }
}

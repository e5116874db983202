namespace GoNoGo.Testing.Reference;

/// <summary>Distances of vectors in double precision.</summary>
public static class ReferenceDistance
{
    /// <summary>The squared Euclidean distance.</summary>
    /// <param name="left">One vector.</param>
    /// <param name="right">The other, as long.</param>
    public static double Squared(ReadOnlySpan<float> left, ReadOnlySpan<float> right)
    {
        double sum = 0;
        for (int i = 0; i < left.Length; i++)
        {
            sum += ((double)left[i] - right[i]) * ((double)left[i] - right[i]);
        }

        return sum;
    }
}

namespace GoNoGo.Testing;

/// <summary>A reference tensor; a subsampled one holds the flat row-major elements 0, S, 2S, ... of the full tensor.</summary>
/// <param name="Name">Without the <c>@strideS</c> suffix.</param>
/// <param name="Values">The stored values.</param>
/// <param name="Dimensions">The dimensions of the full tensor.</param>
/// <param name="Stride">S; 1 for a tensor stored in full.</param>
public sealed record GoldenTensor(string Name, float[] Values, int[] Dimensions, int Stride)
{
    /// <summary>The dimensions of the full tensor as a shape.</summary>
    public Tensors.Shape Shape => new(Dimensions);

    /// <summary>The elements of a full tensor that are to be compared with <see cref="Values"/>.</summary>
    public float[] Sample(ReadOnlySpan<float> full)
    {
        if (Stride == 1)
        {
            return full.ToArray();
        }

        var sample = new float[(full.Length + Stride - 1) / Stride];
        for (int i = 0; i < sample.Length; i++)
        {
            sample[i] = full[i * Stride];
        }

        return sample;
    }
}

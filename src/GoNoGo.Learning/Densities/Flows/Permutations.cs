using GoNoGo.Learning.Initializers;
using GoNoGo.Tensors;
using GoNoGo.Tensors.Formats;
using GoNoGo.Tensors.Random;

namespace GoNoGo.Learning.Densities.Flows;

/// <summary>Orders of channels as index vectors: output channel j is input channel perm[j]. Kept in files as whole float32 numbers.</summary>
internal static class Permutations
{
    /// <summary>A random order, each equally likely.</summary>
    public static Initializer Random() => (value, seed, stream) =>
    {
        int[] order = new RandomStream(seed, stream).Permutation(checked((int)value.ElementCount));
        for (int i = 0; i < order.Length; i++)
        {
            value.Span[i] = order[i];
        }
    };

    /// <summary>The inverse order: where each input channel goes.</summary>
    /// <param name="name">Names the tensor in the message.</param>
    /// <param name="permutation">The index vector.</param>
    /// <exception cref="TensorFileException">It is no permutation.</exception>
    public static int[] Inverse(string name, Tensor permutation)
    {
        ReadOnlySpan<float> indices = permutation.Span;
        var places = new int[indices.Length];
        Array.Fill(places, -1);
        for (int j = 0; j < indices.Length; j++)
        {
            float index = indices[j];
            if (!(index >= 0 && index < indices.Length) || index != MathF.Floor(index) || places[(int)index] >= 0)
            {
                throw new TensorFileException(FormattableString.Invariant(
                    $"'{name}' is no permutation of {indices.Length} channels: entry {j} is {index}. The file is damaged or was made for something else."));
            }

            places[(int)index] = j;
        }

        return places;
    }
}

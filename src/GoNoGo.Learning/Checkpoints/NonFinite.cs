using System.Numerics;
using GoNoGo.Tensors;

namespace GoNoGo.Learning.Checkpoints;

/// <summary>Finds NaN and infinities in weights: a network with them judges nothing, and says so nowhere.</summary>
public static class NonFinite
{
    /// <summary>How many of the values are NaN or infinite.</summary>
    public static int Count(ReadOnlySpan<float> values)
    {
        int count = 0;
        int i = 0;
        for (; i <= values.Length - Vector<float>.Count; i += Vector<float>.Count)
        {
            // x - x is 0 for every finite x, and NaN else.
            var x = new Vector<float>(values[i..]);
            if (!Vector.EqualsAll(x - x, Vector<float>.Zero))
            {
                count += CountOneByOne(values.Slice(i, Vector<float>.Count));
            }
        }

        return count + CountOneByOne(values[i..]);
    }

    /// <summary>One sentence for a tensor with such values, or null where there are none.</summary>
    public static unsafe string? Warning(string file, string name, Tensor tensor)
    {
        const int Part = 1 << 24;
        long count = 0;
        for (long first = 0; first < tensor.ElementCount; first += Part)
        {
            count += Count(new ReadOnlySpan<float>(tensor.Pointer + first, (int)Math.Min(Part, tensor.ElementCount - first)));
        }

        return count == 0 ? null : $"'{file}': tensor '{name}' holds {count} values that are NaN or infinite; features computed with it are useless.";
    }

    private static int CountOneByOne(ReadOnlySpan<float> values)
    {
        int count = 0;
        foreach (float value in values)
        {
            count += float.IsFinite(value) ? 0 : 1;
        }

        return count;
    }
}

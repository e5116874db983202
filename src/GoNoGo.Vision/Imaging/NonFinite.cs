using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace GoNoGo.Vision.Imaging;

/// <summary>Finds infinities and values that are no number.</summary>
internal static class NonFinite
{
    /// <summary>The index of the first value that is not finite; -1 where all are.</summary>
    public static int IndexOf(ReadOnlySpan<float> values)
    {
        int i = 0;
        ref float first = ref MemoryMarshal.GetReference(values);
        for (; i <= values.Length - Vector<float>.Count; i += Vector<float>.Count)
        {
            // x - x is 0 for a finite x and NaN for all others.
            Vector<float> value = Vector.LoadUnsafe(ref Unsafe.Add(ref first, i));
            if (!Vector.EqualsAll(value - value, Vector<float>.Zero))
            {
                break;
            }
        }

        for (; i < values.Length; i++)
        {
            if (!float.IsFinite(values[i]))
            {
                return i;
            }
        }

        return -1;
    }
}

using System.Runtime.CompilerServices;

namespace GoNoGo.Vision.Imaging;

/// <summary>
/// A few arrays of pictures that were disposed. An <see cref="Image"/> promises arrays of exactly its size, which the shared
/// array pool cannot give; but the pictures of a production line all have one size, so a handful of exact arrays serves.
/// </summary>
internal static class SampleBuffers<T> where T : unmanaged
{
    private const long MostKeptBytes = 512L << 20;

    // One for every thread that decodes.
    private static readonly int Slots = Math.Max(8, Environment.ProcessorCount);
    private static readonly long LargestKeptBytes = MostKeptBytes / Slots;
    private static readonly T[]?[] Kept = new T[Slots][];
    private static int s_next;

    public static T[] Rent(int length)
    {
        for (int slot = 0; slot < Slots; slot++)
        {
            T[]? array = Volatile.Read(ref Kept[slot]);
            if (array is not null && array.Length == length && Interlocked.CompareExchange(ref Kept[slot], null, array) == array)
            {
                return array;
            }
        }

        return GC.AllocateUninitializedArray<T>(length);
    }

    public static void Return(T[] array)
    {
        if ((long)array.Length * Unsafe.SizeOf<T>() > LargestKeptBytes)
        {
            return;
        }

        for (int slot = 0; slot < Slots; slot++)
        {
            if (Interlocked.CompareExchange(ref Kept[slot], array, null) is null)
            {
                return;
            }
        }

        // All full: sizes of the past make way in turn.
        int victim = (int)((uint)Interlocked.Increment(ref s_next) % Slots);
        Volatile.Write(ref Kept[victim], array);
    }
}

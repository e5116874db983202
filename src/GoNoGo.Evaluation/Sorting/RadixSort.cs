using GoNoGo.Tensors.Parallel;

namespace GoNoGo.Evaluation.Sorting;

/// <summary>
/// Least-significant-digit radix sort of 32-bit keys in three passes (11 + 11 + 10 bits), each pass parallel over chunks
/// whose number follows from the length alone. A stable sort has one possible result, so threads cannot change it.
/// </summary>
internal static unsafe class RadixSort
{
    private const int DigitBits = 11;
    private const int Radix = 1 << DigitBits;
    private const int MaxChunks = 64;
    private const int SmallestChunk = 1 << 16;

    // Below this the library's introsort beats three passes over a table of 2048 counts.
    private const int SmallLength = 4096;

    /// <summary>Sorts by key, ascending, and returns where the result lies: <paramref name="data"/> or <paramref name="scratch"/>.</summary>
    public static T* Sort<T, TKey>(T* data, T* scratch, int length)
        where T : unmanaged
        where TKey : struct, IRadixKey<T>
    {
        if (length <= SmallLength)
        {
            // The whole element is compared, payload included; the order among equal keys is of no use to anyone.
            new Span<T>(data, length).Sort();
            return data;
        }

        int chunkLength = Math.Max(SmallestChunk, (length + MaxChunks - 1) / MaxChunks);
        int chunks = (length + chunkLength - 1) / chunkLength;
        using var counts = new NativeBuffer<int>((long)chunks * Radix);
        for (int shift = 0; shift < 32; shift += DigitBits)
        {
            Workers.For(chunks, new CountBody<T, TKey>(data, counts.Pointer, length, chunkLength, shift));
            if (!ToOffsets(counts.Pointer, chunks, length))
            {
                continue;
            }

            Workers.For(chunks, new ScatterBody<T, TKey>(data, scratch, counts.Pointer, length, chunkLength, shift));
            T* sorted = scratch;
            scratch = data;
            data = sorted;
        }

        return data;
    }

    /// <summary>
    /// Turns counts [chunks, Radix] into first places: digit by digit, within a digit chunk by chunk. False if all
    /// elements share one digit, where the pass would only copy.
    /// </summary>
    private static bool ToOffsets(int* counts, int chunks, int length)
    {
        int offset = 0;
        for (int digit = 0; digit < Radix; digit++)
        {
            int before = offset;
            for (int chunk = 0; chunk < chunks; chunk++)
            {
                int* place = counts + ((long)chunk * Radix) + digit;
                int count = *place;
                *place = offset;
                offset += count;
            }

            if (offset - before == length)
            {
                return false;
            }
        }

        return true;
    }

    private readonly struct CountBody<T, TKey>(T* data, int* counts, int length, int chunkLength, int shift) : IParallelBody
        where T : unmanaged
        where TKey : struct, IRadixKey<T>
    {
        public void Invoke(int index)
        {
            int* own = counts + ((long)index * Radix);
            new Span<int>(own, Radix).Clear();
            T* end = data + Math.Min(length, ((long)index + 1) * chunkLength);
            for (T* element = data + ((long)index * chunkLength); element < end; element++)
            {
                own[(TKey.Key(*element) >> shift) & (Radix - 1)]++;
            }
        }
    }

    private readonly struct ScatterBody<T, TKey>(T* data, T* destination, int* offsets, int length, int chunkLength, int shift) : IParallelBody
        where T : unmanaged
        where TKey : struct, IRadixKey<T>
    {
        public void Invoke(int index)
        {
            int* own = offsets + ((long)index * Radix);
            T* end = data + Math.Min(length, ((long)index + 1) * chunkLength);
            for (T* element = data + ((long)index * chunkLength); element < end; element++)
            {
                T value = *element;
                destination[own[(TKey.Key(value) >> shift) & (Radix - 1)]++] = value;
            }
        }
    }
}

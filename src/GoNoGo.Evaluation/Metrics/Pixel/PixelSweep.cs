using GoNoGo.Evaluation.Sorting;
using GoNoGo.Evaluation.Storage;

namespace GoNoGo.Evaluation.Metrics.Pixel;

/// <summary>
/// Sweeps over the scores of all stored pixels, highest first, in ranges of keys that fit the memory: each range is
/// gathered from blocks and file, sorted, and merged. One bucket (equal upper 16 bits) too full for that, as saturated
/// scores make it, is counted key by key instead.
/// </summary>
internal static unsafe class PixelSweep
{
    private const int BucketKeys = 1 << 16;

    public static void Run(
        KeyStore<uint, PlainKey> normals, KeyStore<ulong, KeyWithPayload> defects, UInt128[] weights, int rangeLength, PixelSums sums)
    {
        long[] normalCounts = normals.BucketCounts();
        long[] defectCounts = defects.BucketCounts();
        long longestNormals = LongestRange(normalCounts, defectCounts, rangeLength, normalCounts);
        long longestDefects = LongestRange(normalCounts, defectCounts, rangeLength, defectCounts);
        using var normalKeys = new NativeBuffer<uint>(2 * longestNormals);
        using var defectKeys = new NativeBuffer<ulong>(2 * longestDefects);
        int first = 0;
        while (first < normalCounts.Length)
        {
            int last = LastOfRange(normalCounts, defectCounts, rangeLength, first, out long normalCount, out long defectCount);
            if (Math.Max(normalCount, defectCount) > rangeLength)
            {
                CountBucket(normals, defects, weights, first, sums);
            }
            else if (normalCount + defectCount > 0)
            {
                int n = normals.Gather(first, last, normalKeys.Pointer);
                int d = defects.Gather(first, last, defectKeys.Pointer);
                uint* sortedNormals = RadixSort.Sort<uint, PlainKey>(normalKeys.Pointer, normalKeys.Pointer + longestNormals, n);
                ulong* sortedDefects = RadixSort.Sort<ulong, KeyWithPayload>(defectKeys.Pointer, defectKeys.Pointer + longestDefects, d);
                Merge(sortedNormals, n, sortedDefects, d, weights, sums);
            }

            first = last + 1;
        }
    }

    /// <summary>The last bucket of the range that starts at a bucket: as many as fit, at least one.</summary>
    private static int LastOfRange(
        long[] normalCounts, long[] defectCounts, int rangeLength, int first, out long normalCount, out long defectCount)
    {
        normalCount = normalCounts[first];
        defectCount = defectCounts[first];
        int last = first;
        while (last + 1 < normalCounts.Length
            && normalCount + normalCounts[last + 1] <= rangeLength
            && defectCount + defectCounts[last + 1] <= rangeLength)
        {
            last++;
            normalCount += normalCounts[last];
            defectCount += defectCounts[last];
        }

        return last;
    }

    private static long LongestRange(long[] normalCounts, long[] defectCounts, int rangeLength, long[] ofWhich)
    {
        long longest = 0;
        for (int first = 0; first < normalCounts.Length;)
        {
            int last = LastOfRange(normalCounts, defectCounts, rangeLength, first, out long normalCount, out long defectCount);
            if (Math.Max(normalCount, defectCount) <= rangeLength)
            {
                longest = Math.Max(longest, ReferenceEquals(ofWhich, normalCounts) ? normalCount : defectCount);
            }

            first = last + 1;
        }

        return longest;
    }

    private static void Merge(uint* normals, int normalCount, ulong* defects, int defectCount, UInt128[] weights, PixelSums sums)
    {
        // A run of normal pixels must not reach across 0.
        uint zero = ScoreKey.FromSingle(0);
        int firstZero = FirstNotBelow(normals, 0, normalCount, zero);
        int firstNegative = FirstNotBelow(normals, firstZero, normalCount, zero + 1);
        int n = 0;
        int d = 0;
        while (d < defectCount)
        {
            uint key = KeyWithPayload.Key(defects[d]);
            int end = FirstNotBelow(normals, n, normalCount, key);
            StepNormals(normals, n, end, firstZero, firstNegative, sums);
            n = end;
            while (n < normalCount && normals[n] == key)
            {
                n++;
            }

            int firstDefect = d;
            UInt128 overlap = UInt128.Zero;
            while (d < defectCount && KeyWithPayload.Key(defects[d]) == key)
            {
                overlap += weights[(uint)defects[d]];
                d++;
            }

            sums.Step(ScoreKey.ToSingle(key), n - end, d - firstDefect, overlap);
        }

        StepNormals(normals, n, normalCount, firstZero, firstNegative, sums);
    }

    private static void StepNormals(uint* normals, int start, int end, int firstZero, int firstNegative, PixelSums sums)
    {
        while (start < end)
        {
            int part = start < firstZero ? Math.Min(end, firstZero) : start < firstNegative ? Math.Min(end, firstNegative) : end;
            int firstGroup = 1;
            while (start + firstGroup < part && normals[start + firstGroup] == normals[start])
            {
                firstGroup++;
            }

            sums.StepNormals(ScoreKey.ToSingle(normals[start]), ScoreKey.ToSingle(normals[part - 1]), firstGroup, part - start);
            start = part;
        }
    }

    /// <summary>The first place from <paramref name="start"/> on whose key is at least <paramref name="key"/>: doubling steps, then halving ones.</summary>
    private static int FirstNotBelow(uint* keys, int start, int end, uint key)
    {
        int step = 1;
        while (start + step <= end && keys[start + step - 1] < key)
        {
            start += step;
            step = step < 1 << 28 ? step * 2 : step;
        }

        int last = Math.Min(start + step - 1, end);
        while (start < last)
        {
            int middle = start + ((last - start) / 2);
            if (keys[middle] < key)
            {
                start = middle + 1;
            }
            else
            {
                last = middle;
            }
        }

        return start;
    }

    private static void CountBucket(
        KeyStore<uint, PlainKey> normals, KeyStore<ulong, KeyWithPayload> defects, UInt128[] weights, int bucket, PixelSums sums)
    {
        var normalCounter = new NormalCounter(bucket);
        var defectCounter = new DefectCounter(bucket, weights);
        normals.Visit(bucket, bucket, ref normalCounter);
        defects.Visit(bucket, bucket, ref defectCounter);
        for (int low = 0; low < BucketKeys; low++)
        {
            float score = ScoreKey.ToSingle(((uint)bucket << 16) | (uint)low);
            long normalCount = normalCounter.Counts[low];
            if (defectCounter.Counts[low] > 0)
            {
                sums.Step(score, normalCount, defectCounter.Counts[low], defectCounter.Overlaps[low]);
            }
            else if (normalCount > 0)
            {
                sums.StepNormals(score, score, normalCount, normalCount);
            }
        }
    }

    private readonly struct NormalCounter(int bucket) : IPieceVisitor<uint>
    {
        public long[] Counts { get; } = new long[BucketKeys];

        public void Visit(ReadOnlySpan<uint> piece)
        {
            foreach (uint key in piece)
            {
                if (key >> 16 == (uint)bucket)
                {
                    Counts[key & 0xFFFF]++;
                }
            }
        }
    }

    private readonly struct DefectCounter(int bucket, UInt128[] weights) : IPieceVisitor<ulong>
    {
        public long[] Counts { get; } = new long[BucketKeys];

        public UInt128[] Overlaps { get; } = new UInt128[BucketKeys];

        public void Visit(ReadOnlySpan<ulong> piece)
        {
            foreach (ulong element in piece)
            {
                uint key = KeyWithPayload.Key(element);
                if (key >> 16 == (uint)bucket)
                {
                    Counts[key & 0xFFFF]++;
                    Overlaps[key & 0xFFFF] += weights[(uint)element];
                }
            }
        }
    }
}

using System.Globalization;
using System.Numerics;

namespace GoNoGo.Evaluation.Sorting;

/// <summary>
/// Sorts the scores of each class by themselves (labels then need not travel through the sort) and merges the two lists
/// into groups of equal scores, highest first.
/// </summary>
internal static unsafe class ScoreSweep
{
    /// <summary>Sweeps over float32 scores; labels other than 0 are defective.</summary>
    /// <exception cref="ArgumentException">Lengths differ or a score is NaN.</exception>
    public static void Run<TSink>(string operation, ReadOnlySpan<float> scores, ReadOnlySpan<byte> labels, ref TSink sink)
        where TSink : struct, IScoreSink
    {
        int defects = CountDefects(operation, scores.Length, labels);
        int normals = scores.Length - defects;
        using var normalKeys = new NativeBuffer<uint>(normals);
        using var defectKeys = new NativeBuffer<uint>(defects);
        uint* nextNormal = normalKeys.Pointer;
        uint* nextDefect = defectKeys.Pointer;
        for (int i = 0; i < scores.Length; i++)
        {
            float score = scores[i];
            if (float.IsNaN(score))
            {
                ThrowNaN(operation, i);
            }

            uint key = ScoreKey.FromSingle(score);
            if (labels[i] == 0)
            {
                *nextNormal++ = key;
            }
            else
            {
                *nextDefect++ = key;
            }
        }

        using var scratch = new NativeBuffer<uint>((long)normals + defects);
        uint* sortedNormals = RadixSort.Sort<uint, PlainKey>(normalKeys.Pointer, scratch.Pointer, normals);
        uint* sortedDefects = RadixSort.Sort<uint, PlainKey>(defectKeys.Pointer, scratch.Pointer + normals, defects);
        sink.Begin(normals, defects);
        Merge<uint, SingleScore, TSink>(new(sortedNormals, normals), new(sortedDefects, defects), ref sink);
    }

    /// <summary>Sweeps over float64 scores (score lists of others); labels other than 0 are defective.</summary>
    /// <exception cref="ArgumentException">Lengths differ or a score is NaN.</exception>
    public static void Run<TSink>(string operation, ReadOnlySpan<double> scores, ReadOnlySpan<byte> labels, ref TSink sink)
        where TSink : struct, IScoreSink
    {
        int defects = CountDefects(operation, scores.Length, labels);
        var normalKeys = new ulong[scores.Length - defects];
        var defectKeys = new ulong[defects];
        int nextNormal = 0;
        int nextDefect = 0;
        for (int i = 0; i < scores.Length; i++)
        {
            if (double.IsNaN(scores[i]))
            {
                ThrowNaN(operation, i);
            }

            ulong key = ScoreKey.FromDouble(scores[i]);
            if (labels[i] == 0)
            {
                normalKeys[nextNormal++] = key;
            }
            else
            {
                defectKeys[nextDefect++] = key;
            }
        }

        Array.Sort(normalKeys);
        Array.Sort(defectKeys);
        sink.Begin(normalKeys.Length, defectKeys.Length);
        Merge<ulong, DoubleScore, TSink>(normalKeys, defectKeys, ref sink);
    }

    private static int CountDefects(string operation, int scoreCount, ReadOnlySpan<byte> labels)
    {
        if (scoreCount != labels.Length)
        {
            throw new ArgumentException(string.Create(
                CultureInfo.InvariantCulture, $"{operation}: labels: expected {scoreCount} (one per score), got {labels.Length}."));
        }

        return labels.Length - labels.Count((byte)0);
    }

    private static void ThrowNaN(string operation, int index) => throw new ArgumentException(string.Create(
        CultureInfo.InvariantCulture, $"{operation}: scores: score {index} is NaN, which has no place in an order."));

    private static void Merge<TKey, TScore, TSink>(ReadOnlySpan<TKey> normals, ReadOnlySpan<TKey> defects, ref TSink sink)
        where TKey : unmanaged, IBinaryInteger<TKey>, IMinMaxValue<TKey>
        where TScore : struct, IScoreOf<TKey>
        where TSink : struct, IScoreSink
    {
        int n = 0;
        int d = 0;
        while (n < normals.Length || d < defects.Length)
        {
            // The largest key would be a NaN's, so it can stand for "no more".
            TKey normal = n < normals.Length ? normals[n] : TKey.MaxValue;
            TKey defect = d < defects.Length ? defects[d] : TKey.MaxValue;
            TKey key = TKey.Min(normal, defect);
            int firstNormal = n;
            int firstDefect = d;
            while (n < normals.Length && normals[n] == key)
            {
                n++;
            }

            while (d < defects.Length && defects[d] == key)
            {
                d++;
            }

            sink.Step(TScore.Score(key), n - firstNormal, d - firstDefect);
        }
    }

    private interface IScoreOf<TKey>
    {
        static abstract double Score(TKey key);
    }

    private readonly struct SingleScore : IScoreOf<uint>
    {
        public static double Score(uint key) => ScoreKey.ToSingle(key);
    }

    private readonly struct DoubleScore : IScoreOf<ulong>
    {
        public static double Score(ulong key) => ScoreKey.ToDouble(key);
    }
}

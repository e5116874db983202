using System.Numerics;

namespace GoNoGo.Vision.Datasets.Description;

/// <summary>
/// Finds pairs of pictures that are nearly the same: a shot stored again, resized or taken twice of a part that did not move.
/// </summary>
/// <remarks>
/// Pictures of one product are alike by nature, so that a plain difference hash calls most of them near. Here the hash is the sign of
/// each of 64 brightness steps (<see cref="PictureLook.Steps"/>) less its mean over the category: what all pictures share is gone. Two
/// pictures are compared when one of four bands of 16 bits is equal, which misses no pair within 3 bits; in a crowded band each is
/// compared with the 64 behind it only, so that the work grows with the number of pictures and not with its square. They are near when
/// the distance of their steps is at most a quarter of the median distance from a picture to its nearest neighbour, found on up to
/// 1,000 pictures spread over the list. Pictures that are equal count once; fewer than 16 tell nothing.
/// </remarks>
internal static class NearDuplicateSearch
{
    private const int FewestPictures = 16;
    private const int MostSampled = 1000;
    private const int MostNeighbours = 64;
    private const int MostBits = 3;
    private const int Bands = 4;
    private const double Share = 0.25;

    public static List<NearDuplicate> Find(IReadOnlyList<(DatasetItem Item, PictureLook Look)> pictures, int trainCount)
    {
        var seen = new HashSet<UInt128>();
        int[] distinct = [.. Enumerable.Range(0, pictures.Count).Where(index => seen.Add(pictures[index].Look.PixelHash))];
        if (distinct.Length < FewestPictures)
        {
            return [];
        }

        short[][] steps = Array.ConvertAll(distinct, index => pictures[index].Look.Steps);
        ulong[] hashes = Hashes(steps);
        double limit = Share * MedianNearest(steps);
        var pairs = new SortedSet<(int First, int Second)>();
        for (int band = 0; band < Bands; band++)
        {
            Compare(band, hashes, steps, limit, pairs);
        }

        return [.. pairs.Select(pair => (First: distinct[pair.First], Second: distinct[pair.Second]))
            .Select(pair => new NearDuplicate(
                pictures[pair.First].Item.RelativePath, pictures[pair.Second].Item.RelativePath, pair.First < trainCount && pair.Second >= trainCount))
            .OrderByDescending(pair => pair.AcrossTrainAndTest)];
    }

    private static ulong[] Hashes(short[][] steps)
    {
        var means = new double[PictureLook.StepCount];
        foreach (short[] one in steps)
        {
            for (int i = 0; i < means.Length; i++)
            {
                means[i] += (double)one[i] / steps.Length;
            }
        }

        return Array.ConvertAll(steps, one =>
        {
            ulong hash = 0;
            for (int i = 0; i < means.Length; i++)
            {
                hash |= one[i] > means[i] ? 1UL << i : 0;
            }

            return hash;
        });
    }

    /// <summary>The median over a sample of the distance to the nearest other picture of the sample.</summary>
    private static double MedianNearest(short[][] steps)
    {
        int count = Math.Min(steps.Length, MostSampled);
        short[][] sample = [.. Enumerable.Range(0, count).Select(index => steps[(long)index * steps.Length / count])];
        var nearest = new double[count];
        Array.Fill(nearest, double.PositiveInfinity);
        for (int first = 0; first < count; first++)
        {
            for (int second = first + 1; second < count; second++)
            {
                double distance = Distance(sample[first], sample[second]);
                nearest[first] = Math.Min(nearest[first], distance);
                nearest[second] = Math.Min(nearest[second], distance);
            }
        }

        Array.Sort(nearest);
        return nearest[count / 2];
    }

    private static void Compare(int band, ulong[] hashes, short[][] steps, double limit, SortedSet<(int First, int Second)> pairs)
    {
        // The band first, then the rest: in a crowded band the most alike stand beside each other.
        int[] order = [.. Enumerable.Range(0, hashes.Length)];
        ulong[] keys = Array.ConvertAll(hashes, hash => BitOperations.RotateRight(hash, 16 * (band + 1)));
        Array.Sort(keys, order);
        for (int at = 0; at < order.Length; at++)
        {
            for (int next = at + 1; next < order.Length && next <= at + MostNeighbours && keys[at] >> 48 == keys[next] >> 48; next++)
            {
                if (BitOperations.PopCount(keys[at] ^ keys[next]) <= MostBits && Distance(steps[order[at]], steps[order[next]]) <= limit)
                {
                    pairs.Add((Math.Min(order[at], order[next]), Math.Max(order[at], order[next])));
                }
            }
        }
    }

    private static double Distance(short[] x, short[] y)
    {
        double sum = 0;
        for (int i = 0; i < x.Length; i++)
        {
            double difference = x[i] - y[i];
            sum += difference * difference;
        }

        return Math.Sqrt(sum);
    }
}

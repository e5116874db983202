namespace GoNoGo.Testing.Reference;

/// <summary>
/// The metrics straight from their definitions, one threshold at a time: quadratic, plain, in double precision.
/// Labels: 0 = normal, otherwise defective.
/// </summary>
public static class MetricReference
{
    /// <summary>The share of (normal, defective) pairs in the right order, ties one half.</summary>
    public static double Auroc(IReadOnlyList<float> scores, IReadOnlyList<byte> labels)
    {
        double right = 0;
        double pairs = 0;
        for (int i = 0; i < scores.Count; i++)
        {
            for (int j = 0; j < scores.Count; j++)
            {
                if (labels[i] != 0 && labels[j] == 0)
                {
                    pairs++;
                    right += scores[i] > scores[j] ? 1 : scores[i] == scores[j] ? 0.5 : 0;
                }
            }
        }

        return right / pairs;
    }

    /// <summary>sum (R_i - R_(i-1)) P_i over falling thresholds.</summary>
    public static double AveragePrecision(IReadOnlyList<float> scores, IReadOnlyList<byte> labels)
    {
        double sum = 0;
        double recallBefore = 0;
        foreach (float threshold in Thresholds(scores))
        {
            (double tp, double fp, double defects, _) = CountAt(scores, labels, threshold);
            sum += ((tp / defects) - recallBefore) * (tp / (tp + fp));
            recallBefore = tp / defects;
        }

        return sum;
    }

    /// <summary>Trapezoid under precision over recall, from recall 0, precision 1.</summary>
    public static double PrAucTrapezoid(IReadOnlyList<float> scores, IReadOnlyList<byte> labels)
    {
        double area = 0;
        (double recallBefore, double precisionBefore) = (0, 1);
        foreach (float threshold in Thresholds(scores))
        {
            (double tp, double fp, double defects, _) = CountAt(scores, labels, threshold);
            (double recall, double precision) = (tp / defects, tp / (tp + fp));
            area += (recall - recallBefore) * (precision + precisionBefore) / 2;
            (recallBefore, precisionBefore) = (recall, precision);
        }

        return area;
    }

    /// <summary>The largest F1 and the lowest threshold that has it.</summary>
    public static (double F1, float Threshold) F1Max(IReadOnlyList<float> scores, IReadOnlyList<byte> labels)
    {
        (double best, float at) = (-1, 0);
        foreach (float threshold in Thresholds(scores))
        {
            (double tp, double fp, double defects, _) = CountAt(scores, labels, threshold);
            double f1 = 2 * tp / (tp + fp + defects);
            if (f1 >= best)
            {
                (best, at) = (f1, threshold);
            }
        }

        return (best, at);
    }

    /// <summary>
    /// The released "PRO" arithmetic step by step: ROC curve, corner points, threshold at the limit, map with everything
    /// not above it set to 0, AUROC.
    /// </summary>
    public static (double Value, double Threshold) ProCoded(IReadOnlyList<float> scores, IReadOnlyList<byte> labels, double limit)
    {
        float[] thresholds = [.. Thresholds(scores)];
        (double Tp, double Fp, double Defects, double Normals)[] counts = [.. thresholds.Select(t => CountAt(scores, labels, t))];
        double chosen = thresholds[0] + 1d;
        double highestRate = 0;
        for (int i = 0; i < thresholds.Length; i++)
        {
            bool corner = i == 0 || i == thresholds.Length - 1
                || counts[i + 1].Fp - (2 * counts[i].Fp) + counts[i - 1].Fp != 0
                || counts[i + 1].Tp - (2 * counts[i].Tp) + counts[i - 1].Tp != 0;
            if (corner && counts[i].Fp / counts[i].Normals <= limit && counts[i].Tp / counts[i].Defects > highestRate)
            {
                highestRate = counts[i].Tp / counts[i].Defects;
                chosen = thresholds[i];
            }
        }

        return (Auroc([.. scores.Select(s => s > chosen ? s : 0)], labels), chosen);
    }

    /// <summary>
    /// Area under the mean overlap of all 8-connected regions of all images over the false-positive rate, up to the limit,
    /// divided by it. Every image is [height, width].
    /// </summary>
    public static double AuPro(IReadOnlyList<float[]> maps, IReadOnlyList<byte[]> masks, int width, int height, double limit)
    {
        List<(int Image, List<int> Pixels)> regions = [];
        for (int image = 0; image < masks.Count; image++)
        {
            regions.AddRange(Regions(masks[image], width, height).Select(pixels => (image, pixels)));
        }

        float[] normals = [.. maps.SelectMany((map, image) => map.Where((_, i) => masks[image][i] == 0))];
        double area = 0;
        (double rateBefore, double overlapBefore) = (0, 0);
        foreach (float threshold in Thresholds([.. maps.SelectMany(map => map)]))
        {
            double rate = normals.Count(s => s >= threshold) / (double)normals.Length;
            double overlap = regions.Average(r => r.Pixels.Count(p => maps[r.Image][p] >= threshold) / (double)r.Pixels.Count);
            if (rate > limit)
            {
                double atLimit = overlapBefore + ((overlap - overlapBefore) * (limit - rateBefore) / (rate - rateBefore));
                area += (limit - rateBefore) * (overlapBefore + atLimit) / 2;
                return area / limit;
            }

            area += (rate - rateBefore) * (overlapBefore + overlap) / 2;
            (rateBefore, overlapBefore) = (rate, overlap);
        }

        return area / limit;
    }

    /// <summary>The 8-connected regions of a mask by flooding, in the order of their first pixels; each as flat pixel indices.</summary>
    public static List<List<int>> Regions(byte[] mask, int width, int height)
    {
        var seen = new bool[mask.Length];
        List<List<int>> regions = [];
        for (int first = 0; first < mask.Length; first++)
        {
            if (mask[first] == 0 || seen[first])
            {
                continue;
            }

            List<int> region = [];
            var waiting = new Stack<int>();
            seen[first] = true;
            waiting.Push(first);
            while (waiting.TryPop(out int pixel))
            {
                region.Add(pixel);
                for (int row = Math.Max(0, (pixel / width) - 1); row <= Math.Min(height - 1, (pixel / width) + 1); row++)
                {
                    for (int column = Math.Max(0, (pixel % width) - 1); column <= Math.Min(width - 1, (pixel % width) + 1); column++)
                    {
                        int near = (row * width) + column;
                        if (mask[near] != 0 && !seen[near])
                        {
                            seen[near] = true;
                            waiting.Push(near);
                        }
                    }
                }
            }

            regions.Add(region);
        }

        return regions;
    }

    private static IEnumerable<float> Thresholds(IReadOnlyList<float> scores) => scores.Distinct().OrderDescending();

    private static (double Tp, double Fp, double Defects, double Normals) CountAt(
        IReadOnlyList<float> scores, IReadOnlyList<byte> labels, float threshold)
    {
        (double tp, double fp, double defects) = (0, 0, 0);
        for (int i = 0; i < scores.Count; i++)
        {
            defects += labels[i] != 0 ? 1 : 0;
            if (scores[i] >= threshold)
            {
                tp += labels[i] != 0 ? 1 : 0;
                fp += labels[i] == 0 ? 1 : 0;
            }
        }

        return (tp, fp, defects, scores.Count - defects);
    }
}

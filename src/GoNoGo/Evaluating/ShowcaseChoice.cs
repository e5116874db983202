namespace GoNoGo.Evaluating;

/// <summary>Which pictures a report shows: best and worst, false alarms and misses, and some good ones; none twice.</summary>
internal static class ShowcaseChoice
{
    public static List<(ShowcaseGroup Group, int Index)> Choose(IReadOnlyList<JudgedPicture> pictures, int count)
    {
        int[] defective = [.. Enumerable.Range(0, pictures.Count).Where(i => pictures[i].IsDefective).OrderByDescending(i => pictures[i].Score)];
        int[] good = [.. Enumerable.Range(0, pictures.Count).Where(i => !pictures[i].IsDefective).OrderByDescending(i => pictures[i].Score)];
        var chosen = new List<(ShowcaseGroup Group, int Index)>();
        var taken = new HashSet<int>();
        void Take(ShowcaseGroup group, IEnumerable<int> candidates, int most)
        {
            foreach (int index in candidates.Where(index => !taken.Contains(index)).Take(most))
            {
                taken.Add(index);
                chosen.Add((group, index));
            }
        }

        Take(ShowcaseGroup.Miss, defective.Where(i => pictures[i].IsNoGo == false).Reverse(), count);
        // Without a threshold there are no verdicts: the good parts that come nearest to a no-go.
        Take(ShowcaseGroup.FalseAlarm, good.Where(i => pictures[i].IsNoGo ?? true), count);
        Take(ShowcaseGroup.Best, OnePerKindFirst(pictures, defective), count);
        Take(ShowcaseGroup.Worst, defective.Reverse(), count);
        Take(ShowcaseGroup.Good, good.Reverse(), Math.Max(1, count / 2));
        return chosen;
    }

    /// <summary>The best of each kind of defect before the second best of any.</summary>
    private static IEnumerable<int> OnePerKindFirst(IReadOnlyList<JudgedPicture> pictures, int[] byScore) =>
        byScore
            .GroupBy(index => pictures[index].DefectKind)
            .SelectMany(kind => kind.Select((index, rank) => (index, rank)))
            .OrderBy(pair => pair.rank)
            .ThenByDescending(pair => pictures[pair.index].Score)
            .Select(pair => pair.index);
}

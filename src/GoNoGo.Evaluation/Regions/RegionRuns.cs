namespace GoNoGo.Evaluation.Regions;

/// <summary>A horizontal run of defective pixels: columns <c>Start .. End - 1</c> of a row, and the region it belongs to.</summary>
internal record struct RegionRun(int Row, int Start, int End, int Region);

/// <summary>
/// The 8-connected components of a mask as runs of pixels. Two passes: the first finds runs row by row and joins
/// touching ones in a union-find forest, the second numbers the trees in scan order. An instance is reused from mask to mask.
/// </summary>
internal sealed class RegionRuns
{
    private readonly List<RegionRun> _runs = [];
    private readonly List<int> _parents = [];

    /// <summary>The runs, by row, then by column; regions are numbered from 0 in the order of their first pixel.</summary>
    public IReadOnlyList<RegionRun> Runs => _runs;

    /// <summary>How many regions the mask has.</summary>
    public int RegionCount { get; private set; }

    /// <summary>Finds the regions of a mask <c>[height, width]</c>; any value but 0 is defective.</summary>
    public void Scan(ReadOnlySpan<byte> mask, int width, int height)
    {
        _runs.Clear();
        _parents.Clear();
        int firstAbove = 0;
        int firstHere = 0;
        for (int row = 0; row < height; row++)
        {
            ReadOnlySpan<byte> line = mask.Slice(row * width, width);
            int above = firstAbove;
            int start = line.IndexOfAnyExcept((byte)0);
            while (start >= 0)
            {
                int length = line[start..].IndexOf((byte)0);
                int end = length < 0 ? width : start + length;
                int tree = JoinAbove(ref above, firstHere, start, end);
                _runs.Add(new RegionRun(row, start, end, tree));
                int gap = end < width ? line[end..].IndexOfAnyExcept((byte)0) : -1;
                start = gap < 0 ? -1 : end + gap;
            }

            firstAbove = firstHere;
            firstHere = _runs.Count;
        }

        Number();
    }

    /// <summary>
    /// The tree of the run [start, end): that of the runs of the row above which it touches, diagonals included, joined;
    /// a new one if it touches none. <paramref name="above"/> moves along the row above.
    /// </summary>
    private int JoinAbove(ref int above, int endAbove, int start, int end)
    {
        while (above < endAbove && _runs[above].End < start)
        {
            above++;
        }

        int tree = -1;
        for (int i = above; i < endAbove && _runs[i].Start <= end; i++)
        {
            int other = Root(_runs[i].Region);
            if (tree < 0)
            {
                tree = other;
            }
            else if (other != tree)
            {
                // The older tree stays the root, so that roots appear in scan order.
                (int root, int child) = tree < other ? (tree, other) : (other, tree);
                _parents[child] = root;
                tree = root;
            }
        }

        if (tree < 0)
        {
            tree = _parents.Count;
            _parents.Add(tree);
        }

        return tree;
    }

    private int Root(int tree)
    {
        while (_parents[tree] != tree)
        {
            _parents[tree] = _parents[_parents[tree]];
            tree = _parents[tree];
        }

        return tree;
    }

    private void Number()
    {
        // A root is older than its children: going up, a tree's root already has its number (stored as ~number).
        RegionCount = 0;
        for (int tree = 0; tree < _parents.Count; tree++)
        {
            int parent = _parents[tree];
            _parents[tree] = parent == tree ? ~RegionCount++ : _parents[parent];
        }

        for (int i = 0; i < _runs.Count; i++)
        {
            RegionRun run = _runs[i];
            _runs[i] = run with { Region = ~_parents[run.Region] };
        }
    }
}

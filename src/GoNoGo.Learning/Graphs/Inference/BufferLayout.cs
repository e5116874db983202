namespace GoNoGo.Learning.Graphs.Inference;

/// <summary>
/// Where the values of a plan lie in its block, per image: values that are not needed at the same time share memory, and a step that may
/// work in place does. Planned once; a call of B images multiplies everything by B.
/// </summary>
internal sealed class BufferLayout
{
    // Whole cache lines, so that every value starts on one for any number of images.
    private const int Alignment = 16;

    private BufferLayout(long[] offsets, long elements)
    {
        Offsets = offsets;
        ElementsPerImage = elements;
    }

    /// <summary>The offset of each node's value per image; -1 for the input, for outputs (they lie in the caller's memory) and for nodes without a step.</summary>
    public IReadOnlyList<long> Offsets { get; }

    /// <summary>Elements of the block per image.</summary>
    public long ElementsPerImage { get; }

    /// <summary>Plans the block.</summary>
    public static BufferLayout Plan(Graph graph, IReadOnlyList<PlanStep> steps)
    {
        var lastUse = new int[graph.Nodes.Count];
        for (int step = 0; step < steps.Count; step++)
        {
            foreach (int input in steps[step].Inputs)
            {
                lastUse[input] = step;
            }
        }

        var offsets = new long[graph.Nodes.Count];
        Array.Fill(offsets, -1);
        var outputs = graph.Outputs.Values.ToHashSet();
        var live = new List<Interval>();
        long total = Alignment;
        for (int step = 0; step < steps.Count; step++)
        {
            PlanStep current = steps[step];
            if (!outputs.Contains(current.Node))
            {
                long size = (graph.Nodes[current.Node].Shape.ElementsPerImage + Alignment - 1) / Alignment * Alignment;
                int taken = live.FindIndex(interval => IsTakenOver(interval, current, lastUse, step));
                long offset = taken >= 0 ? live[taken].Offset : FirstGap(live, size);
                if (taken >= 0)
                {
                    live.RemoveAt(taken);
                }

                offsets[current.Node] = offset;
                total = Math.Max(total, offset + size);
                live.Add(new Interval(current.Node, offset, size));
                live.Sort((left, right) => left.Offset.CompareTo(right.Offset));
            }

            live.RemoveAll(interval => lastUse[interval.Node] <= step && interval.Node != current.Node);
        }

        return new BufferLayout(offsets, total);
    }

    private static bool IsTakenOver(Interval interval, PlanStep step, int[] lastUse, int number) =>
        step.OverwritableInput >= 0
        && step.Inputs[step.OverwritableInput] == interval.Node
        && lastUse[interval.Node] == number
        && step.Inputs.Count(input => input == interval.Node) == 1;

    private static long FirstGap(List<Interval> live, long size)
    {
        long offset = 0;
        foreach (Interval interval in live)
        {
            if (interval.Offset - offset >= size)
            {
                break;
            }

            offset = Math.Max(offset, interval.Offset + interval.Size);
        }

        return offset;
    }

    private readonly record struct Interval(int Node, long Offset, long Size);
}

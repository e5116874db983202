using GoNoGo.Detection.Features;
using GoNoGo.Tensors;
using GoNoGo.Tensors.Memory;
using GoNoGo.Tensors.Random;

namespace GoNoGo.Detection.Detectors.GmmEm;

/// <content>Which patches are fitted: all that cover a judged pixel, or equally many of each picture, drawn at random.</content>
public sealed partial class GmmEmDetector
{
    private protected override bool PassesUnjudgedOver => true;

    /// <summary>How many patches are taken of each picture; of each at least one that is judged.</summary>
    private int[] CountTaken(IFeatureSource source)
    {
        int each = Math.Max(1, Options.Integer("patches") / Math.Max(1, source.Count));
        return [.. Enumerable.Range(0, source.Count).Select(picture => Math.Min(CountJudged(source, picture), each))];
    }

    /// <summary>Reads the patches, picture after picture, those of each in their order.</summary>
    /// <param name="source">The features.</param>
    /// <param name="taken">How many of each picture.</param>
    /// <param name="stream">Random numbers.</param>
    /// <param name="destination">Receives <c>[n, D]</c>.</param>
    /// <param name="cancellation">Stops between two pictures.</param>
    private void ReadTaken(IFeatureSource source, int[] taken, RandomStream stream, Tensor destination, CancellationToken cancellation)
    {
        using var scope = new TensorScope();
        int next = 0;
        for (int picture = 0; picture < source.Count; picture++)
        {
            cancellation.ThrowIfCancellationRequested();
            scope.Reset();
            Tensor rows = ReadJudged(source, picture, scope, scope.New(new Shape(Stack.Patches, Stack.Width)));
            int[] drawn = [.. Enumerable.Range(0, rows.Shape[0])];
            if (taken[picture] < drawn.Length)
            {
                drawn = stream.Child((ulong)picture).Permutation(drawn.Length)[..taken[picture]];
                Array.Sort(drawn);
            }

            foreach (int row in drawn)
            {
                rows[row].CopyTo(destination[next++]);
            }
        }
    }
}

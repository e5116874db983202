using System.Diagnostics;
using GoNoGo.Detection.Detectors.Features;
using GoNoGo.Detection.Features;
using GoNoGo.Detection.Models;
using GoNoGo.Detection.Options;
using GoNoGo.Detection.Training;
using GoNoGo.Learning.Layers;
using GoNoGo.Tensors;
using GoNoGo.Tensors.Kernels;
using GoNoGo.Tensors.Kernels.Distances;
using GoNoGo.Tensors.Memory;
using GoNoGo.Tensors.Random;

namespace GoNoGo.Detection.Detectors.PatchCore;

/// <summary>
/// A bank of patches of good pictures (Roth et al. 2022). A patch's score is its Euclidean distance to the nearest patch of the bank, exactly.
/// No gradients.
/// </summary>
public sealed partial class PatchCoreDetector : FeatureDetector
{
    private const string Rows = "bank-rows";

    private readonly int _neighbours;
    private Tensor _bank;
    private NearestRows? _nearest;

    /// <summary>Makes the detector, or reads it from a model.</summary>
    /// <inheritdoc cref="FeatureDetector(string, OptionSet, WeightSource, TensorScope, SortedDictionary{string, double}, FeatureExtractor, int, bool)"/>
    public PatchCoreDetector(OptionSet options, WeightSource source, TensorScope scope, SortedDictionary<string, double>? statistics, FeatureExtractor? features)
        : base("patchcore", options, source, scope, statistics, features, FeatureOptions.Neighbourhood(options))
    {
        _neighbours = options.Integer("neighbours");
        if (_neighbours > 0 && !Reduction.IsMax)
        {
            throw new OptionException("the options of 'patchcore' do not fit together: neighbours weights the largest patch score, so image-reduction must be max");
        }

        if (statistics is not null)
        {
            _bank = Head("bank", new Shape(StoredCount(Rows), Stack.Width));
            _nearest = new NearestRows(_bank);
        }
    }

    private protected override bool PassesUnjudgedOver => true;

    private protected override bool IsFitted => _nearest is not null;

    /// <inheritdoc/>
    public override TrainingOutcome Fit(IFeatureSource fit, IFeatureSource validation, TrainingControl control)
    {
        ArgumentNullException.ThrowIfNull(fit);
        ArgumentNullException.ThrowIfNull(control);
        if (IsFitted)
        {
            throw new InvalidOperationException("detector 'patchcore' was fitted already; make a new one.");
        }

        // Where each picture's patches begin; those that cover no judged pixel are passed over.
        var starts = new long[fit.Count + 1];
        for (int picture = 0; picture < fit.Count; picture++)
        {
            starts[picture + 1] = starts[picture] + CountJudged(fit, picture);
        }

        long patches = starts[^1];
        long kept = Math.Clamp((long)Math.Round(Options.Number("coreset") * patches), 1, patches);
        bool greedy = Options["subsampling"] == "greedy" && kept < patches;
        int wanted = Options.Integer("projection");
        int projected = wanted == 0 ? Stack.Width : Math.Min(wanted, Stack.Width);
        // The bank, its packed copy, and what is compared, with four numbers a patch of the search.
        long bytes = ((2 * kept * Stack.Width) + (greedy ? patches * (projected + 4) : 0)) * sizeof(float);
        RequireMemory(
            bytes, FormattableString.Invariant($"{kept} of {patches} patches of {Stack.Width} features"), "keep a smaller share with --set coreset=S, choose a coarser level, or fit fewer pictures");
        if (patches > int.MaxValue)
        {
            throw new ModelException(FormattableString.Invariant($"{patches} patches are more than a bank can be chosen from; choose a coarser level or fit fewer pictures."));
        }

        var stream = new RandomStream(control.Seed, "patchcore-coreset");
        int[] chosen = kept == patches ? [.. Enumerable.Range(0, (int)patches)]
            : greedy ? Greedy(fit, starts, projected, (int)kept, stream, control)
            : stream.Permutation((int)patches)[..(int)kept];
        Array.Sort(chosen);
        _bank = Head("bank", new Shape(chosen.Length, Stack.Width));
        int next = 0;
        Each(fit, (picture, rows) =>
        {
            for (; next < chosen.Length && chosen[next] < starts[picture + 1]; next++)
            {
                rows[(int)(chosen[next] - starts[picture])].CopyTo(_bank[next]);
            }
        }, control.Cancellation);
        _nearest = new NearestRows(_bank);
        Statistics[Rows] = chosen.Length;
        return new TrainingOutcome(1, 0, null, TrainingOutcome.OnePass);
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _nearest?.Dispose();
        }

        base.Dispose(disposing);
    }

    private protected override void ScorePatches(ScoringRoom room, Tensor scores)
    {
        // Places as the bits of floats: memory of the room, nothing managed.
        StackRows(room);
        room.Notes = room.Scope.New(new Shape(room.Rows.Shape[0]));
        _nearest!.Find(room.Rows, scores, System.Runtime.InteropServices.MemoryMarshal.Cast<float, int>(room.Notes.Span));
    }

    private protected override float ImageScore(ScoringRoom room, int picture, ReadOnlySpan<float> scores, ReadOnlySpan<byte> judged, Span<float> kept)
    {
        float score = base.ImageScore(room, picture, scores, judged, kept);
        if (_neighbours == 0 || !float.IsFinite(score))
        {
            return score;
        }

        int patch = 0;
        while (scores[patch] != score || !IsJudged(judged, patch))
        {
            patch++;
        }

        ReadOnlySpan<int> places = System.Runtime.InteropServices.MemoryMarshal.Cast<float, int>(room.Notes.Span);
        int row = (picture * Stack.Patches) + patch;
        return score * (float)NeighbourWeight.Of(room.Rows[row].Span, _bank, places[row], _neighbours);
    }

    private int[] Greedy(IFeatureSource fit, long[] starts, int projected, int kept, RandomStream stream, TrainingControl control)
    {
        using var scope = new TensorScope(new MemoryPool());
        Tensor compared = scope.New(new Shape((int)starts[^1], projected));
        Tensor projection = default;
        if (projected < Stack.Width)
        {
            projection = scope.New(new Shape(Stack.Width, projected));
            stream.Child("projection").FillNormal(0, 1 / Math.Sqrt(projected), projection);
        }

        Each(fit, (picture, rows) =>
        {
            Tensor place = compared.Slice((int)starts[picture], rows.Shape[0]);
            if (projection.IsEmpty)
            {
                rows.CopyTo(place);
            }
            else
            {
                MatrixMultiply.Run(rows, transposeA: false, projection, transposeB: false, place);
            }
        }, control.Cancellation);
        int first = (int)(stream.Child("first").Uniform(0) * compared.Shape[0]);
        var clock = Stopwatch.StartNew();
        Action<int>? tell = control.Progress is null ? null : done => control.Progress(TrainingProgress.OfChoice(done, kept, clock.Elapsed));
        return FarthestFirst.Choose(compared, first, kept, tell, control.Cancellation);
    }

    private void Each(IFeatureSource source, Action<int, Tensor> take, CancellationToken cancellation)
    {
        using var scope = new TensorScope();
        for (int picture = 0; picture < source.Count; picture++)
        {
            cancellation.ThrowIfCancellationRequested();
            scope.Reset();
            Tensor rows = scope.New(new Shape(Stack.Patches, Stack.Width));
            take(picture, ReadJudged(source, picture, scope, rows));
        }
    }
}

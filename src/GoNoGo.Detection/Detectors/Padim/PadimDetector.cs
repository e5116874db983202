using GoNoGo.Detection.Detectors.Features;
using GoNoGo.Detection.Features;
using GoNoGo.Detection.Models;
using GoNoGo.Detection.Options;
using GoNoGo.Detection.Training;
using GoNoGo.Learning.Layers;
using GoNoGo.Tensors;
using GoNoGo.Tensors.Kernels.Distances;
using GoNoGo.Tensors.Memory;
using GoNoGo.Tensors.Random;

namespace GoNoGo.Detection.Detectors.Padim;

/// <summary>
/// Gaussians of the features of good pictures, one for every position of the map or one for all (Defard et al. 2021). A patch's score is its
/// Mahalanobis distance. One pass over the pictures, no gradients.
/// </summary>
public sealed partial class PadimDetector : FeatureDetector
{
    private const string Width = "features";
    private const string Groups = "gaussians";
    private const int BatchSize = 8;

    private readonly bool _isGlobal;
    private Tensor _selection;
    private Tensor _means;
    private Tensor _whitening;

    /// <summary>Makes the detector, or reads it from a model.</summary>
    /// <inheritdoc cref="FeatureDetector(string, OptionSet, WeightSource, TensorScope, SortedDictionary{string, double}, FeatureExtractor, int, bool)"/>
    public PadimDetector(OptionSet options, WeightSource source, TensorScope scope, SortedDictionary<string, double>? statistics, FeatureExtractor? features)
        : base("padim", options, source, scope, statistics, features, FeatureOptions.Neighbourhood(options))
    {
        _isGlobal = options["gaussian"] == "global";
        if (statistics is not null)
        {
            Make(StoredCount(Groups), StoredCount(Width));
            RequireSelection();
        }
    }

    /// <summary>A Gaussian of its own does no harm where nothing is judged; in the one of all positions such patches would be foreign.</summary>
    private protected override bool PassesUnjudgedOver => _isGlobal;

    private protected override bool IsFitted => !_means.IsEmpty;

    /// <inheritdoc/>
    public override TrainingOutcome Fit(IFeatureSource fit, IFeatureSource validation, TrainingControl control)
    {
        ArgumentNullException.ThrowIfNull(fit);
        ArgumentNullException.ThrowIfNull(control);
        int wanted = Options.Integer("features");
        int width = wanted == 0 ? Stack.Width : Math.Min(wanted, Stack.Width);
        int groups = _isGlobal ? 1 : Stack.Patches;
        RequireMemory(
            GaussianFit.Bytes(groups, width), FormattableString.Invariant($"{groups} Gaussians of {width} features"), "choose fewer with --set features=N, a coarser level, or gaussian=global");
        Make(groups, width);
        int[] drawn = new RandomStream(control.Seed, "padim-features").Permutation(Stack.Width)[..width];
        Array.Sort(drawn);
        for (int i = 0; i < width; i++)
        {
            _selection.Span[i] = drawn[i];
        }

        var gaussians = new GaussianFit(groups, width);
        Each(fit, gaussians.AddMeans, control.Cancellation);
        gaussians.EndMeans();
        Each(fit, gaussians.AddProducts, control.Cancellation);
        gaussians.Finish(Options.Number("shrinkage"), Options.Number("ridge"), _means, _whitening);
        Statistics[Groups] = groups;
        Statistics[Width] = width;
        return new TrainingOutcome(1, 0, null, TrainingOutcome.OnePass);
    }

    private protected override void ScorePatches(ScoringRoom room, Tensor scores)
    {
        StackRows(room);
        Tensor rows = room.Rows;
        if (_means.Shape[1] != Stack.Width)
        {
            rows = room.Scope.New(new Shape(room.Rows.Shape[0], _means.Shape[1]));
            Select(room.Rows, rows);
        }

        MahalanobisDistance.Run(rows, Stack.Patches, _means, _whitening, scores);
    }

    private void Make(int groups, int width)
    {
        if (IsFitted)
        {
            throw new InvalidOperationException("detector 'padim' was fitted already; make a new one.");
        }

        if (groups != (_isGlobal ? 1 : Stack.Patches) || width > Stack.Width)
        {
            throw new OptionException($"its {groups} Gaussians of {width} features do not fit the {Stack.Patches} positions and {Stack.Width} features of its backbone's levels");
        }

        _selection = Head("selection", new Shape(width));
        _means = Head("means", new Shape(groups, width));
        _whitening = Head("whitening", new Shape(groups, checked((int)MahalanobisDistance.PackedElements(width))));
    }

    private void RequireSelection()
    {
        foreach (float index in _selection.Span)
        {
            if (!(index >= 0 && index < Stack.Width && index == MathF.Floor(index)))
            {
                throw new OptionException("its tensor 'head/selection' holds numbers of features that its backbone's levels do not have");
            }
        }
    }

    /// <summary>Gives the selected patches of all pictures to somebody, some pictures at a time.</summary>
    private void Each(IFeatureSource source, Action<Tensor> take, CancellationToken cancellation)
    {
        using var scope = new TensorScope();
        int width = _means.Shape[1];
        for (int first = 0; first < source.Count; first += BatchSize)
        {
            cancellation.ThrowIfCancellationRequested();
            scope.Reset();
            int count = Math.Min(BatchSize, source.Count - first);
            Tensor selected = scope.New(new Shape(count * Stack.Patches, width));
            int filled = 0;
            for (int i = 0; i < count; i++)
            {
                Tensor rows = scope.New(new Shape(Stack.Patches, Stack.Width));
                if (PassesUnjudgedOver)
                {
                    rows = ReadJudged(source, first + i, scope, rows);
                }
                else
                {
                    Stack.Read(source, first + i, scope, rows);
                }

                Select(rows, selected.Slice(filled, rows.Shape[0]));
                filled += rows.Shape[0];
            }

            take(selected.Slice(0, filled));
        }
    }

    private void Select(Tensor rows, Tensor selected)
    {
        ReadOnlySpan<float> selection = _selection.Span;
        int width = selection.Length;
        ReadOnlySpan<float> from = rows.Span;
        Span<float> to = selected.Span;
        for (int row = 0; row < rows.Shape[0]; row++)
        {
            ReadOnlySpan<float> source = from.Slice(row * Stack.Width, Stack.Width);
            Span<float> target = to.Slice(row * width, width);
            for (int i = 0; i < width; i++)
            {
                target[i] = source[(int)selection[i]];
            }
        }
    }
}

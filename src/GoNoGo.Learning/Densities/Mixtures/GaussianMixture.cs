using GoNoGo.Learning.Autograd;
using GoNoGo.Tensors;
using GoNoGo.Tensors.Kernels;

namespace GoNoGo.Learning.Densities.Mixtures;

/// <summary>
/// The log-likelihood of vectors under Gaussian mixtures whose weights, means and deviations a network put out
/// (a mixture density network's output layer), in every combination of <see cref="MixtureForm"/> and
/// <see cref="DeviationForm"/>. Gradients flow to the vectors too: VT-ADL models the very vector it learns.
/// </summary>
public static class GaussianMixture
{
    /// <summary>
    /// Log-likelihood of <paramref name="x"/>. Cached for the backward pass: the responsibilities <c>[N, K]</c>;
    /// deviations are computed again.
    /// </summary>
    /// <param name="x">Vectors <c>[N, D]</c>.</param>
    /// <param name="logits">Mixture logits <c>[N, K]</c>.</param>
    /// <param name="means">Means <c>[N, D * K]</c>, flat index d * K + k.</param>
    /// <param name="rawDeviations">Raw deviations <c>[N, D * K]</c>, flat index d * K + k.</param>
    /// <param name="options">The form of the mixture.</param>
    /// <param name="deviationSums">Where wanted: <c>[N]</c>, receives the sum of sigma over D and K.</param>
    /// <returns><c>[N]</c>, or <c>[N, D]</c> for <see cref="MixtureForm.PerFeature"/>.</returns>
    /// <exception cref="ArgumentException">The shapes do not fit together.</exception>
    public static unsafe Variable LogLikelihood(
        Variable x, Variable logits, Variable means, Variable rawDeviations, MixtureOptions options, Tensor deviationSums = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        int rows = x.Shape[0];
        int features = x.Shape[1];
        int components = logits.Shape[1];
        Check(x.Shape, logits.Shape, means.Shape, rawDeviations.Shape);

        Tape tape = x.Tape;
        bool perFeature = options.Form == MixtureForm.PerFeature;
        Tensor result = tape.New(perFeature ? new Shape(rows, features) : new Shape(rows));
        Tensor responsibilities = perFeature ? default : tape.New(new Shape(rows, components));
        Tensor sums = options.Form == MixtureForm.WeightedComponents ? tape.New(new Shape(rows, components)) : default;
        var arguments = new MixtureArguments
        {
            Rows = rows,
            Features = features,
            Components = components,
            Floor = options.DeviationFloor,
            WeightEpsilon = options.WeightEpsilon,
            Weighted = options.Form == MixtureForm.WeightedComponents,
            X = x.Value.Pointer,
            Logits = logits.Value.Pointer,
            Means = means.Value.Pointer,
            Raw = rawDeviations.Value.Pointer,
            Result = result.Pointer,
            Responsibilities = perFeature ? null : responsibilities.Pointer,
            ComponentSums = sums.IsEmpty ? null : sums.Pointer,
            DeviationSums = deviationSums.IsEmpty ? null : deviationSums.Pointer,
        };
        Run(options, arguments, forward: true);
        if (!tape.Tracks(x, logits, means) && !tape.Tracks(rawDeviations))
        {
            return tape.Constant(result);
        }

        Node node = tape.Rent<Node>();
        node.X = x;
        node.Logits = logits;
        node.Means = means;
        node.RawDeviations = rawDeviations;
        node.Options = options;
        node.Arguments = arguments;
        return tape.Emit(result, node);
    }

    private static void Check(Shape x, Shape logits, Shape means, Shape rawDeviations)
    {
        if (x.Rank != 2 || logits.Rank != 2 || logits[0] != x[0])
        {
            throw new ArgumentException($"GaussianMixture: expected x [N, D] and logits [N, K], got {x} and {logits}.");
        }

        long width = (long)x[1] * logits[1];
        if (means.Rank != 2 || means[0] != x[0] || means[1] != width)
        {
            throw new ArgumentException($"GaussianMixture: expected means [{x[0]}, {width}], got {means}.", nameof(means));
        }

        if (rawDeviations != means)
        {
            throw new ArgumentException($"GaussianMixture: expected raw deviations {means}, got {rawDeviations}.", nameof(rawDeviations));
        }
    }

    private static void Run(MixtureOptions options, in MixtureArguments arguments, bool forward)
    {
        switch (options.Deviation)
        {
            case DeviationForm.EluPlusOne:
                Run<EluPlusOneDeviation>(options, arguments, forward);
                break;
            case DeviationForm.Softplus:
                Run<SoftplusDeviation>(options, arguments, forward);
                break;
            case DeviationForm.SoftplusVariance:
                Run<SoftplusVarianceDeviation>(options, arguments, forward);
                break;
            default:
                Run<SoftplusLogVarianceDeviation>(options, arguments, forward);
                break;
        }
    }

    private static void Run<TDeviation>(MixtureOptions options, in MixtureArguments arguments, bool forward)
        where TDeviation : struct, IDeviation
    {
        int items = (arguments.Rows + MixtureArguments.RowsPerItem - 1) / MixtureArguments.RowsPerItem;
        if (options.Form == MixtureForm.PerFeature)
        {
            if (forward)
            {
                VectorLoop.For(items, new PerFeatureMixtureKernel.Forward<TDeviation>(arguments));
            }
            else
            {
                VectorLoop.For(items, new PerFeatureMixtureKernel.Backward<TDeviation>(arguments));
            }
        }
        else if (forward)
        {
            VectorLoop.For(items, new JointMixtureKernel.Forward<TDeviation>(arguments));
        }
        else
        {
            VectorLoop.For(items, new JointMixtureKernel.Backward<TDeviation>(arguments));
        }
    }

    private sealed class Node : TapeNode
    {
        public Variable X { get; set; }

        public Variable Logits { get; set; }

        public Variable Means { get; set; }

        public Variable RawDeviations { get; set; }

        public MixtureOptions Options { get; set; } = null!;

        public MixtureArguments Arguments { get; set; }

        public override unsafe void Backward(Tape tape, Tensor gradient)
        {
            MixtureArguments arguments = Arguments;
            arguments.GradientResult = gradient.Pointer;
            arguments.GradientX = X.NeedsGradient ? tape.Accumulate(X).Pointer : null;
            arguments.GradientLogits = Logits.NeedsGradient ? tape.Accumulate(Logits).Pointer : null;
            if (Means.NeedsGradient)
            {
                arguments.GradientMeans = tape.Accumulate(Means, out bool overwrite).Pointer;
                arguments.OverwriteMeans = overwrite;
            }

            if (RawDeviations.NeedsGradient)
            {
                arguments.GradientRaw = tape.Accumulate(RawDeviations, out bool overwrite).Pointer;
                arguments.OverwriteRaw = overwrite;
            }

            Run(Options, arguments, forward: false);
        }
    }
}

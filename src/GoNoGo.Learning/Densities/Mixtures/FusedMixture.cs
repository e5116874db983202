using System.Runtime.InteropServices;
using GoNoGo.Learning.Autograd;
using GoNoGo.Tensors;
using GoNoGo.Tensors.Kernels;
using GoNoGo.Tensors.Kernels.Elementwise;
using GoNoGo.Tensors.Kernels.Elementwise.Functions;

namespace GoNoGo.Learning.Densities.Mixtures;

/// <summary>
/// The loss of a mixture density network without its outputs: for N rows the means and deviations are D * K numbers a row each (482 MB for 8
/// pictures of 196 patches, D = 768, K = 100), so they are made in blocks, reduced to the log-likelihood while a block is in the cache, and their
/// gradients taken to the parameters from there. Beyond parameters and gradients a step needs some tens of megabytes.
/// </summary>
public static class FusedMixture
{
    /// <summary>
    /// The negative log-likelihood: -mean over N and D per feature, -mean over N in the joint form (Alber et al. 2024, as published; the joint
    /// form is the mixture of diagonal Gaussians).
    /// </summary>
    /// <remarks>
    /// Where gradients are wanted they are made together with the value, as for a loss that counts once; <see cref="Tape.Backward"/> from
    /// a loss that counts otherwise walks the blocks again for the difference. Between this call and the backward pass the gradients of
    /// the parameters are not to be reset.
    /// </remarks>
    /// <param name="target">The modelled vectors <c>[N, D]</c>.</param>
    /// <param name="logits">Mixture logits <c>[N, K]</c>.</param>
    /// <param name="maps">Where means and deviations come from.</param>
    /// <param name="options">The form of the mixture: per feature or joint.</param>
    /// <param name="likelihoods">Where wanted: <c>[N]</c>, receives the log-likelihood of each row (per feature: summed over D).</param>
    /// <returns>One number.</returns>
    /// <exception cref="ArgumentException">The shapes do not fit together, or the form has no fused kernel.</exception>
    public static Variable Loss(Variable target, Variable logits, in MixtureMaps maps, MixtureOptions options, Tensor likelihoods = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        Check(target, logits, maps, options);
        Tape tape = target.Tape;
        bool tracks = tape.Tracks(target, logits)
            || tape.Tracks(maps.MeanInput, maps.MeanWeight, maps.MeanBias) || tape.Tracks(maps.DeviationInput, maps.DeviationWeight, maps.DeviationBias);
        if (!tracks)
        {
            var values = new BlockedMixture(target, logits, maps, options, lossFactor: null);
            return tape.Constant(Finish(ref values, target, options, likelihoods));
        }

        Node node = tape.Rent<Node>();
        (node.Target, node.Logits, node.Maps, node.Options) = (target, logits, maps, options);
        node.LogitGradient = logits.NeedsGradient ? tape.Scope.Zeros(logits.Shape) : default;
        var mixture = new BlockedMixture(target, logits, maps, options, -Scale(target, options));
        Tensor loss = Finish(ref mixture, target, options, likelihoods);
        node.Take(mixture, 1f);
        return tape.Emit(loss, node);
    }

    /// <summary>1 / number of summed log-likelihoods.</summary>
    private static float Scale(Variable target, MixtureOptions options) =>
        (float)(1.0 / (options.Form == MixtureForm.PerFeature ? target.Value.ElementCount : target.Shape[0]));

    private static Tensor Finish(ref BlockedMixture mixture, Variable target, MixtureOptions options, Tensor likelihoods)
    {
        Tape tape = target.Tape;
        int rows = target.Shape[0];
        Tensor sums = tape.New(new Shape(2, rows));
        double total = 0;
        try
        {
            Span<double> rowSums = MemoryMarshal.Cast<float, double>(sums.Span);
            mixture.Run(rowSums);
            for (int row = 0; row < rows; row++)
            {
                total += rowSums[row];
                if (!likelihoods.IsEmpty)
                {
                    likelihoods.Span[row] = (float)rowSums[row];
                }
            }
        }
        finally
        {
            mixture.Dispose();
        }

        double count = options.Form == MixtureForm.PerFeature ? target.Value.ElementCount : rows;
        Tensor loss = tape.New(new Shape(1));
        loss.Span[0] = (float)(-total / count);
        return loss;
    }

    private static void Check(Variable target, Variable logits, in MixtureMaps maps, MixtureOptions options)
    {
        if (options.Form == MixtureForm.WeightedComponents)
        {
            throw new ArgumentException("FusedMixture: weighted components have no fused kernel; use GaussianMixture.", nameof(options));
        }

        Shape x = target.Shape;
        if (x.Rank != 2 || logits.Shape.Rank != 2 || logits.Shape[0] != x[0] || x[0] == 0)
        {
            throw new ArgumentException($"FusedMixture: expected at least one row of target [N, D] and logits [N, K], got {x} and {logits.Shape}.");
        }

        int width = checked(x[1] * logits.Shape[1]);
        CheckMap("mean", x[0], width, maps.MeanInput, maps.MeanWeight, maps.MeanBias);
        CheckMap("deviation", x[0], width, maps.DeviationInput, maps.DeviationWeight, maps.DeviationBias);
    }

    private static void CheckMap(string name, int rows, int width, Variable input, Variable weight, Variable bias)
    {
        if (input.Shape.Rank != 2 || input.Shape[0] != rows)
        {
            throw new ArgumentException($"FusedMixture: expected a {name} input [{rows}, H], got {input.Shape}.");
        }

        if (weight.Shape != new Shape(width, input.Shape[1]) || bias.Shape != new Shape(width))
        {
            throw new ArgumentException(
                $"FusedMixture: expected a {name} weight [{width}, {input.Shape[1]}] and bias [{width}], got {weight.Shape} and {bias.Shape}.");
        }
    }

    private sealed class Node : TapeNode
    {
        private Tensor _targetGradient;
        private Tensor _meanInputGradient;
        private Tensor _deviationInputGradient;

        public Variable Target { get; set; }

        public Variable Logits { get; set; }

        public MixtureMaps Maps { get; set; }

        public MixtureOptions Options { get; set; } = null!;

        public Tensor LogitGradient { get; set; }

        /// <summary>Notes what is not a parameter's gradient: it waits for the backward pass, and can be multiplied there.</summary>
        public void Take(in BlockedMixture mixture, float factor)
        {
            _targetGradient = mixture.TargetGradient;
            _meanInputGradient = mixture.MeanInputGradient;
            _deviationInputGradient = mixture.DeviationInputGradient;
            if (!LogitGradient.IsEmpty)
            {
                mixture.AddLogitGradient(factor, LogitGradient);
            }
        }

        public override void Backward(Tape tape, Tensor gradient)
        {
            float factor = gradient.ToScalar();
            if (factor != 1f)
            {
                // The parameters have the gradient of a loss that counts once.
                var mixture = new BlockedMixture(Target, Logits, Maps, Options, -Scale(Target, Options) * (factor - 1f));
                Finish(ref mixture, Target, Options, default);
            }

            AddRows(tape, Logits, LogitGradient, factor);
            AddRows(tape, Maps.MeanInput, _meanInputGradient, factor);
            AddRows(tape, Maps.DeviationInput, _deviationInputGradient, factor);
            if (!_targetGradient.IsEmpty)
            {
                AddTransposed(_targetGradient, factor, tape.Accumulate(Target));
            }
        }

        /// <summary>Adds the first rows of a gradient that may have more.</summary>
        private static void AddRows(Tape tape, Variable input, Tensor gradient, float factor)
        {
            if (gradient.IsEmpty)
            {
                return;
            }

            GradientTarget destination = tape.Target(input);
            ElementwiseKernel.Run(gradient.Slice(0, destination.Tensor.Shape[0]), new ScaleFunction(factor), destination.Tensor, destination.Accumulate);
        }

        private static unsafe void AddTransposed(Tensor gradient, float factor, Tensor destination)
        {
            (int rows, int columns, int stride) = (destination.Shape[0], destination.Shape[1], gradient.Shape[1]);
            for (int row = 0; row < rows; row++)
            {
                for (int column = 0; column < columns; column++)
                {
                    destination.Pointer[((long)row * columns) + column] += factor * gradient.Pointer[((long)column * stride) + row];
                }
            }
        }
    }
}
